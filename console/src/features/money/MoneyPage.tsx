// An advertiser's money: the account, and every movement of it.
import { Button, Group, SegmentedControl, Stack, Text, Title } from '@mantine/core';
import { IconCoins } from '@tabler/icons-react';
import { type ReactNode, useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import { dateText } from '@/shared/report/format';
import { EmptyState } from '@/shared/ui/EmptyState';
import { type Column, ListTable } from '@/shared/ui/ListTable';
import { Moment } from '@/shared/ui/Moment';
import { choice, page, text, useFilters, usePathPart, useProjectId } from '@/shared/url/filters';

import { AccountPanel } from './AccountPanel';
import { DaysInput, daysOf } from './DaysInput';
import { KindBadge, Sum } from './Posting';
import { KINDS, type Kind, PAGE_SIZE, type Transaction, useTransactions, type Whose } from './queries';

const address = { kind: choice(KINDS), from: text, to: text, page };

export function MoneyPage(): ReactNode {
  const whose = { projectId: useProjectId(), advertiserId: usePathPart('advertiserId') };
  return (
    <Stack gap="xl">
      <AccountPanel whose={whose} />
      <Transactions whose={whose} />
    </Stack>
  );
}

function Transactions({ whose }: { whose: Whose }): ReactNode {
  const { t } = useTranslation();
  const { values, change, clear, isNarrowed } = useFilters(address);
  const transactions = useTransactions(whose, {
    ...(values.kind === undefined ? {} : { kind: values.kind }),
    ...daysOf(values),
    page: values.page,
  });
  const columns = useColumns();
  return (
    <div>
      <Title order={2} size="h3" mb="sm">
        {t('money.transactions')}
      </Title>
      <Group mb="md" gap="md" justify="space-between">
        <Group style={{ overflowX: 'auto' }} wrap="nowrap" maw="100%">
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
        <DaysInput from={values.from} to={values.to} onChange={change} />
      </Group>
      <ListTable
        label={t('money.transactions')}
        columns={columns}
        query={transactions}
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
    </div>
  );
}

function useColumns(): Column<Transaction>[] {
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
    [t],
  );
}
