// The first page of a project: what came in, what it cost, how that went, and what changed and where.
import { Badge, Button, Grid, Group, Paper, Skeleton, Stack, Text, Title } from '@mantine/core';
import { IconChartBar, IconFileImport } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { lazy, type ReactNode, Suspense, useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import { labelOf } from '@/shared/report/catalogue';
import { filtersInAddress, filtersParameter } from '@/shared/report/filtersAddress';
import { FiltersInput } from '@/shared/report/FiltersInput';
import { formulaOf } from '@/shared/report/format';
import { Freshness } from '@/shared/report/Freshness';
import { needsToday, type Period, periodAddress, spanOf } from '@/shared/report/period';
import { PeriodPicker } from '@/shared/report/PeriodPicker';
import { type Filter, metricsOf, type Report } from '@/shared/report/question';
import { useCivilToday } from '@/shared/report/today';
import { useProject } from '@/shared/session/viewer';
import { EmptyState } from '@/shared/ui/EmptyState';
import { PageHeader } from '@/shared/ui/PageHeader';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { choice, useFilters, useProjectId } from '@/shared/url/filters';

import { Channels } from './Channels';
import { Figures } from './Figures';
import { type Metric, METRICS, type Overview, useOverview, type Wanted } from './queries';
import { WhatChanged } from './WhatChanged';

const CHART_PX = 300;
const CHANGED_PX = 372;
const TABLE_PX = 320;
// Begun after the figures are painted: what draws takes longer to start than everything above it.
const ReportChart = lazy(() =>
  import('@/shared/report/ReportChart').then(({ ReportChart }) => ({ default: ReportChart })),
);

const address = { ...periodAddress, where: filtersParameter, metric: choice(METRICS) };

const NO_FILTERS: Filter[] = [];

interface Props {
  /** What else there is to do in a project that has nothing to tell yet. */
  whenEmpty: ReactNode;
}

export function OverviewPage({ whenEmpty }: Props): ReactNode {
  const projectId = useProjectId();
  const { values, change } = useFilters(address);
  const period: Period = { ...values, compare: values.compare ?? 'previous_period' };
  const today = useCivilToday(projectId, needsToday(period));
  const span = spanOf(period, today);
  const { metric = 'revenue', where = NO_FILTERS } = values;
  const wanted = span === undefined ? undefined : { span, filters: where, metric };
  const overview = useOverview(projectId, wanted);
  const found = overview.data;
  return (
    <>
      <Head projectId={projectId} />
      <Stack gap="lg">
        <Group gap="md" justify="space-between">
          <PeriodPicker value={period} onChange={(patch) => change(tidied(patch))} days={found?.trend} />
          <FiltersInput
            projectId={projectId}
            value={where}
            span={span}
            onChange={(next) => change({ where: filtersInAddress(next) }, true)}
          />
        </Group>
        <ProblemAlert error={overview.error} onRetry={() => void overview.refetch()} />
        {found?.trend.sources.length === 0 ? (
          <Nothing projectId={projectId} whenEmpty={whenEmpty} />
        ) : (
          (overview.error === null || found !== undefined) && (
            <Found
              projectId={projectId}
              overview={found}
              wanted={wanted}
              metric={metric}
              isStale={overview.isPlaceholderData}
              onMetric={(next) => change({ metric: next === 'revenue' ? undefined : next })}
            />
          )
        )}
      </Stack>
    </>
  );
}

function Head({ projectId }: { projectId: string }): ReactNode {
  const { t } = useTranslation();
  const project = useProject(projectId).data;
  const sandbox = (
    <Badge variant="light" color="orange">
      {t('projects.sandboxBadge')}
    </Badge>
  );
  return (
    <PageHeader
      title={project?.name ?? ' '}
      badge={project?.is_sandbox === true && sandbox}
      description={t('overview.lead')}
    />
  );
}

/** What is so by itself stands in no address. */
function tidied(patch: Period): Period {
  return patch.compare === 'previous_period' ? { ...patch, compare: undefined } : patch;
}

function Nothing({ projectId, whenEmpty }: { projectId: string; whenEmpty: ReactNode }): ReactNode {
  const { t } = useTranslation();
  return (
    <>
      <Paper>
        <EmptyState
          icon={IconChartBar}
          title={t('overview.nothing')}
          hint={t('overview.nothingHint')}
          action={
            <Button
              component={Link}
              to={`/projects/${projectId}/data` as never}
              variant="light"
              leftSection={<IconFileImport size={18} />}
              mt="sm"
            >
              {t('reports.bring')}
            </Button>
          }
        />
      </Paper>
      {whenEmpty}
    </>
  );
}

interface FoundProps {
  projectId: string;
  overview: Overview | undefined;
  wanted: Wanted | undefined;
  metric: Metric;
  isStale: boolean;
  onMetric: (metric: Metric) => void;
}

function Found({ projectId, overview, wanted, metric, isStale, onMetric }: FoundProps): ReactNode {
  return (
    <Stack gap="lg" style={{ opacity: isStale ? 0.6 : 1 }}>
      <Figures trend={overview?.trend} chosen={metric} onChoose={onMetric} />
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, lg: 7 }}>
          <Trend trend={overview?.trend} metric={metric} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 5 }}>
          {overview === undefined ? (
            <Skeleton height={CHANGED_PX} radius="md" />
          ) : (
            <WhatChanged overview={overview} metric={metric} />
          )}
        </Grid.Col>
      </Grid>
      {overview === undefined || wanted === undefined ? (
        <Skeleton height={TABLE_PX} radius="md" />
      ) : (
        <>
          <Channels projectId={projectId} report={overview.channels} wanted={wanted} />
          <Freshness report={overview.trend} />
        </>
      )}
    </Stack>
  );
}

function Trend({ trend, metric }: { trend: Report | undefined; metric: Metric }): ReactNode {
  const { t } = useTranslation();
  // One metric of the report, as if it had been asked alone.
  const alone = useMemo(
    () =>
      trend === undefined
        ? undefined
        : { ...trend, columns: trend.columns.filter(({ role, name }) => role === 'dimension' || name === metric) },
    [trend, metric],
  );
  const column = trend === undefined ? undefined : metricsOf(trend).find(({ name }) => name === metric);
  const title = column === undefined ? ' ' : labelOf(column.label);
  return (
    <Paper p="lg">
      <Group gap="xs" mb="md" align="baseline">
        <Title order={2} size="h4">
          {title}
        </Title>
        <Text size="xs" c="dimmed">
          {formulaOf(metric)}
        </Text>
      </Group>
      {alone === undefined ? (
        <Skeleton height={CHART_PX} />
      ) : (
        <Suspense fallback={<Skeleton height={CHART_PX} />}>
          <ReportChart label={t('overview.trend', { name: title })} report={alone} shape="line" height={CHART_PX} />
        </Suspense>
      )}
    </Paper>
  );
}
