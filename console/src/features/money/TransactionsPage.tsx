// Every movement of money in the project, whosever it is.
import { Anchor, Select } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import type { Column } from '@/shared/ui/ListTable';
import { PageHeader } from '@/shared/ui/PageHeader';
import { text, useFilters, useProjectId } from '@/shared/url/filters';

import { type Transaction, useAdvertiserNames, useProjectTransactions } from './queries';
import { address, TransactionFilters, TransactionTable, useTransactionColumns, wantedOf } from './Transactions';

const addressOfAll = { ...address, advertiser_id: text };

export function TransactionsPage(): ReactNode {
  const { t } = useTranslation();
  const projectId = useProjectId();
  const filters = useFilters(addressOfAll);
  const { values, change } = filters;
  const names = useAdvertiserNames(projectId).data;
  const transactions = useProjectTransactions(projectId, {
    ...wantedOf(values),
    ...(values.advertiser_id === undefined ? {} : { advertiser_id: values.advertiser_id }),
  });
  const columns = useTransactionColumns(useAdvertiserColumn(projectId, names));
  const choices = useMemo(() => [...(names ?? [])].map(([value, label]) => ({ value, label })), [names]);
  return (
    <>
      <PageHeader title={t('money.transactions')} description={t('money.transactionsLead')} />
      <TransactionFilters values={values} change={change}>
        <Select
          aria-label={t('advertising.advertiser')}
          placeholder={t('money.allAdvertisers')}
          data={choices}
          searchable
          clearable
          limit={50}
          nothingFoundMessage={t('common.nothingFits')}
          clearButtonProps={{ 'aria-label': t('common.clear') }}
          value={values.advertiser_id ?? null}
          onChange={(id) => change({ advertiser_id: id ?? undefined })}
        />
      </TransactionFilters>
      <TransactionTable columns={columns} query={transactions} filters={filters} />
    </>
  );
}

function useAdvertiserColumn(projectId: string, names: Map<string, string> | undefined): Column<Transaction> {
  const { t } = useTranslation();
  return useMemo<Column<Transaction>>(
    () => ({
      id: 'advertiser',
      header: t('advertising.advertiser'),
      cell: ({ row: { original: transaction } }) => (
        <Anchor
          component={Link}
          to={`/projects/${projectId}/advertisers/${transaction.advertiser_id}/money` as never}
          size="sm"
          fw={500}
          className="break-anywhere"
          miw={140}
          maw={280}
        >
          {names?.get(transaction.advertiser_id) ?? transaction.advertiser_id}
        </Anchor>
      ),
    }),
    [t, projectId, names],
  );
}
