// What a campaign must hold to; the server's rules, told before anything is sent.
import type { TFunction } from 'i18next';
import * as v from 'valibot';

import * as rules from '@/shared/form/rules';

const MAX_LIMIT = 2 ** 31 - 1;
const MAX_PRICE = 1_000_000;
const MAX_AGE = 130;

const optionalAge = v.union([v.literal(''), rules.integer(0, MAX_AGE)]);

/** An open end comes after everything. Days of a sandbox are numbers, dates compare as texts: both in their order. */
function isInOrder(start: unknown, end: unknown): boolean {
  if (end === '') return true;
  return typeof start === 'number' && typeof end === 'number' ? start <= end : String(start) <= String(end);
}

export function campaignSchema(t: TFunction): v.GenericSchema {
  const day = v.union([
    v.number(),
    v.pipe(
      v.string(),
      v.nonEmpty(() => t('fault.required')),
    ),
  ]);
  const fields = v.object({
    advertiser_id: v.pipe(
      v.unknown(),
      v.check(
        (id) => typeof id === 'string' && id !== '',
        () => t('fault.required'),
      ),
    ),
    name: rules.optionalName,
    ad_title: rules.name,
    ad_text: v.pipe(
      v.string(),
      v.trim(),
      v.nonEmpty(() => t('fault.required')),
    ),
    start_date: day,
    end_date: v.union([v.literal(''), day]),
    impressions_limit: rules.integer(0, MAX_LIMIT),
    clicks_limit: rules.integer(0, MAX_LIMIT),
    cost_per_impression: rules.amount(MAX_PRICE),
    cost_per_click: rules.amount(MAX_PRICE),
    targeting: v.object({ gender: v.string(), age_from: optionalAge, age_to: optionalAge, location: v.string() }),
  });
  return v.pipe(
    fields,
    v.forward(
      v.check(
        ({ start_date, end_date }) => isInOrder(start_date, end_date),
        () => t('fault.dateOrder'),
      ),
      ['end_date'],
    ),
    v.forward(
      v.check(
        ({ impressions_limit, clicks_limit }) => clicks_limit <= impressions_limit,
        () => t('fault.clicksAboveImpressions'),
      ),
      ['clicks_limit'],
    ),
    v.forward(
      v.check(
        ({ targeting: { age_from, age_to } }) => age_from === '' || age_to === '' || age_from <= age_to,
        () => t('fault.ageOrder'),
      ),
      ['targeting', 'age_to'],
    ),
  );
}
