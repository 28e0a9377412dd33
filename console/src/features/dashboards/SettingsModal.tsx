// What holds for a whole dashboard: its name, when, of what, and how often it is asked again.
import { Button, Group, Modal, Select, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Content } from '@/shared/dashboard/content';
import { AttributionInput } from '@/shared/report/AttributionInput';
import { FiltersInput } from '@/shared/report/FiltersInput';

import { OwnPeriod } from './OwnPeriod';

/** Seconds. */
const REFRESHES = [60, 300, 900, 3_600, 86_400] as const;
const NEVER = 'never';

interface Props {
  projectId: string;
  content: Content;
  onClose: () => void;
  onDone: (content: Content) => void;
}

export function SettingsModal({ projectId, content, onClose, onDone }: Props): ReactNode {
  const { t } = useTranslation();
  const [draft, setDraft] = useState(content);
  const put = (patch: Partial<Content>): void => setDraft((before) => ({ ...before, ...patch }));
  const { refresh_seconds: refresh, filters = [], attribution = {} } = draft;
  const known = REFRESHES.find((each) => each === refresh);
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('dashboards.settings')}
      size="lg"
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Stack>
        <TextInput
          label={t('field.name')}
          value={draft.name}
          maxLength={255}
          error={draft.name.trim() === '' && t('fault.required')}
          onChange={({ currentTarget: { value } }) => put({ name: value })}
        />
        <Textarea
          label={t('reports.description')}
          value={draft.description ?? ''}
          autosize
          maxLength={10_000}
          onChange={({ currentTarget: { value } }) => put({ description: value === '' ? undefined : value })}
        />
        <Stack gap={6}>
          <Text size="sm" fw={500}>
            {t('dashboards.period')}
          </Text>
          <OwnPeriod
            projectId={projectId}
            value={draft.period ?? { window: '30d' }}
            onChange={(period) => put({ period })}
          />
        </Stack>
        <Stack gap={6}>
          <Text size="sm" fw={500}>
            {t('dashboards.filtersOfAll')}
          </Text>
          <FiltersInput
            projectId={projectId}
            value={filters}
            span={draft.period}
            onChange={(next) => put({ filters: next.length === 0 ? undefined : next })}
          />
        </Stack>
        <Group align="flex-end">
          <Select
            label={t('dashboards.refreshEvery')}
            data={[
              { value: NEVER, label: t('dashboards.never') },
              ...REFRESHES.map((each) => ({ value: String(each), label: t(`dashboards.every.${each}`) })),
            ]}
            value={refresh === undefined ? NEVER : String(known ?? refresh)}
            allowDeselect={false}
            onChange={(value) => put({ refresh_seconds: value === NEVER ? undefined : Number(value) })}
          />
          <AttributionInput
            value={attribution}
            answered={undefined}
            onChange={(next) =>
              put({ attribution: Object.values(next).every((each) => each === undefined) ? undefined : next })
            }
          />
        </Group>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button disabled={draft.name.trim() === ''} onClick={() => onDone({ ...draft, name: draft.name.trim() })}>
            {t('dashboards.apply')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
