// The line of even pacing.
import { expect, test } from 'vitest';

import { lineOfDay } from './pacingLine';

const line = {
  budget: 400,
  used: 150,
  released: 220,
  since: '2026-11-21T12:00:00Z',
  spent_before: 100,
  until: '2026-11-21T23:30:00Z',
};

test('the line rises from what was spent to the budget, half an hour ahead', () => {
  const { labels, released, spent } = lineOfDay(line, 'UTC', 14 * 60);
  const at = (label: string): number => labels.indexOf(label);
  expect(labels.length).toBe(49);
  expect(released[at('11:30')]).toBeNull();
  expect(released[at('12:00')]).toBeCloseTo(112.5);
  expect(released[at('17:30')]).toBeCloseTo(250);
  expect(released[at('23:30')]).toBe(400);
  expect(released[at('24:00')]).toBe(400);
  expect(spent[at('12:00')]).toBe(100);
  expect(spent[at('14:00')]).toBe(150);
  expect(spent[at('14:30')]).toBeNull();
});

test('the day is that of the project', () => {
  const { labels, released } = lineOfDay(
    { ...line, since: '2026-11-21T09:00:00Z', until: '2026-11-21T20:30:00Z' },
    'Europe/Moscow',
    14 * 60,
  );
  expect(released[labels.indexOf('11:30')]).toBeNull();
  expect(released[labels.indexOf('12:00')]).toBeCloseTo(112.5);
});
