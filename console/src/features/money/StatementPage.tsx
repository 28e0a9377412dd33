// A statement of an advertiser's account: where it began, what was posted, where it ended; also as a file.
import { Button, Group, Paper, ScrollArea, Skeleton, Stack, Table, Text } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import { dateText, spanText } from '@/shared/report/format';
import { daysOf, type Period, periodAddress } from '@/shared/report/period';
import { PeriodPicker } from '@/shared/report/PeriodPicker';
import { useCivilToday } from '@/shared/report/today';
import { count, movement } from '@/shared/ui/number';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { saveFile } from '@/shared/ui/saveFile';
import { useFilters, usePathPart, useProjectId } from '@/shared/url/filters';

import { KindBadge, Sum } from './Posting';
import { type Days, type Kind, KINDS, type Statement, statementFile, useStatement, type Whose } from './queries';

const SKELETON_PX = 320;
const MICROS = 1_000_000;

/** The days of a period; nothing while today is not known. */
function wantedDays({ period, from, to }: Period, today: string | undefined): Days | undefined {
  if (from !== undefined) return { date_from: from, date_to: to ?? from };
  return today === undefined ? undefined : daysOf(period ?? 'this_month', today);
}

export function StatementPage(): ReactNode {
  const whose = { projectId: useProjectId(), advertiserId: usePathPart('advertiserId') };
  const { values, change } = useFilters(periodAddress);
  const today = useCivilToday(whose.projectId, values.from === undefined);
  const days = wantedDays(values, today);
  const statement = useStatement(whose, days);
  return (
    <Stack>
      <Group justify="space-between" align="flex-start" gap="md">
        <PeriodPicker
          value={values}
          onChange={change}
          days={statement.data}
          isWithoutComparison
          standard="this_month"
        />
        <Download whose={whose} days={days} />
      </Group>
      {statement.data === undefined ? (
        <>
          <ProblemAlert error={statement.error} onRetry={() => void statement.refetch()} />
          {statement.error === null && <Skeleton height={SKELETON_PX} />}
        </>
      ) : (
        <Found statement={statement.data} isStale={statement.isPlaceholderData} />
      )}
    </Stack>
  );
}

function Download({ whose, days }: { whose: Whose; days: Days | undefined }): ReactNode {
  const { t } = useTranslation();
  const downloading = useMutation({
    mutationFn: (wanted: Days) => statementFile(whose, wanted),
    onSuccess: (file, { date_from = '', date_to = '' }) => saveFile(file, `statement-${date_from}-${date_to}.csv`),
  });
  return (
    <Stack gap="xs" align="flex-end">
      <Button
        variant="default"
        leftSection={<IconDownload size={18} />}
        disabled={days === undefined}
        loading={downloading.isPending}
        onClick={() => days !== undefined && downloading.mutate(days)}
      >
        {t('money.csv')}
      </Button>
      <ProblemAlert error={downloading.error} />
    </Stack>
  );
}

/** Rows with the balance after each; counted in millionths, as the server does. */
function withBalances({ opening, rows }: Statement): (Statement['rows'][0] & { balance: number })[] {
  let micros = Math.round(opening * MICROS);
  return rows.map((row) => {
    micros += Math.round(row.amount * MICROS);
    return { ...row, balance: micros / MICROS };
  });
}

function Found({ statement, isStale }: { statement: Statement; isStale: boolean }): ReactNode {
  const { t } = useTranslation();
  const { currency, opening, closing, totals } = statement;
  const rows = useMemo(() => withBalances(statement), [statement]);
  return (
    <>
      <Group gap="lg">
        {KINDS.map((kind) => (
          <Text key={kind} size="sm" component="div">
            <Text span size="xs" c="dimmed">
              {t(`money.posting.${kind}`)}:{' '}
            </Text>
            <Text span fw={600} className="numeric">
              {movement(totals[kind], currency, true)}
            </Text>
          </Text>
        ))}
      </Group>
      <Paper style={{ overflow: 'hidden' }}>
        <ScrollArea type="auto" viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': t('money.statement') }}>
          <Table
            className="list-table"
            horizontalSpacing="md"
            aria-label={t('money.statement')}
            data-stale={isStale}
            aria-busy={isStale}
          >
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('money.day')}</Table.Th>
                <Table.Th>{t('money.kindOf')}</Table.Th>
                <Table.Th>{t('money.postings')}</Table.Th>
                <Table.Th ta="right">{t('money.amount')}</Table.Th>
                <Table.Th ta="right">{t('money.balance')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              <Edge name={t('money.opening')} date={statement.date_from} sum={opening} currency={currency} />
              {rows.map((row) => (
                <Table.Tr key={`${row.date}-${row.kind}`}>
                  <Table.Td style={{ whiteSpace: 'nowrap' }}>{dateText(row.date)}</Table.Td>
                  <Table.Td>
                    <KindBadge kind={row.kind as Kind} />
                  </Table.Td>
                  <Table.Td className="numeric">{count(row.transactions)}</Table.Td>
                  <Table.Td align="right">
                    <Sum value={row.amount} currency={currency} isSigned />
                  </Table.Td>
                  <Table.Td align="right">
                    <Sum value={row.balance} currency={currency} />
                  </Table.Td>
                </Table.Tr>
              ))}
              <Edge name={t('money.closing')} date={statement.date_to} sum={closing} currency={currency} />
            </Table.Tbody>
          </Table>
        </ScrollArea>
      </Paper>
      <Text size="xs" c="dimmed">
        {spanText(statement.date_from, statement.date_to)}
        {rows.length === 0 && ` · ${t('money.nothingPosted')}`}
      </Text>
    </>
  );
}

interface EdgeProps {
  name: string;
  date: string;
  sum: number;
  currency: string;
}

/** The first and the last line. */
function Edge({ name, date, sum, currency }: EdgeProps): ReactNode {
  return (
    <Table.Tr>
      <Table.Td style={{ whiteSpace: 'nowrap' }}>{dateText(date)}</Table.Td>
      <Table.Td colSpan={3} fw={600}>
        {name}
      </Table.Td>
      <Table.Td align="right">
        <Sum value={sum} currency={currency} isBold />
      </Table.Td>
    </Table.Tr>
  );
}
