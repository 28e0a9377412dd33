// @vitest-environment jsdom
// What is drawn of a report.
import { expect, test } from 'vitest';

import type { Column, Report, Row } from './question';
import { linesOf, partsOf } from './series';

const label = (text: string): { en: string; ru: string } => ({ en: text, ru: text });
const time: Column = { name: 'day', role: 'dimension', kind: 'time', label: label('Day') };
const source: Column = { name: 'source', role: 'dimension', kind: 'text', label: label('Source') };
const cost: Column = { name: 'cost', role: 'metric', kind: 'money', label: label('Cost') };
const romi: Column = { name: 'romi', role: 'metric', kind: 'percent', label: label('ROMI') };
const roas: Column = { name: 'roas', role: 'metric', kind: 'ratio', label: label('ROAS') };

function report(columns: Column[], rows: Row[], previous?: Report['previous']): Report {
  const days = { date_from: '2026-11-01', date_to: '2026-11-02' };
  return {
    ...days,
    ...(previous === undefined ? {} : { previous }),
    time_zone: 'UTC',
    currency: 'EUR',
    attribution: { model: 'last_non_direct', lookback_days: 30, dated_by: 'conversion' },
    revenue_from: 'orders',
    columns,
    rows,
    row_count: rows.length,
    is_cut: false,
    totals: {},
    sources: [],
    freshness: {},
    unconverted: 0,
  };
}

const before = (name: string): string => `${name}, before`;

test('metrics of two kinds have two scales, a third one is left to the table', () => {
  const rows = [{ day: '2026-11-01', cost: 10, romi: 0.5, roas: 2 }];
  const lines = linesOf(report([time, cost, romi, roas], rows), before);
  expect(lines?.series.map(({ name, isOnRight }) => [name, isOnRight])).toEqual([
    ['Cost', false],
    ['ROMI', true],
  ]);
  expect(lines?.scales).toHaveLength(2);
});

test('one metric that is compared has a line for what was before', () => {
  const rows = [{ day: '2026-11-01', cost: 10, previous: { cost: 4 } }];
  const lines = linesOf(report([time, cost], rows, { date_from: '2026-10-30', date_to: '2026-10-31' }), before);
  expect(lines?.series.map(({ name, values }) => [name, values])).toEqual([
    ['Cost', [10]],
    ['Cost, before', [4]],
  ]);
});

test('names over time are lines in the order of days, a day without a row is a gap', () => {
  const rows = [
    { day: '2026-11-02', source: 'b', cost: 1 },
    { day: '2026-11-01', source: 'a', cost: 5 },
    { day: '2026-11-02', source: 'a', cost: 6 },
  ];
  const lines = linesOf(report([time, source, cost], rows), before);
  expect(lines?.series.map(({ name, values }) => [name, values])).toEqual([
    ['a', [5, 6]],
    ['b', [null, 1]],
  ]);
});

test('parts are the largest rows, without those that nobody knows', () => {
  const rows = [
    { source: 'a', cost: 1 },
    { source: 'b', cost: null },
    { source: 'c', cost: 3 },
  ];
  expect(partsOf(report([source, cost], rows), 'cost').map(({ name, value }) => [name, value])).toEqual([
    ['c', 3],
    ['a', 1],
  ]);
  expect(linesOf(report([source, cost], rows), before)).toBeUndefined();
});

test('what a report tells by its id is drawn by its name, and without one by its id', () => {
  const advertiser: Column = { name: 'advertiser', role: 'dimension', kind: 'text', label: label('Advertiser') };
  const rows = [
    { advertiser: 'a1', cost: 2 },
    { advertiser: 'b2', cost: 1 },
  ];
  const named = { ...report([advertiser, cost], rows), names: { advertiser: { a1: 'Shoes' } } };
  expect(partsOf(named, 'cost').map(({ name }) => name)).toEqual(['Shoes', 'b2']);
});
