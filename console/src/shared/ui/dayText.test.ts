import { expect, test } from 'vitest';

import { parseDay } from './dayText';

test.each([
  ['2026-11-21', '2026-11-21'],
  ['21.11.2026', '2026-11-21'],
  [' 1.2.2026 ', '2026-02-01'],
  ['Nov 21, 2026', '2026-11-21'],
  ['November 21 2026', '2026-11-21'],
  ['21 nov 2026', '2026-11-21'],
  ['29.02.2024', '2024-02-29'],
])('%s is a day', (typed, day) => {
  expect(parseDay(typed)).toBe(day);
});

test.each(['', '29.02.2026', '2026-13-01', '21 foo 2026', 'tomorrow', '11/21/2026'])('“%s” is none', (typed) => {
  expect(parseDay(typed)).toBeNull();
});
