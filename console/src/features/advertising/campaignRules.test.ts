// What a campaign must hold to, and what is sent of its form.
import type { TFunction } from 'i18next';
import * as v from 'valibot';
import { expect, test } from 'vitest';

import { type Bounds, campaignSchema } from './campaignRules';
import { bodyOf, changesOf, differing, emptyValues, rebased, type Values } from './campaignValues';
import { mostSpent } from './spending';

const t = ((key: string) => key) as unknown as TFunction;

const GOOD: Values = {
  ...emptyValues(6, true, 'a0000000-0000-4000-8000-000000000001'),
  ad_title: 'Umbrellas',
  ad_text: 'It will rain.',
};

const NEW: Bounds = { today: 6 };

/** Which fields are refused, and why. */
function faults(changes: Partial<Values>, bounds = NEW): string[] {
  const result = v.safeParse(campaignSchema(t, bounds), { ...GOOD, ...changes });
  return (result.issues ?? []).map((issue) => `${v.getDotPath(issue) ?? ''} ${issue.message}`);
}

test('what a form begins with needs an advertiser and an ad, and nothing else', () => {
  expect(faults({})).toEqual([]);
  const empty = v.safeParse(campaignSchema(t, NEW), emptyValues(6, true, undefined));
  expect((empty.issues ?? []).map((issue) => v.getDotPath(issue))).toEqual(['advertiser_id', 'ad_title', 'ad_text']);
});

test('limits, days and ages must be in order', () => {
  expect(faults({ clicks_limit: 1_001 })).toEqual(['clicks_limit fault.clicksAboveImpressions']);
  expect(faults({ end_date: 5 })).toEqual(['end_date fault.dateOrder']);
  const dates = { start_date: '2026-11-22', end_date: '2026-11-21' };
  expect(faults(dates, { today: '2026-11-20' })).toEqual(['end_date fault.dateOrder']);
  const targeting = { gender: 'ALL', age_from: 30, age_to: 20, location: '' };
  expect(faults({ targeting })).toEqual(['targeting.age_to fault.ageOrder']);
});

test('an end that is left empty is open', () => {
  expect(faults({ end_date: '' })).toEqual([]);
  expect(bodyOf({ ...GOOD, end_date: '' }, true).end_date).toBeNull();
  expect(bodyOf({ ...GOOD, end_date: '' }, false).end_date).toBeNull();
});

test('what is left empty restricts nobody', () => {
  expect(bodyOf(GOOD, true).targeting).toEqual({ gender: null, age_from: null, age_to: null, location: null });
});

test('dates of a live project are sent as its days', () => {
  const { start_date, end_date } = bodyOf({ ...GOOD, start_date: '1970-01-02', end_date: '2026-11-21' }, false);
  expect([start_date, end_date]).toEqual([1, 20_778]);
});

test('even pacing needs a daily budget, a cap at least one show', () => {
  expect(faults({ pacing: 'even' })).toEqual(['pacing fault.needsDailyBudget']);
  expect(faults({ pacing: 'even', daily_budget: 10 })).toEqual([]);
  expect(faults({ frequency_cap: { impressions: 0, per: 'day' } }).length).toBe(1);
  expect(faults({ total_budget: -1 }).length).toBe(1);
});

test('a new campaign begins today or later', () => {
  expect(faults({ start_date: 5 })).toEqual(['start_date fault.past']);
});

test('what is delivered and spent is not undone, and what is not changed is not questioned', () => {
  const done = { impressions_count: 60, clicks_count: 7, spent: 20, spent_today: 5 };
  const bounds: Bounds = { today: 9, before: { ...GOOD, daily_budget: 3 }, done };
  expect(faults({ daily_budget: 3 }, bounds)).toEqual([]);
  expect(faults({ impressions_limit: 60, clicks_limit: 7, total_budget: 20, daily_budget: 5 }, bounds)).toEqual([]);
  const lower = { impressions_limit: 59, clicks_limit: 6, total_budget: 19, daily_budget: 4, end_date: 8 };
  expect(faults(lower, bounds).map((fault) => fault.split(' ')[0])).toEqual([
    'end_date',
    'impressions_limit',
    'clicks_limit',
    'total_budget',
    'daily_budget',
  ]);
});

test('only what was changed is sent', () => {
  expect(changesOf(GOOD, GOOD, true)).toEqual({});
  const changed = { ...GOOD, total_budget: 5, frequency_cap: { impressions: 3, per: 'week' as const } };
  expect(changesOf(changed, GOOD, true)).toEqual({ total_budget: 5, frequency_cap: { impressions: 3, per: 'week' } });
  expect(changesOf({ ...GOOD, isDraft: false }, { ...GOOD, isDraft: true }, true)).toEqual({ status: 'active' });
});

test('on top of what others have changed stands what was changed here', () => {
  const theirs = { ...GOOD, clicks_limit: 50, daily_budget: 70 };
  const mine = { ...GOOD, clicks_limit: 80, ad_title: 'Strong umbrellas' };
  expect(rebased(mine, GOOD, theirs)).toEqual({ ...theirs, clicks_limit: 80, ad_title: 'Strong umbrellas' });
  expect(differing(theirs, GOOD)).toEqual(['clicks_limit', 'daily_budget']);
});

test('the most that can be spent is what the tightest of limits and budgets allows', () => {
  expect(mostSpent(GOOD, true)).toBe(200);
  expect(mostSpent({ ...GOOD, total_budget: 150 }, true)).toBe(150);
  expect(mostSpent({ ...GOOD, total_budget: 150, daily_budget: 10 }, true)).toBe(140);
  expect(mostSpent({ ...GOOD, daily_budget: 10, end_date: '' }, true)).toBe(200);
});
