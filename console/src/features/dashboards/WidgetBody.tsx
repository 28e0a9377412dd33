// What a widget shows: a number, a chart, rows or words; or why it shows nothing.
import { Center, Group, Skeleton, Stack, Text } from '@mantine/core';
import { lazy, type ReactNode, Suspense } from 'react';
import { useTranslation } from 'react-i18next';

import { Problem } from '@/shared/api/problem';
import type { Widget } from '@/shared/dashboard/content';
import { labelOf } from '@/shared/report/catalogue';
import { changeText, formulaOf, TONES, toneOf, valueText } from '@/shared/report/format';
import { type Column, metricsOf, numberOf, type Outcome, type Report } from '@/shared/report/question';
import { ReportTable } from '@/shared/report/ReportTable';
import { useExplain } from '@/shared/ui/explain';

const ReportChart = lazy(() =>
  import('@/shared/report/ReportChart').then(({ ReportChart }) => ({ default: ReportChart })),
);

interface Props {
  widget: Widget;
  title: string;
  outcome: Outcome | undefined;
  isStale?: boolean;
}

export function WidgetBody({ widget, title, outcome, isStale = false }: Props): ReactNode {
  if (widget.kind === 'text') return <Words text={widget.text ?? ''} />;
  if (outcome === undefined) return <Skeleton height="100%" mih={48} />;
  const { report } = outcome;
  if (report === undefined || report === null) return <Refusal outcome={outcome} />;
  return <Answered widget={widget} title={title} report={report} isStale={isStale} />;
}

interface AnsweredProps {
  widget: Widget;
  title: string;
  report: Report;
  isStale: boolean;
}

function Answered({ widget, title, report, isStale }: AnsweredProps): ReactNode {
  if (widget.kind === 'text') return null;
  if (widget.kind === 'number') return <Numbers report={report} />;
  if (widget.kind === 'table') {
    return (
      <ReportTable label={title} report={report} sort={widget.query?.sort?.[0]} maxHeight="100%" isStale={isStale} />
    );
  }
  return (
    <Suspense fallback={<Skeleton height="100%" />}>
      <ReportChart label={title} report={report} shape={widget.kind} height="100%" />
    </Suspense>
  );
}

function Words({ text }: { text: string }): ReactNode {
  return (
    <Text size="sm" style={{ whiteSpace: 'pre-wrap' }} className="break-anywhere">
      {text}
    </Text>
  );
}

function Refusal({ outcome }: { outcome: Outcome }): ReactNode {
  const { t } = useTranslation();
  const explain = useExplain();
  const { problem } = outcome;
  if (problem === undefined || problem === null) return null;
  const { title, hint } = explain.problem(new Problem(problem, new Response(null)));
  const [fault] = problem.errors ?? [];
  return (
    <Center h="100%">
      <Stack gap={4} align="center">
        <Text size="sm" fw={550} ta="center">
          {title}
        </Text>
        <Text size="xs" c="dimmed" ta="center">
          {fault === undefined ? hint || t('dashboards.failed') : `${fault.pointer.slice(1)}: ${explain.field(fault)}`}
        </Text>
      </Stack>
    </Center>
  );
}

/** The first metric large, the others beside it. */
function Numbers({ report }: { report: Report }): ReactNode {
  const [first, ...others] = metricsOf(report);
  if (first === undefined) return null;
  return (
    <Stack gap={4} h="100%" justify="center">
      <Large report={report} column={first} />
      {others.length > 0 && (
        <Group gap="xs lg">
          {others.map((column) => (
            <Text key={column.name} size="xs" c="dimmed">
              {labelOf(column.label)}{' '}
              <Text span inherit fw={550} c="var(--mantine-color-text)" className="numeric">
                {valueText(column.kind, numberOf(report.totals, column.name), report.currency)}
              </Text>
            </Text>
          ))}
        </Group>
      )}
    </Stack>
  );
}

function Large({ report, column }: { report: Report; column: Column }): ReactNode {
  const { t } = useTranslation();
  const { name, kind } = column;
  const { totals, currency, previous } = report;
  const change = numberOf(totals.change, name);
  return (
    <>
      <Text fz="clamp(1.25rem, 2.2vw, 1.75rem)" fw={650} lh={1.2} className="numeric" truncate title={formulaOf(name)}>
        {valueText(kind, numberOf(totals, name), currency)}
      </Text>
      {previous !== undefined && (
        <Group gap="0 6px" fz="xs" wrap="nowrap">
          <Text span inherit className="numeric" fw={550} style={{ color: TONES[toneOf(name, change)] }}>
            {changeText(change)}
          </Text>
          <Text span inherit c="dimmed" truncate>
            {t('overview.was', { value: valueText(kind, numberOf(totals.previous, name), currency) })}
          </Text>
        </Group>
      )}
    </>
  );
}
