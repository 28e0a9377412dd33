// Whom a sale is credited to. What is not chosen is as the project has it.
import { Button, NumberInput, Popover, Select, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconRoute } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { type Attribution, DATINGS, MODELS, type Report } from './question';

interface Props {
  value: Attribution;
  onChange: (attribution: Attribution) => void;
  /** How an answer was credited. */
  answered: Report['attribution'] | undefined;
}

export function AttributionInput({ value, onChange, answered }: Props): ReactNode {
  const { t } = useTranslation();
  const [isOpen, { close, toggle }] = useDisclosure(false);
  const model = value.model ?? answered?.model;
  const own = t('attribution.own');
  return (
    <Popover opened={isOpen} onChange={close} position="bottom-start" trapFocus shadow="md" width={300}>
      <Popover.Target>
        <Button
          variant="default"
          size="compact-sm"
          maw="100%"
          h="auto"
          mih={26}
          py={3}
          styles={{ label: { whiteSpace: 'normal', textAlign: 'left', lineHeight: 1.25, height: 'auto' } }}
          leftSection={<IconRoute size={16} />}
          onClick={toggle}
        >
          {model === undefined ? t('attribution.label') : t(`attribution.model.${model}`)}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="sm">
          <Text size="xs" c="dimmed">
            {t('attribution.hint')}
          </Text>
          <Select
            label={t('attribution.credited')}
            placeholder={own}
            clearable
            data={MODELS.map((each) => ({ value: each, label: t(`attribution.model.${each}`) }))}
            value={value.model ?? null}
            comboboxProps={{ withinPortal: false }}
            onChange={(chosen) => onChange({ ...value, model: chosen ?? undefined })}
          />
          <NumberInput
            label={t('attribution.lookback')}
            placeholder={answered === undefined ? own : String(answered.lookback_days)}
            min={0}
            max={365}
            allowDecimal={false}
            clampBehavior="strict"
            value={value.lookback_days ?? ''}
            onChange={(days) => onChange({ ...value, lookback_days: typeof days === 'number' ? days : undefined })}
          />
          <Select
            label={t('attribution.datedBy')}
            placeholder={t('attribution.dated.conversion')}
            clearable
            data={DATINGS.map((each) => ({ value: each, label: t(`attribution.dated.${each}`) }))}
            value={value.dated_by ?? null}
            comboboxProps={{ withinPortal: false }}
            onChange={(chosen) => onChange({ ...value, dated_by: chosen ?? undefined })}
          />
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
