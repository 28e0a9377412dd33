// What the explorer shows, as its address holds it, as the server is asked, and as it is kept.
import * as v from 'valibot';

import { filtersInAddress, filtersParameter } from './filtersAddress';
import { periodAddress, periodOf } from './period';
import { DATINGS, type Filter, MODELS, type Question, type Span } from './question';
import { choice, text } from '../url/filters';

export const SHAPES = ['line', 'bar', 'pie', 'none'] as const;
export type ShapeChoice = (typeof SHAPES)[number];

/** What somebody sees who has chosen nothing yet. */
const FIRST_METRICS = ['cost', 'revenue', 'romi', 'orders', 'cpa', 'ctr', 'cr'];
const FIRST_BREAKDOWN = ['channel'];
const NO_BREAKDOWN = 'none';
/** Most rows there can be; the table draws only those in sight. */
const MAX_ROWS = 10_000;

const number = v.fallback(v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(365))), undefined);
const flag = v.fallback(v.optional(v.boolean()), undefined);

export const address = {
  ...periodAddress,
  metrics: text,
  by: text,
  where: filtersParameter,
  model: choice(MODELS),
  lookback: number,
  dated: choice(DATINGS),
  gross: flag,
  sort: text,
  shape: choice(SHAPES),
  saved: text,
};
export type View = v.InferOutput<v.ObjectSchema<typeof address, undefined>>;

const names = (written: string): string[] => written.split(',').filter((name) => name !== '');

export function metricsOfView({ metrics }: View): string[] {
  const chosen = names(metrics ?? '');
  return chosen.length === 0 ? FIRST_METRICS : chosen;
}

export function breakdownOf({ by }: View): string[] {
  if (by === NO_BREAKDOWN) return [];
  const chosen = names(by ?? '');
  return chosen.length === 0 ? FIRST_BREAKDOWN : chosen;
}

export function breakdownInAddress(dimensions: string[]): string {
  return dimensions.length === 0 ? NO_BREAKDOWN : dimensions.join(',');
}

/** The question without its days. */
function asked(view: View): Question {
  const { model, lookback, dated } = view;
  const isOwn = model !== undefined || lookback !== undefined || dated !== undefined;
  const metrics = metricsOfView(view);
  const dimensions = breakdownOf(view);
  // A sort by a column that was taken away is none.
  const sort = [...metrics, ...dimensions].includes((view.sort ?? '').replace(/^-/, '')) ? view.sort : undefined;
  return {
    metrics,
    ...(dimensions.length === 0 ? {} : { group_by: dimensions }),
    ...(view.where === undefined ? {} : { filters: view.where }),
    ...(isOwn ? { attribution: { model, lookback_days: lookback, dated_by: dated } } : {}),
    ...(view.gross === true ? { is_net_of_refunds: false } : {}),
    ...(sort === undefined ? {} : { sort: [sort] }),
  };
}

export function questionOfView(view: View, span: Span | undefined): Question | undefined {
  return span === undefined ? undefined : { ...asked(view), ...span, limit: MAX_ROWS };
}

/** What is kept of it: any number of rows. */
export function keptQuestion(view: View, span: Span): Question {
  return { ...asked(view), ...span };
}

/** The address of a question that was kept. */
export function viewOfQuestion(question: Question, shape: string | undefined): Record<keyof View, unknown> {
  const { attribution = {} } = question;
  const period = periodOf(question);
  return {
    period: period.period === '30d' ? undefined : period.period,
    from: period.from,
    to: period.to,
    compare: period.compare === 'none' ? undefined : period.compare,
    metrics: question.metrics?.join(','),
    by: breakdownInAddress(question.group_by ?? []),
    where: filtersInAddress(question.filters ?? []),
    model: attribution.model,
    lookback: attribution.lookback_days,
    dated: attribution.dated_by,
    gross: question.is_net_of_refunds === false ? true : undefined,
    sort: question.sort?.[0],
    shape: shape === 'table' ? 'none' : SHAPES.find((known) => known === shape),
    saved: undefined,
  };
}

/** What a dimension is made of. */
const BELOW: Record<string, string> = {
  channel: 'campaign_name',
  source: 'campaign_name',
  source_type: 'channel',
  account: 'campaign_name',
  advertiser: 'campaign_name',
  campaign_name: 'ad_name',
  campaign_key: 'ad_name',
  campaign_id: 'ad',
  ad_group: 'ad',
  device: 'channel',
  country: 'channel',
};

export function goesBelow(dimension: string): boolean {
  return dimension in BELOW;
}

/** One step down: the value becomes a filter, and what it is made of takes its place. */
export function below(view: View, dimension: string, value: string): Partial<Record<keyof View, unknown>> {
  const filters: Filter[] = (view.where ?? []).filter((filter) => filter.dimension !== dimension);
  const dimensions = breakdownOf(view).map((name) => (name === dimension ? (BELOW[name] ?? name) : name));
  return {
    where: filtersInAddress([...filters, { dimension, operator: 'is', values: [value] }]),
    by: [...new Set(dimensions)].join(','),
  };
}

/** A sort to write in the address; a report over time stands in the order of time by itself. */
export function sortOf(view: View): string | undefined {
  if (view.sort !== undefined) return view.sort;
  const dimensions = breakdownOf(view);
  const time = dimensions.find((name) => ['hour', 'day', 'week', 'month'].includes(name));
  if (time !== undefined) return time;
  return dimensions.length === 0 ? undefined : `-${metricsOfView(view)[0] ?? ''}`;
}
