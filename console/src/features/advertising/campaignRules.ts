// What a campaign must hold to; the server's rules, told before anything is sent.
import type { TFunction } from 'i18next';
import * as v from 'valibot';

import * as rules from '@/shared/form/rules';

import { isSame, type Values } from './campaignValues';
import type { Campaign } from './queries';

const MAX_LIMIT = 2 ** 31 - 1;
const MAX_PRICE = 1_000_000;
const MAX_BUDGET = 9_000_000_000;
const MAX_SHOWS = 1_000;
const MAX_AGE = 130;

/** What is already so: a change does not undo it. */
export interface Bounds {
  /** As dates of the form are written. */
  today: string | number;
  /** Of one that exists: what it was before, and how far it is. What is not changed is not questioned. */
  before?: Values;
  done?: Pick<Campaign, 'impressions_count' | 'clicks_count' | 'spent' | 'spent_today'>;
}

type Fields = Pick<
  Values,
  | 'start_date'
  | 'end_date'
  | 'impressions_limit'
  | 'clicks_limit'
  | 'total_budget'
  | 'daily_budget'
  | 'pacing'
  | 'targeting'
>;
type Rule = [path: string[], holds: (values: Fields) => boolean, message: () => string];

const optional = (rule: v.GenericSchema<unknown, number>): v.GenericSchema => v.union([v.literal(''), rule]);

/** An open end comes after everything. Days of a sandbox are numbers, dates compare as texts: both in their order. */
function isInOrder(start: string | number, end: string | number): boolean {
  if (end === '') return true;
  return typeof start === 'number' && typeof end === 'number' ? start <= end : String(start) <= String(end);
}

/** What goes together, whatever was before. */
function agreements(t: TFunction): Rule[] {
  return [
    [['end_date'], ({ start_date, end_date }) => isInOrder(start_date, end_date), () => t('fault.dateOrder')],
    [
      ['clicks_limit'],
      ({ impressions_limit, clicks_limit }) => clicks_limit <= impressions_limit,
      () => t('fault.clicksAboveImpressions'),
    ],
    [
      ['targeting', 'age_to'],
      ({ targeting: { age_from, age_to } }) => age_from === '' || age_to === '' || age_from <= age_to,
      () => t('fault.ageOrder'),
    ],
    [
      ['pacing'],
      ({ pacing, daily_budget }) => pacing !== 'even' || daily_budget !== '',
      () => t('fault.needsDailyBudget'),
    ],
  ];
}

/** What may not be undone. */
function boundaries(t: TFunction, { today, before, done }: Bounds): Rule[] {
  const isKept = (name: keyof Fields, values: Fields): boolean => isSame(values[name], before?.[name]);
  const notPast = (name: 'start_date' | 'end_date'): Rule => [
    [name],
    (values) => isKept(name, values) || isInOrder(today, values[name]),
    () => t('fault.past'),
  ];
  const notBelow = (name: keyof Fields, least: number | undefined, key: 'belowDone' | 'belowSpent'): Rule => [
    [name],
    (values) => values[name] === '' || isKept(name, values) || Number(values[name]) >= (least ?? 0),
    () => t(`fault.${key}`, { first: String(least ?? 0) }),
  ];
  return [
    notPast('start_date'),
    notPast('end_date'),
    notBelow('impressions_limit', done?.impressions_count, 'belowDone'),
    notBelow('clicks_limit', done?.clicks_count, 'belowDone'),
    notBelow('total_budget', done?.spent, 'belowSpent'),
    notBelow('daily_budget', done?.spent_today, 'belowSpent'),
  ];
}

export function campaignSchema(t: TFunction, bounds: Bounds): v.GenericSchema {
  const required = (): string => t('fault.required');
  const day = v.union([v.number(), v.pipe(v.string(), v.nonEmpty(required))], required);
  const fields = v.object({
    advertiser_id: v.pipe(
      v.unknown(),
      v.check((id) => typeof id === 'string' && id !== '', required),
    ),
    name: rules.optionalName,
    ad_title: rules.name,
    ad_text: v.pipe(v.string(), v.trim(), v.nonEmpty(required)),
    start_date: day,
    end_date: v.union([v.literal(''), day]),
    impressions_limit: rules.integer(0, MAX_LIMIT),
    clicks_limit: rules.integer(0, MAX_LIMIT),
    cost_per_impression: rules.amount(MAX_PRICE),
    cost_per_click: rules.amount(MAX_PRICE),
    total_budget: optional(rules.amount(MAX_BUDGET)),
    daily_budget: optional(rules.amount(MAX_BUDGET)),
    pacing: v.string(),
    frequency_cap: v.object({ impressions: optional(rules.integer(1, MAX_SHOWS)), per: v.string() }),
    targeting: v.object({
      gender: v.string(),
      age_from: optional(rules.integer(0, MAX_AGE)),
      age_to: optional(rules.integer(0, MAX_AGE)),
      location: v.string(),
    }),
  });
  const together = v.rawCheck<v.InferOutput<typeof fields>>(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const values = dataset.value as unknown as Fields;
    // One thing at a time is said of a field.
    const told = new Set((dataset.issues ?? []).map((issue) => v.getDotPath(issue)));
    for (const [path, holds, message] of [...agreements(t), ...boundaries(t, bounds)]) {
      if (told.has(path.join('.')) || holds(values)) continue;
      told.add(path.join('.'));
      const keys = path.map((key) => ({ type: 'object', origin: 'value', input: values, key, value: undefined }));
      addIssue({ message: message(), path: keys as never });
    }
  });
  return v.pipe(fields, together);
}
