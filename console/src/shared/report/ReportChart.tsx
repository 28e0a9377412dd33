// A report as a picture: lines or columns where it has a time, else lying bars or a pie.
import { Center, Skeleton, Text } from '@mantine/core';
import { lazy, type ReactNode, Suspense, useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import { Chart } from '../chart/Chart';
import { metricsOf, type Report, type Row } from './question';
import { linesOf, partsOf, scaleOf, timeOf } from './series';

/** Loaded where parts of a whole are drawn: the overview draws none. */
const Parts = lazy(() => import('../chart/Parts').then(({ Parts }) => ({ default: Parts })));

export type Shape = 'line' | 'bar' | 'pie';

interface Props {
  label: string;
  report: Report;
  shape: Shape;
  height?: number | string;
  onOpen?: ((row: Row) => void) | undefined;
}

export function ReportChart({ label, report, shape, height = 300, onOpen }: Props): ReactNode {
  if (shape !== 'pie' && timeOf(report) !== undefined) {
    return <Over label={label} report={report} height={height} kind={shape} />;
  }
  return <By label={label} report={report} shape={shape === 'pie' ? 'pie' : 'bar'} height={height} onOpen={onOpen} />;
}

interface OverProps {
  label: string;
  report: Report;
  height: number | string;
}

function Over({ label, report, height, kind }: OverProps & { kind: 'line' | 'bar' }): ReactNode {
  const { t } = useTranslation();
  const lines = useMemo(() => linesOf(report, (name) => t('report.before', { name }), kind), [report, t, kind]);
  if (lines === undefined || lines.times.length === 0) return <Nothing height={height} />;
  return <Chart label={label} days={lines.times} series={lines.series} scales={lines.scales} height={height} />;
}

interface ByProps extends OverProps {
  shape: 'bar' | 'pie';
  onOpen: ((row: Row) => void) | undefined;
}

function By({ label, report, shape, height, onOpen }: ByProps): ReactNode {
  const [metric] = metricsOf(report);
  const parts = useMemo(() => partsOf(report, metric?.name ?? ''), [report, metric]);
  const scale = useMemo(() => scaleOf(metric, report.currency), [metric, report.currency]);
  const open = useMemo(() => {
    if (onOpen === undefined) return undefined;
    return (place: number): void => {
      const part = parts[place];
      if (part !== undefined) onOpen(part.row);
    };
  }, [onOpen, parts]);
  if (parts.length === 0) return <Nothing height={height} />;
  return (
    <Suspense fallback={<Skeleton height={height} />}>
      <Parts label={label} parts={parts} shape={shape} scale={scale} height={height} onClick={open} />
    </Suspense>
  );
}

function Nothing({ height }: { height: number | string }): ReactNode {
  const { t } = useTranslation();
  return (
    <Center h={height}>
      <Text size="sm" c="dimmed">
        {t('report.nothing')}
      </Text>
    </Center>
  );
}
