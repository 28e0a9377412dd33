// @vitest-environment jsdom
// Presets by the calendar.
import { expect, test } from 'vitest';

import { daysOf, needsToday, periodOf, spanOf } from './period';

test.each([
  ['this_month', '2026-11-21', '2026-11-01', '2026-11-21'],
  ['last_month', '2026-01-31', '2025-12-01', '2025-12-31'],
  ['last_month', '2024-03-31', '2024-02-01', '2024-02-29'],
  ['this_quarter', '2026-11-21', '2026-10-01', '2026-11-21'],
  ['last_quarter', '2026-02-03', '2025-10-01', '2025-12-31'],
  ['this_year', '2026-11-21', '2026-01-01', '2026-11-21'],
  ['90d', '2026-11-21', '2026-08-24', '2026-11-21'],
] as const)('%s on %s', (preset, today, date_from, date_to) => {
  expect(daysOf(preset, today)).toEqual({ date_from, date_to });
});

test('windows are left to the server, everything else waits for the day', () => {
  expect(needsToday({ period: '7d' })).toBe(false);
  expect(spanOf({ period: '7d', compare: 'previous_period' }, undefined)).toEqual({
    window: '7d',
    compare_to: 'previous_period',
  });
  expect(needsToday({ period: 'this_month' })).toBe(true);
  expect(spanOf({ period: 'this_month' }, undefined)).toBeUndefined();
  expect(spanOf({}, undefined)).toEqual({ window: '30d' });
});

test('days go before a preset, and nonsense in the address is left out', () => {
  expect(spanOf({ period: '7d', from: '2026-11-01', to: '2026-11-03' }, undefined)).toEqual({
    date_from: '2026-11-01',
    date_to: '2026-11-03',
  });
  expect(spanOf({ from: 'yesterday' }, undefined)).toEqual({ window: '30d' });
});

test('what was saved comes back', () => {
  expect(periodOf({ window: '7d', compare_to: 'previous_year' })).toEqual({ period: '7d', compare: 'previous_year' });
  expect(periodOf({ date_from: '2026-11-01', date_to: '2026-11-03' })).toEqual({
    from: '2026-11-01',
    to: '2026-11-03',
    compare: 'none',
  });
});
