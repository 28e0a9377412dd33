// An advertiser's account at a glance, and what its owners may do with it.
import { Button, Card, Group, Menu, SimpleGrid, Skeleton, Stack, Text } from '@mantine/core';
import { IconAdjustments, IconChevronDown, IconPlus, IconReceiptRefund, IconScale } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { mayAs, useProject } from '@/shared/session/viewer';
import { movement } from '@/shared/ui/number';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';

import type { Move } from './amountRules';
import { MoveModal } from './MoveModal';
import { type Account, useAccount, type Whose } from './queries';
import { TermsModal } from './TermsModal';

export function AccountPanel({ whose }: { whose: Whose }): ReactNode {
  const account = useAccount(whose);
  const mayMove = mayAs(useProject(whose.projectId).data, 'owner');
  if (account.error !== null && account.data === undefined) {
    return <ProblemAlert error={account.error} onRetry={() => void account.refetch()} />;
  }
  return (
    <Stack>
      <Figures account={account.data} />
      {mayMove && <Steps account={account.data} whose={whose} />}
    </Stack>
  );
}

function Figures({ account }: { account: Account | undefined }): ReactNode {
  const { t } = useTranslation();
  const of = (value: number | null | undefined, found: Account): string =>
    value === null || value === undefined ? t('money.noLimit') : movement(value, found.currency);
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, lg: 4 }}>
      <Figure
        name={t('money.balance')}
        hint={t('money.balanceHint')}
        value={account && movement(account.balance, account.currency)}
        isBad={(account?.balance ?? 0) < 0}
        testId="balance"
      />
      <Figure
        name={t('money.unposted')}
        hint={t('money.unpostedHint')}
        value={account && movement(account.unposted_spend, account.currency)}
      />
      <Figure
        name={t('money.spendable')}
        hint={t('money.spendableHint')}
        value={account && of(account.spendable, account)}
        isBad={account?.spendable === 0}
        testId="spendable"
      />
      <Figure
        name={t('money.creditLimit')}
        hint={account === undefined ? ' ' : t(`money.kindSays.${account.kind as 'prepaid'}`)}
        value={account && of(account.credit_limit, account)}
      />
    </SimpleGrid>
  );
}

interface FigureProps {
  name: string;
  hint: string;
  value: string | undefined;
  isBad?: boolean;
  testId?: string;
}

function Figure({ name, hint, value, isBad = false, testId }: FigureProps): ReactNode {
  return (
    <Card padding="md">
      <Text size="xs" c="dimmed">
        {name}
      </Text>
      {value === undefined ? (
        <Skeleton height={28} mt={4} width="60%" />
      ) : (
        <Text
          size="xl"
          fw={650}
          className="numeric"
          lh={1.4}
          data-testid={testId}
          {...(isBad ? { c: 'var(--tone-bad)' } : {})}
        >
          {value}
        </Text>
      )}
      <Text size="xs" c="dimmed" mt={2}>
        {hint}
      </Text>
    </Card>
  );
}

function Steps({ account, whose }: { account: Account | undefined; whose: Whose }): ReactNode {
  const { t } = useTranslation();
  const [opened, setOpened] = useState<Move | 'terms'>();
  const close = (): void => setOpened(undefined);
  return (
    <Group gap="sm">
      <Button leftSection={<IconPlus size={18} />} disabled={account === undefined} onClick={() => setOpened('top_up')}>
        {t('money.move.top_up.title')}
      </Button>
      <Menu position="bottom-start">
        <Menu.Target>
          <Button variant="default" rightSection={<IconChevronDown size={16} />} disabled={account === undefined}>
            {t('common.more')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconReceiptRefund size={16} />} onClick={() => setOpened('refund')}>
            {t('money.move.refund.title')}
          </Menu.Item>
          <Menu.Item leftSection={<IconScale size={16} />} onClick={() => setOpened('adjustment')}>
            {t('money.move.adjustment.title')}
          </Menu.Item>
          <Menu.Item leftSection={<IconAdjustments size={16} />} onClick={() => setOpened('terms')}>
            {t('money.terms.title')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {account !== undefined && (
        <>
          <MoveModal move={opened === 'terms' ? undefined : opened} account={account} whose={whose} onClose={close} />
          <TermsModal isOpen={opened === 'terms'} account={account} whose={whose} onClose={close} />
        </>
      )}
    </Group>
  );
}
