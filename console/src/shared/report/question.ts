// What reports ask and answer, in the words of the API.
import { answer, api, type Schema } from '../api/client';

export type Column = Schema<'ColumnAnswer'>;
export type Source = Schema<'SourceAnswer'>;
export type MetricEntry = Schema<'MetricEntry'>;
export type DimensionEntry = Schema<'DimensionEntry'>;
export type Kind = 'count' | 'money' | 'ratio' | 'percent' | 'time' | 'text';

export interface Filter {
  dimension: string;
  operator: 'is' | 'is_not';
  values: string[];
}

/** Whom a sale is credited to; what is absent is as the project has it. */
export interface Attribution {
  model?: Model | undefined;
  lookback_days?: number | undefined;
  dated_by?: DatedBy | undefined;
}

export const MODELS = ['last_non_direct', 'last_touch', 'first_touch', 'linear'] as const;
export type Model = (typeof MODELS)[number];
export const DATINGS = ['conversion', 'touch'] as const;
export type DatedBy = (typeof DATINGS)[number];
export const COMPARISONS = ['previous_period', 'previous_year'] as const;
export type Comparison = (typeof COMPARISONS)[number];

/** When: a window up to today, or days. */
export interface Span {
  window?: string | undefined;
  date_from?: string | undefined;
  date_to?: string | undefined;
  compare_to?: string | undefined;
}

export interface Question extends Span {
  metrics?: string[] | undefined;
  group_by?: string[] | undefined;
  filters?: Filter[] | undefined;
  attribution?: Attribution | undefined;
  is_net_of_refunds?: boolean | undefined;
  currency?: string | undefined;
  sort?: string[] | undefined;
  limit?: number | undefined;
}

/** Numbers by the names of metrics; null is what nobody knows. */
export type Numbers = Record<string, number | null>;

/** A row: texts by the names of dimensions, numbers by those of metrics, and both again for what it is compared with. */
export interface Row {
  [name: string]: string | number | null | Numbers | undefined;
  previous?: Numbers;
  change?: Numbers;
}

interface Days {
  date_from: string;
  date_to: string;
}

/** Names by ids, by dimension. */
export type Names = NonNullable<Schema<'ReportAnswer'>['names']>;

export interface Report extends Days {
  previous?: Days;
  time_zone: string;
  currency: string;
  attribution: { model: Model; lookback_days: number; dated_by: DatedBy };
  revenue_from: string;
  columns: Column[];
  rows: Row[];
  /** What people call the ids in the rows, by dimension. */
  names?: Names;
  row_count: number;
  is_cut: boolean;
  totals: Row;
  sources: Source[];
  freshness: Record<string, { latest: string; arrived_at: string } | undefined>;
  unconverted: number;
}

export type ProblemDocument = Schema<'Problem'>;

/** A report of several, or why there is none. */
export interface Outcome {
  status: number;
  report?: Report | null;
  problem?: ProblemDocument | null;
}

/** A question as it is sent: what is not said is not sent. */
export function sent(question: Question): never {
  return JSON.parse(JSON.stringify(question)) as never;
}

export async function askReport(projectId: string, question: Question): Promise<Report> {
  const path = { projectId };
  const body = sent(question);
  const found = await answer(api.POST('/api/v1/projects/{projectId}/reports/kpi', { params: { path }, body }));
  return found as unknown as Report;
}

/** A metric of a row, its totals or what it is compared with. */
export function numberOf(row: Row | Numbers | undefined, metric: string): number | null {
  const value = row?.[metric];
  return typeof value === 'number' ? value : null;
}

/** A dimension of a row. */
export function textOf(row: Row, dimension: string): string {
  const value = row[dimension];
  return typeof value === 'string' ? value : '';
}

export function metricsOf(report: Report): Column[] {
  return report.columns.filter((column) => column.role === 'metric');
}

export function dimensionsOf(report: Report): Column[] {
  return report.columns.filter((column) => column.role === 'dimension');
}
