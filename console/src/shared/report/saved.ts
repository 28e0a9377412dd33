// Questions that were kept, in widgets and saved reports, where one name may stand for a list of one.
import type { Attribution, Filter, Question } from './question';
import { COMPARISONS } from './question';

function list(value: unknown): string[] | undefined {
  if (typeof value === 'string') return value.split(',').map((name) => name.trim());
  return Array.isArray(value) ? value.map(String) : undefined;
}

const string = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

function filters(value: unknown): Filter[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.map((each: { dimension: string; operator?: string; values: unknown }) => ({
    dimension: each.dimension,
    operator: each.operator === 'is_not' ? 'is_not' : 'is',
    values: list(each.values) ?? [],
  }));
}

/** A question as this console writes it. */
export function questionOf(kept: unknown): Question {
  const said = (kept ?? {}) as Record<string, unknown>;
  const question: Question = {
    metrics: list(said['metrics']),
    group_by: list(said['group_by']),
    sort: list(said['sort']),
    filters: filters(said['filters']),
    attribution: said['attribution'] as Attribution | undefined,
    is_net_of_refunds: said['is_net_of_refunds'] as boolean | undefined,
    currency: string(said['currency']),
    window: string(said['window']),
    date_from: string(said['date_from']),
    date_to: string(said['date_to']),
    compare_to: COMPARISONS.find((known) => known === said['compare_to']),
    limit: said['limit'] as number | undefined,
  };
  return JSON.parse(JSON.stringify(question)) as Question;
}
