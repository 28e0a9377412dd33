// What a campaign must hold to, and what is sent of its form.
import type { TFunction } from 'i18next';
import * as v from 'valibot';
import { expect, test } from 'vitest';

import { campaignSchema } from './campaignRules';
import { bodyOf, emptyValues, type Values } from './campaignValues';

const t = ((key: string) => key) as unknown as TFunction;

const GOOD: Values = {
  ...emptyValues(6, true, 'a0000000-0000-4000-8000-000000000001'),
  ad_title: 'Umbrellas',
  ad_text: 'It will rain.',
};

/** Which fields are refused, and why. */
function faults(changes: Partial<Values>): string[] {
  const result = v.safeParse(campaignSchema(t), { ...GOOD, ...changes });
  return (result.issues ?? []).map((issue) => `${v.getDotPath(issue) ?? ''} ${issue.message}`);
}

test('what a form begins with needs an advertiser and an ad, and nothing else', () => {
  expect(faults({})).toEqual([]);
  const empty = v.safeParse(campaignSchema(t), emptyValues(6, true, undefined));
  expect((empty.issues ?? []).map((issue) => v.getDotPath(issue))).toEqual(['advertiser_id', 'ad_title', 'ad_text']);
});

test('limits, days and ages must be in order', () => {
  expect(faults({ clicks_limit: 1_001 })).toEqual(['clicks_limit fault.clicksAboveImpressions']);
  expect(faults({ end_date: 5 })).toEqual(['end_date fault.dateOrder']);
  expect(faults({ start_date: '2026-11-21', end_date: '2026-11-20' })).toEqual(['end_date fault.dateOrder']);
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
