// The filters of a list of which some are put away: words, in use or archived, the order.
import { Group, Select } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { SearchInput } from '@/shared/ui/SearchInput';

import { KEPT_STATUSES, type KeptStatus, type WantedOfKept } from './queries';

interface Said<Sort> {
  search?: string | undefined;
  status?: KeptStatus | undefined;
  sort?: Sort | undefined;
}

interface Props<Sort> {
  label: string;
  sorts: readonly Sort[];
  values: Said<Sort>;
  change: (patch: Partial<Record<'search' | 'status' | 'sort', unknown>>) => void;
}

/** What is usual is not written in the address. */
export function ListFilters<Sort extends 'created' | 'name' | 'title'>(props: Props<Sort>): ReactNode {
  const { t } = useTranslation();
  const { label, sorts, values, change } = props;
  return (
    <Group align="flex-start" gap="md" className="filter-bar">
      <SearchInput label={label} value={values.search} onChange={(search) => change({ search })} />
      <Select
        aria-label={t('common.state')}
        data={KEPT_STATUSES.map((value) => ({ value, label: t(`advertising.creatives.status.${value}`) }))}
        allowDeselect={false}
        value={values.status ?? 'active'}
        onChange={(value) => change({ status: value === 'active' ? undefined : value })}
      />
      <Select
        aria-label={t('advertising.sort.label')}
        data={sorts.map((value) => ({ value, label: t(`advertising.sort.${value}`) }))}
        allowDeselect={false}
        value={values.sort ?? 'created'}
        onChange={(value) => change({ sort: value === 'created' ? undefined : value })}
      />
    </Group>
  );
}

/** Without what is not said. */
export function wantedOf<Sort>({ page, search, status, sort }: Said<Sort> & { page: number }): WantedOfKept<Sort> {
  return {
    page,
    ...(search === undefined ? {} : { search }),
    ...(status === undefined ? {} : { status }),
    ...(sort === undefined ? {} : { sort }),
  };
}
