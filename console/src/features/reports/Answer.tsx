// What was answered: a picture, all rows with totals, and what they were read from. Where there is nothing: what to do.
import { Alert, Button, Group, Paper, SegmentedControl, Skeleton, Stack, Text } from '@mantine/core';
import { IconChartBar, IconFileImport } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { lazy, type ReactNode, Suspense, useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import { labelOf } from '@/shared/report/catalogue';
import { Freshness } from '@/shared/report/Freshness';
import { type Column, dimensionsOf, metricsOf, type Report, type Row, textOf } from '@/shared/report/question';
import { type Drill, ReportTable } from '@/shared/report/ReportTable';
import { timeOf } from '@/shared/report/series';
import { EmptyState } from '@/shared/ui/EmptyState';
import { count } from '@/shared/ui/number';
import { type Filters, useProjectId } from '@/shared/url/filters';

import { below, goesBelow, type ShapeChoice, SHAPES, sortOf, type View } from '@/shared/report/view';

const CHART_PX = 300;
const TABLE_PX = 420;
const ReportChart = lazy(() =>
  import('@/shared/report/ReportChart').then(({ ReportChart }) => ({ default: ReportChart })),
);

interface Props {
  filters: Filters<View>;
  report: Report | undefined;
  isStale: boolean;
}

export function Answer({ filters, report, isStale }: Props): ReactNode {
  const { values: view, change, clear } = filters;
  const drill = useMemo<Drill>(
    () => ({
      goesBelow,
      open: (dimension, value) => change(below(view, dimension, value), true),
    }),
    [view, change],
  );
  if (report === undefined) return <Waiting />;
  if (report.sources.length === 0) return <NoFacts />;
  if (report.rows.length === 0) return <NoRows onClear={clear} />;
  return (
    <>
      <Picture report={report} view={view} onShape={(shape) => change({ shape })} drill={drill} />
      <Rows report={report} view={view} isStale={isStale} drill={drill} onSort={(sort) => change({ sort })} />
      <Freshness report={report} />
    </>
  );
}

function Waiting(): ReactNode {
  return (
    <>
      <Skeleton height={CHART_PX + 70} radius="md" />
      <Skeleton height={TABLE_PX} radius="md" />
    </>
  );
}

function NoFacts(): ReactNode {
  const { t } = useTranslation();
  const projectId = useProjectId();
  return (
    <Paper>
      <EmptyState
        icon={IconChartBar}
        title={t('reports.noFacts')}
        hint={t('reports.noFactsHint')}
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
  );
}

function NoRows({ onClear }: { onClear: () => void }): ReactNode {
  const { t } = useTranslation();
  return (
    <Paper>
      <EmptyState
        icon={IconChartBar}
        title={t('common.nothingFits')}
        hint={t('reports.noRowsHint')}
        action={
          <Button variant="light" onClick={onClear}>
            {t('common.clearFilters')}
          </Button>
        }
      />
    </Paper>
  );
}

/** The report with that metric before the others: the chart shows what the table is sorted by. */
function withFirst(report: Report, metric: string | undefined): Report {
  const first = report.columns.filter(({ role, name }) => role === 'metric' && name === metric);
  return { ...report, columns: [...first, ...report.columns.filter((column) => !first.includes(column))] };
}

/** Lines are named beside them; bars and parts are all of one metric. */
function titleOf(shape: ShapeChoice, drawn: Column | undefined, hasTime: boolean): string {
  return drawn === undefined || shape === 'none' || hasTime ? '' : labelOf(drawn.label);
}

/** Which pictures show a report, over time or not. */
const FITS: Record<ShapeChoice, (hasTime: boolean) => boolean> = {
  line: (hasTime) => hasTime,
  bar: () => true,
  pie: (hasTime) => !hasTime,
  none: () => true,
};

interface PictureProps {
  report: Report;
  view: View;
  onShape: (shape: ShapeChoice) => void;
  drill: Drill;
}

function Picture({ report, view, onShape, drill }: PictureProps): ReactNode {
  const { t } = useTranslation();
  const hasTime = timeOf(report) !== undefined;
  const hasNames = dimensionsOf(report).length > 0;
  const fitting = SHAPES.filter((shape) => FITS[shape](hasTime));
  const shape = view.shape !== undefined && fitting.includes(view.shape) ? view.shape : (fitting[0] ?? 'none');
  const charted = useMemo(() => withFirst(report, sortOf(view)?.replace(/^-/, '')), [report, view]);
  const [drawn] = metricsOf(charted);
  const open = useMemo(() => {
    const [dimension] = dimensionsOf(report);
    if (dimension === undefined || !goesBelow(dimension.name)) return undefined;
    return (row: Row): void => drill.open(dimension.name, textOf(row, dimension.name));
  }, [report, drill]);
  if (!hasNames) return null;
  return (
    <Paper p="md">
      <Group justify="space-between" mb={shape === 'none' ? 0 : 'xs'}>
        <Text size="sm" fw={600}>
          {titleOf(shape, drawn, hasTime)}
        </Text>
        <SegmentedControl
          size="xs"
          aria-label={t('reports.shape')}
          data={fitting.map((each) => ({ value: each, label: t(`widget.kind.${each}`) }))}
          value={shape}
          onChange={(chosen) => onShape(chosen)}
        />
      </Group>
      {shape !== 'none' && (
        <Suspense fallback={<Skeleton height={CHART_PX} />}>
          <ReportChart label={t('reports.chart')} report={charted} shape={shape} height={CHART_PX} onOpen={open} />
        </Suspense>
      )}
    </Paper>
  );
}

interface RowsProps {
  report: Report;
  view: View;
  isStale: boolean;
  drill: Drill;
  onSort: (sort: string) => void;
}

function Rows({ report, view, isStale, drill, onSort }: RowsProps): ReactNode {
  const { t } = useTranslation();
  return (
    <Stack gap="xs">
      {report.is_cut && (
        <Alert color="blue" variant="light" p="xs">
          {t('reports.isCut', { shown: count(report.rows.length), total: count(report.row_count) })}
        </Alert>
      )}
      <Paper style={{ overflow: 'hidden' }}>
        <ReportTable
          label={t('reports.title')}
          report={report}
          sort={sortOf(view)}
          onSort={onSort}
          drill={drill}
          isStale={isStale}
        />
      </Paper>
    </Stack>
  );
}
