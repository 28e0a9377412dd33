// When: presets, days of one's own, and what to compare with.
import { Button, Group, NavLink, Popover, Select, Stack } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconCalendar, IconChevronDown } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { DayInput } from '../ui/DayInput';
import { spanText } from './format';
import { type Period, type Preset, PRESETS } from './period';
import { COMPARISONS } from './question';

interface Props {
  value: Period;
  onChange: (period: Period) => void;
  /** Which days it came to, once an answer says so. */
  days?: { date_from: string; date_to: string } | undefined;
  isWithoutComparison?: boolean;
  /** What is looked at when the address says nothing. */
  standard?: Preset;
}

export function PeriodPicker({
  value,
  onChange,
  days,
  isWithoutComparison = false,
  standard = '30d',
}: Props): ReactNode {
  const { t } = useTranslation();
  const [isOpen, { close, toggle }] = useDisclosure(false);
  const isCustom = value.from !== undefined;
  const chosen = value.period ?? standard;
  const named = customText(value) ?? t(`period.${chosen}`);
  const choose = (patch: Period): void => {
    onChange(patch);
    close();
  };
  return (
    <Group gap="sm" align="flex-end">
      <Popover opened={isOpen} onChange={close} position="bottom-start" trapFocus shadow="md" width={290}>
        <Popover.Target>
          <Button
            variant="default"
            leftSection={<IconCalendar size={18} />}
            rightSection={<IconChevronDown size={16} />}
            onClick={toggle}
            aria-label={`${t('period.label')}: ${named}`}
            title={days === undefined ? undefined : spanText(days.date_from, days.date_to)}
          >
            {named}
          </Button>
        </Popover.Target>
        <Popover.Dropdown p="xs">
          {PRESETS.map((preset) => (
            <NavLink
              key={preset}
              component="button"
              type="button"
              label={t(`period.${preset}`)}
              active={!isCustom && chosen === preset}
              onClick={() =>
                choose({ period: preset === standard ? undefined : preset, from: undefined, to: undefined })
              }
              py={6}
              style={{ borderRadius: 'var(--mantine-radius-sm)' }}
            />
          ))}
          <Custom value={value} days={days} onChoose={choose} />
        </Popover.Dropdown>
      </Popover>
      {!isWithoutComparison && (
        <Select
          aria-label={t('period.compare.label')}
          w={210}
          data={['none', ...COMPARISONS].map((each) => ({
            value: each,
            label: t(`period.compare.${each as 'none'}`),
          }))}
          value={value.compare ?? 'none'}
          allowDeselect={false}
          onChange={(compare) => onChange({ compare: compare as Period['compare'] })}
        />
      )}
    </Group>
  );
}

/** Days of one's own. */
function customText({ from, to }: Period): string | undefined {
  return from === undefined ? undefined : spanText(from, to ?? from);
}

interface CustomProps {
  value: Period;
  days: Props['days'];
  onChoose: (period: Period) => void;
}

function firstOf(...dates: (string | undefined)[]): string {
  return dates.find((date) => date !== undefined) ?? '';
}

function Custom({ value, days, onChoose }: CustomProps): ReactNode {
  const { t } = useTranslation();
  const [from, setFrom] = useState(firstOf(value.from, days?.date_from));
  const [to, setTo] = useState(firstOf(value.to, days?.date_to));
  const isWhole = from !== '' && to !== '';
  const isWrong = isWhole && to < from;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (isWhole && !isWrong) onChoose({ period: undefined, from, to });
      }}
    >
      <Stack gap="xs" px="xs" pt="xs">
        <Group gap="xs" grow wrap="nowrap">
          <DayInput isInPopover size="xs" label={t('common.from')} value={from} onChange={setFrom} />
          <DayInput
            isInPopover
            size="xs"
            label={t('period.until')}
            value={to}
            onChange={setTo}
            error={isWrong && t('period.wrong')}
          />
        </Group>
        <Button type="submit" size="xs" variant="light" disabled={!isWhole || isWrong}>
          {t('period.apply')}
        </Button>
      </Stack>
    </form>
  );
}
