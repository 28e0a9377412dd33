// An advertiser's money: the account, and every movement of it.
import { Stack, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useFilters, usePathPart, useProjectId } from '@/shared/url/filters';

import { AccountPanel } from './AccountPanel';
import { useTransactions, type Whose } from './queries';
import { address, TransactionFilters, TransactionTable, useTransactionColumns, wantedOf } from './Transactions';

export function MoneyPage(): ReactNode {
  const whose = { projectId: useProjectId(), advertiserId: usePathPart('advertiserId') };
  return (
    <Stack gap="xl">
      <AccountPanel whose={whose} />
      <OfAdvertiser whose={whose} />
    </Stack>
  );
}

function OfAdvertiser({ whose }: { whose: Whose }): ReactNode {
  const { t } = useTranslation();
  const filters = useFilters(address);
  const transactions = useTransactions(whose, wantedOf(filters.values));
  const columns = useTransactionColumns();
  return (
    <div>
      <Title order={2} size="h3" mb="sm">
        {t('money.transactions')}
      </Title>
      <TransactionFilters values={filters.values} change={filters.change} />
      <TransactionTable columns={columns} query={transactions} filters={filters} />
    </div>
  );
}
