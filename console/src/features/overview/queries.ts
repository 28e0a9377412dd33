// What the overview asks: everything in one round trip.
import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';

import { answer, api } from '@/shared/api/client';
import { Problem } from '@/shared/api/problem';
import { type Filter, type Outcome, type Report, sent, type Span } from '@/shared/report/question';

export const METRICS = ['revenue', 'cost', 'romi', 'cac', 'orders'] as const;
export type Metric = (typeof METRICS)[number];

/** What a difference is told to. */
const PLACES = ['channel', 'campaign_name'] as const;
export type Place = (typeof PLACES)[number];
const MAX_CONTRIBUTORS = 6;
const MAX_CHANNELS = 20;
/** More days than this are shown by week. */
const MAX_DAYS = 100;
const DAY_MS = 86_400_000;

export interface Contributor {
  before: number | null;
  now: number | null;
  contribution: number | null;
  [dimension: string]: unknown;
}

export interface Changes {
  before: number | null;
  now: number | null;
  difference: number | null;
  contributors: Contributor[];
  others: { count: number; contribution: number };
}

export interface Overview {
  trend: Report;
  channels: Report;
  /** By place; absent where there is nothing to compare with, or nothing to tell. */
  changes: Partial<Record<Place, Changes>>;
}

export interface Wanted {
  span: Span;
  filters: Filter[];
  metric: Metric;
}

export function bucketOf({ date_from, date_to }: Span): 'day' | 'week' {
  if (date_from === undefined || date_to === undefined) return 'day';
  return (Date.parse(date_to) - Date.parse(date_from)) / DAY_MS > MAX_DAYS ? 'week' : 'day';
}

interface ChangesOutcome {
  changes?: Changes | null;
}

function reportOf(outcome: Outcome | undefined, response: Response): Report {
  if (outcome?.report !== null && outcome?.report !== undefined) return outcome.report;
  throw new Problem(outcome?.problem as never, response);
}

async function ask(projectId: string, { span, filters, metric }: Wanted): Promise<Overview> {
  const common = { ...span, ...(filters.length === 0 ? {} : { filters }) };
  const isCompared = span.compare_to !== undefined;
  const body = {
    reports: [
      { ...common, metrics: METRICS, group_by: [bucketOf(span)] },
      { ...common, metrics: METRICS, group_by: ['channel'], limit: MAX_CHANNELS },
    ],
    changes: isCompared
      ? PLACES.map((place) => ({ ...common, metric, group_by: [place], limit: MAX_CONTRIBUTORS }))
      : [],
  };
  const request = api.POST('/api/v1/projects/{projectId}/reports/batch', {
    params: { path: { projectId } },
    body: sent(body as never),
  });
  const found = await answer(request);
  const { response } = await request;
  const [trend, channels] = found.answers as Outcome[];
  const told = ((found as { changes?: ChangesOutcome[] }).changes ?? []).map(({ changes }) => changes ?? undefined);
  return {
    trend: reportOf(trend, response),
    channels: reportOf(channels, response),
    changes: Object.fromEntries(PLACES.map((place, at) => [place, told[at]])),
  };
}

export function useOverview(projectId: string, wanted: Wanted | undefined): UseQueryResult<Overview> {
  return useQuery({
    queryKey: ['report', projectId, 'overview', wanted],
    queryFn: () => ask(projectId, wanted as Wanted),
    enabled: wanted !== undefined,
    placeholderData: keepPreviousData,
  });
}
