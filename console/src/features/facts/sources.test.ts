// @vitest-environment jsdom
import { expect, test } from 'vitest';

import { merged } from './queries';

test('a source that feeds several metrics is named once', () => {
  const orders = {
    facts: 'orders',
    source: 'shop',
    account: '',
    latest: '2026-11-20',
    arrived_at: '2026-11-21T08:15:00Z',
  };
  const [shop, ...others] = merged([
    { ...orders, feeds: 'sales' },
    { ...orders, feeds: 'leads' },
    { ...orders, feeds: 'sales' },
    { ...orders, source: 'market', feeds: 'sales' },
  ]);
  expect(shop?.feeds).toEqual(['sales', 'leads']);
  expect(others.map(({ source }) => source)).toEqual(['market']);
});
