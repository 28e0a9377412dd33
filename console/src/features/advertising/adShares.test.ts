// Shares of ads.
import { expect, test } from 'vitest';

import { sharesOf } from './adShares';

test('active ads share the shows by their weights, others get none', () => {
  const shares = sharesOf([
    { ad_id: 'a', weight: 100, status: 'active' },
    { ad_id: 'b', weight: 300, status: 'active' },
    { ad_id: 'c', weight: 900, status: 'paused' },
  ]);
  expect([...shares]).toEqual([
    ['a', 0.25],
    ['b', 0.75],
  ]);
});

test('without an active ad there is nothing to share', () => {
  expect(sharesOf([{ ad_id: 'a', weight: 100, status: 'archived' }]).size).toBe(0);
});
