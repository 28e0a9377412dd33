// What was delivered and spent: the totals, and day by day.
import { Card, Paper, SimpleGrid, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, type ReactNode, Suspense, useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import type { Project } from '@/shared/session/viewer';
import { dayText } from '@/shared/ui/day';
import { count, money, percent } from '@/shared/ui/number';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';

import { DaysTable } from './DaysTable';
import { type Statistics, type StatisticsKind, statisticsOf } from './queries';

const CHART_HEIGHT = 280;
const Chart = lazy(() => import('@/shared/chart/Chart').then(({ Chart }) => ({ default: Chart })));

interface Props {
  kind: StatisticsKind;
  id: string;
  project: Project;
}

export function StatisticsPanel({ kind, id, project }: Props): ReactNode {
  const { t } = useTranslation();
  const statistics = useQuery(statisticsOf(kind, project.project_id, id));
  const found = statistics.data;
  return (
    <Stack>
      <ProblemAlert error={statistics.error} onRetry={() => void statistics.refetch()} />
      <Totals total={found?.total} currency={project.currency} />
      <Paper p="lg">
        <Title order={2} size="h4" mb="md">
          {t('advertising.byDay')}
        </Title>
        {found === undefined && <Skeleton height={CHART_HEIGHT} />}
        {found?.days.length === 0 && (
          <Text c="dimmed" size="sm">
            {t('advertising.nothingYet')}
          </Text>
        )}
        {found !== undefined && found.days.length > 0 && <Days statistics={found} isSandbox={project.is_sandbox} />}
      </Paper>
      {kind !== 'advertiser' && found !== undefined && found.days.length > 0 && (
        <DaysTable statistics={found} project={project} />
      )}
    </Stack>
  );
}

function Totals({ total, currency }: { total: Statistics['total'] | undefined; currency: string }): ReactNode {
  const { t } = useTranslation();
  const figures = [
    ['impressions', total && count(total.impressions_count)],
    ['clicks', total && count(total.clicks_count)],
    ['conversion', total && percent(total.conversion / 100)],
    ['spent', total && money(total.spent_total, currency)],
  ] as const;
  return (
    <SimpleGrid cols={{ base: 2, md: 4 }}>
      {figures.map(([name, value]) => (
        <Card key={name} padding="md">
          <Text size="xs" c="dimmed" mb="auto">
            {t(`advertising.figure.${name}`)}
          </Text>
          {value === undefined ? (
            <Skeleton height={28} mt={4} width="60%" />
          ) : (
            <Text size="xl" fw={650} className="numeric" lh={1.4}>
              {value}
            </Text>
          )}
        </Card>
      ))}
    </SimpleGrid>
  );
}

function Days({ statistics, isSandbox }: { statistics: Statistics; isSandbox: boolean }): ReactNode {
  const { t } = useTranslation();
  const { days } = statistics;
  const labels = useMemo(() => days.map(({ date }) => dayText(date, isSandbox)), [days, isSandbox]);
  const series = useMemo(
    () => [
      {
        name: t('advertising.figure.impressions'),
        kind: 'bar' as const,
        values: days.map((day) => day.impressions_count),
      },
      {
        name: t('advertising.figure.clicks'),
        kind: 'line' as const,
        values: days.map((day) => day.clicks_count),
        isOnRight: true,
      },
    ],
    [days, t],
  );
  return (
    <Suspense fallback={<Skeleton height={CHART_HEIGHT} />}>
      <Chart label={t('advertising.byDay')} days={labels} series={series} height={CHART_HEIGHT} />
    </Suspense>
  );
}
