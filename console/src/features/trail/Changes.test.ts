// What a line of the audit log says was changed.
import { expect, test } from 'vitest';

import { changesOf } from './Changes';

test('fields that stay are left out, deep ones are named by their path', () => {
  const before = { name: 'Plush', settings: { ranking: 'blend', is_moderated: false } };
  const after = { name: 'Plush', settings: { ranking: 'expected_profit', is_moderated: false } };
  expect(changesOf(before, after)).toEqual([{ path: 'settings.ranking', before: 'blend', after: 'expected_profit' }]);
});

test('what was made has no before', () => {
  expect(changesOf(null, { scopes: ['read'] })).toEqual([{ path: 'scopes', before: '—', after: '["read"]' }]);
});
