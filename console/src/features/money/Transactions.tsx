// A list of transactions, of one advertiser or of all: what narrows it, its columns, its pages.
import { Button, Group, SegmentedControl, Select, Stack, Text } from '@mantine/core';
import { IconCoins } from '@tabler/icons-react';
import { type ComponentProps, type ReactNode, useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import { dateText } from '@/shared/report/format';
import { EmptyState } from '@/shared/ui/EmptyState';
import { type Column, ListTable } from '@/shared/ui/ListTable';
import { Moment } from '@/shared/ui/Moment';
import { SearchInput } from '@/shared/ui/SearchInput';
import { choice, page, text, type useFilters } from '@/shared/url/filters';

import { DaysInput, daysOf } from './DaysInput';
import { KindBadge, Sum } from './Posting';
import { KINDS, type Kind, PAGE_SIZE, SORTS, type Transaction, type WantedTransactions } from './queries';

export const address = { kind: choice(KINDS), search: text, sort: choice(SORTS), from: text, to: text, page };
type Filters = ReturnType<typeof useFilters<typeof address>>;

/** Without what is not said. */
export function wantedOf({ kind, search, sort, from, to, page }: Filters['values']): WantedTransactions {
  return {
    page,
    ...(kind === undefined ? {} : { kind }),
    ...(search === undefined ? {} : { search }),
    ...(sort === undefined ? {} : { sort }),
    ...daysOf({ from, to }),
  };
}

interface FiltersProps {
  values: Filters['values'];
  change: (patch: Partial<Record<keyof Filters['values'], unknown>>) => void;
  /** What else narrows it. */
  children?: ReactNode;
}

export function TransactionFilters({ values, change, children }: FiltersProps): ReactNode {
  const { t } = useTranslation();
  return (
    <>
      <Group align="flex-start" gap="md" className="filter-bar">
        <SearchInput label={t('money.search')} value={values.search} onChange={(words) => change({ search: words })} />
        {children}
        <DaysInput from={values.from} to={values.to} onChange={change} />
        <Select
          aria-label={t('advertising.sort.label')}
          data={SORTS.map((value) => ({ value, label: t(`money.sort.${value}`) }))}
          allowDeselect={false}
          value={values.sort ?? 'latest'}
          onChange={(sort) => change({ sort: sort === 'latest' ? undefined : sort })}
        />
      </Group>
      <Group style={{ overflowX: 'auto' }} wrap="nowrap" maw="100%" mb="md">
        <SegmentedControl
          aria-label={t('money.kindOf')}
          data={[
            { value: '', label: t('common.all') },
            ...KINDS.map((kind) => ({ value: kind, label: t(`money.posting.${kind}`) })),
          ]}
          value={values.kind ?? ''}
          onChange={(kind) => change({ kind: kind === '' ? undefined : kind })}
        />
      </Group>
    </>
  );
}

interface TableProps {
  columns: Column<Transaction>[];
  query: ComponentProps<typeof ListTable<Transaction>>['query'];
  filters: Pick<Filters, 'clear' | 'isNarrowed' | 'change'> & { values: { page: number } };
}

export function TransactionTable({ columns, query, filters }: TableProps): ReactNode {
  const { t } = useTranslation();
  const { values, change, clear, isNarrowed } = filters;
  return (
    <ListTable
      label={t('money.transactions')}
      columns={columns}
      query={query}
      rowId={(transaction) => transaction.transaction_id}
      page={values.page}
      pageSize={PAGE_SIZE}
      onPage={(next) => change({ page: next })}
      empty={
        <EmptyState
          icon={IconCoins}
          title={t(isNarrowed ? 'common.nothingFits' : 'money.none')}
          hint={t(isNarrowed ? 'common.nothingFitsHint' : 'money.noneHint')}
          action={
            isNarrowed && (
              <Button variant="light" onClick={clear}>
                {t('common.clearFilters')}
              </Button>
            )
          }
        />
      }
    />
  );
}

/** `more` stands after the day. */
export function useTransactionColumns(more?: Column<Transaction>): Column<Transaction>[] {
  const { t } = useTranslation();
  return useMemo<Column<Transaction>[]>(
    () => [
      {
        id: 'date',
        header: t('money.day'),
        cell: ({ row }) => (
          <Text size="sm" style={{ whiteSpace: 'nowrap' }}>
            {dateText(row.original.date)}
          </Text>
        ),
      },
      ...(more === undefined ? [] : [more]),
      {
        id: 'kind',
        header: t('money.kindOf'),
        cell: ({ row: { original: transaction } }) => (
          <Stack gap={2} align="flex-start" miw={150} maw={420}>
            <KindBadge kind={transaction.kind as Kind} />
            {(transaction.note ?? '') !== '' && (
              <Text size="xs" c="dimmed" className="break-anywhere clamp-2">
                {transaction.note}
              </Text>
            )}
            {transaction.invalid_clicks > 0 && (
              <Text size="xs" c="dimmed">
                {t('money.invalidClicks', { count: transaction.invalid_clicks })}
              </Text>
            )}
          </Stack>
        ),
      },
      {
        id: 'amount',
        header: t('money.amount'),
        cell: ({ row: { original } }) => <Sum value={original.amount} currency={original.currency} isSigned />,
      },
      {
        id: 'balance',
        header: t('money.balanceAfter'),
        cell: ({ row: { original } }) => <Sum value={original.balance} currency={original.currency} />,
      },
      {
        id: 'posted',
        header: t('money.postedAt'),
        cell: ({ row }) => <Moment at={row.original.posted_at} dimmed />,
      },
    ],
    [t, more],
  );
}
