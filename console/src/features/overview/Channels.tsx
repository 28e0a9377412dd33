// Where it came from, with the way to ask further.
import { Anchor, Group, Paper, Title } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { type ReactNode, useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import { filtersInAddress } from '@/shared/report/filtersAddress';
import type { Filter, Report, Span } from '@/shared/report/question';
import { type Drill, ReportTable } from '@/shared/report/ReportTable';

import { METRICS } from './queries';

interface Props {
  projectId: string;
  report: Report;
  /** What was asked for. */
  wanted: { span: Span; filters: Filter[] };
}

/** The explorer's address with the same question. */
function addressOf({ report, wanted }: Props, by: string, more: Filter[] = []): Record<string, unknown> {
  const { span, filters } = wanted;
  return {
    metrics: METRICS.join(','),
    by,
    from: report.date_from,
    to: report.date_to,
    ...(span.compare_to === undefined ? {} : { compare: span.compare_to }),
    ...(filters.length + more.length === 0 ? {} : { where: filtersInAddress([...filters, ...more]) }),
  };
}

export function Channels(props: Props): ReactNode {
  const { projectId, report } = props;
  const { t } = useTranslation();
  const navigate = useNavigate();
  const drill = useMemo<Drill>(
    () => ({
      goesBelow: (dimension) => dimension === 'channel',
      open: (_, channel) =>
        void navigate({
          to: '/projects/$projectId/reports',
          params: { projectId } as never,
          search: addressOf(props, 'campaign_name', [
            { dimension: 'channel', operator: 'is', values: [channel] },
          ]) as never,
        }),
    }),
    [navigate, projectId, props],
  );
  return (
    <Paper style={{ overflow: 'hidden' }}>
      <Group justify="space-between" p="lg" pb="xs">
        <Title order={2} size="h4">
          {t('overview.channels')}
        </Title>
        <Anchor
          component={Link}
          to="/projects/$projectId/reports"
          params={{ projectId } as never}
          search={addressOf(props, 'channel') as never}
          size="sm"
        >
          {t('overview.explore')}
        </Anchor>
      </Group>
      <ReportTable label={t('overview.channels')} report={report} drill={drill} maxHeight={480} />
    </Paper>
  );
}
