// What of its budgets a campaign has used, and with even pacing how far today's budget is released.
import { Card, Group, Progress, Skeleton, Stack, Text, Title } from '@mantine/core';
import { lazy, type ReactNode, Suspense, useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import type { Schema } from '@/shared/api/client';
import { minuteOfDay } from '@/shared/advertising/clock';
import type { Project } from '@/shared/session/viewer';
import { useNow } from '@/shared/ui/now';
import { count, money, percent } from '@/shared/ui/number';

import { lineOfDay } from './pacingLine';
import { type Campaign, useDelivery } from './queries';

const CHART_HEIGHT = 200;
const Chart = lazy(() => import('@/shared/chart/Chart').then(({ Chart }) => ({ default: Chart })));

interface Props {
  campaign: Campaign;
  project: Project;
}

export function BudgetCard({ campaign, project }: Props): ReactNode {
  const { t } = useTranslation();
  const line = useDelivery(project.project_id, campaign.campaign_id).data?.pacing_line;
  return (
    <Card padding="lg">
      <Title order={2} size="h4" mb="md">
        {t('advertising.spend.title')}
      </Title>
      <Stack gap="md">
        <Used
          name={t('advertising.spend.today')}
          used={campaign.spent_today}
          budget={campaign.daily_budget ?? undefined}
          project={project}
          released={line?.released}
        />
        <Used
          name={t('advertising.spend.total')}
          used={campaign.spent}
          budget={campaign.total_budget ?? undefined}
          project={project}
        />
      </Stack>
    </Card>
  );
}

interface UsedProps {
  name: string;
  used: number;
  budget: number | undefined;
  project: Project;
  /** How much of it even pacing has released by now. */
  released?: number | undefined;
}

/** How much of a whole, in percent of it. */
function share(part: number, whole: number): number {
  return whole === 0 ? 100 : Math.min(100, (part / whole) * 100);
}

function Used({ name, used, budget, project, released }: UsedProps): ReactNode {
  const { t } = useTranslation();
  const { currency } = project;
  if (budget === undefined) {
    return (
      <div>
        <Text size="xs" c="dimmed">
          {name}
        </Text>
        <Text className="numeric">{t('advertising.spend.unbounded', { used: money(used, currency) })}</Text>
      </div>
    );
  }
  const done = share(used, budget);
  const open = released === undefined ? done : Math.max(done, share(released, budget));
  return (
    <div>
      <Group justify="space-between" gap="xs" mb={4}>
        <Text size="xs" c="dimmed">
          {name}
        </Text>
        <Text size="xs" c="dimmed" className="numeric">
          {percent(done / 100)}
        </Text>
      </Group>
      <Text className="numeric" mb={6}>
        {t('advertising.ofLimit', { done: money(used, currency), limit: money(budget, currency) })}
      </Text>
      <Progress.Root size="sm">
        <Progress.Section value={done} aria-label={name} />
        <Progress.Section value={open - done} className="released" withAria={false} aria-hidden />
      </Progress.Root>
      <Text size="xs" c="dimmed" mt={4} className="numeric">
        {released === undefined
          ? t('advertising.spend.left', { left: money(Math.max(0, budget - used), currency) })
          : t('advertising.spend.released', { released: money(released, currency) })}
      </Text>
    </div>
  );
}

/** What is spent today beside the line of even pacing; nothing for a campaign that is not paced. */
export function PaceCard({ campaign, project }: Props): ReactNode {
  const { t } = useTranslation();
  const line = useDelivery(project.project_id, campaign.campaign_id).data?.pacing_line;
  if (campaign.pacing !== 'even' || line == null) return null;
  return (
    <Card padding="lg">
      <Title order={2} size="h4" mb="md">
        {t('advertising.spend.pace')}
      </Title>
      <Pace line={line} project={project} />
    </Card>
  );
}

function Pace({ line, project }: { line: Schema<'PacingLine'>; project: Project }): ReactNode {
  const { t } = useTranslation();
  const zone = project.time_zone ?? 'UTC';
  const now = minuteOfDay(useNow(), zone);
  const { labels, released, spent } = useMemo(() => lineOfDay(line, zone, now), [line, zone, now]);
  const series = useMemo(
    () => [
      { name: t('advertising.spend.line'), kind: 'line' as const, values: released, isFaint: true },
      { name: t('advertising.figure.spent'), kind: 'line' as const, values: spent },
    ],
    [t, released, spent],
  );
  const scales = useMemo(
    () => [{ full: (value: number) => money(value, project.currency), short: (value: number) => count(value) }],
    [project.currency],
  );
  return (
    <Suspense fallback={<Skeleton height={CHART_HEIGHT} />}>
      <Chart label={t('advertising.spend.pace')} days={labels} series={series} scales={scales} height={CHART_HEIGHT} />
    </Suspense>
  );
}
