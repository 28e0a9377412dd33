// Filters as an address holds them: `[["channel","is","email","sms"]]`.
import * as v from 'valibot';

import type { Filter } from './question';

const written = v.array(v.pipe(v.array(v.union([v.string(), v.number()])), v.minLength(3)));

/** The part of an address; what is written wrongly is left out. */
export const filtersParameter = v.fallback(
  v.optional(
    v.pipe(
      written,
      v.transform((rows): Filter[] =>
        rows.map(([dimension, operator, ...values]) => ({
          dimension: String(dimension),
          operator: operator === 'is_not' ? 'is_not' : 'is',
          values: values.map(String),
        })),
      ),
    ),
  ),
  undefined,
);

export function filtersInAddress(filters: Filter[]): unknown {
  return filters.length === 0
    ? undefined
    : filters.map(({ dimension, operator, values }) => [dimension, operator, ...values]);
}
