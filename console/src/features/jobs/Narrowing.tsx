// Which jobs are looked at: by what they do, and by how far they are.
import { Group, SegmentedControl, Select } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { choice, page, type useFilters } from '@/shared/url/filters';

export const STATES = ['waiting', 'running', 'done', 'dead', 'cancelled'] as const;
export type State = (typeof STATES)[number];
const KINDS = [
  'import.file',
  'invitation.mail',
  'password_reset.mail',
  'webhook.deliver',
  'client.forget',
  'warehouse.roll_up',
  'warehouse.compact',
  'warehouse.retain',
  'demo.keep',
  'imports.tidy',
  'files.tidy',
  'webhooks.tidy',
  'jobs.tidy',
  'accounts.tidy',
  'signing_keys.renew',
] as const;
export const jobsAddress = { state: choice(STATES), kind: choice(KINDS), page };

type Address = ReturnType<typeof useFilters<typeof jobsAddress>>;

export function Narrowing({ values, change }: Pick<Address, 'values' | 'change'>): ReactNode {
  const { t } = useTranslation();
  return (
    <Group mb="md" gap="md">
      <Select
        aria-label={t('jobs.kind')}
        placeholder={t('jobs.anyKind')}
        w={250}
        clearable
        clearButtonProps={{ 'aria-label': t('common.clear') }}
        searchable
        nothingFoundMessage={t('common.nothingFits')}
        data={KINDS.map((kind) => ({ value: kind, label: t(`jobs.kinds.${kind}`) }))}
        value={values.kind ?? null}
        onChange={(kind) => change({ kind: kind ?? undefined })}
      />
      <Group style={{ overflowX: 'auto' }} wrap="nowrap">
        <SegmentedControl
          aria-label={t('common.state')}
          data={[
            { value: '', label: t('common.all') },
            ...STATES.map((state) => ({ value: state, label: t(`jobs.state.${state}`) })),
          ]}
          value={values.state ?? ''}
          onChange={(state) => change({ state: state === '' ? undefined : state })}
        />
      </Group>
    </Group>
  );
}
