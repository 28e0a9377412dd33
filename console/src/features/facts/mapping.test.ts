import { expect, test } from 'vitest';

import { assigned, columnsSent, guessOf, missingIn } from './mapping';
import type { Preview } from './queries';

const preview: Preview = {
  format: 'csv',
  encoding: 'UTF-8',
  columns: [
    { name: 'No', field: 'order_id' },
    { name: 'Sum', field: 'net' },
    { name: 'When', field: null },
  ],
  fields: [
    { name: 'order_id', is_required: true },
    { name: 'occurred_at', is_required: true },
    { name: 'net', is_required: false },
    { name: 'currency', is_required: false },
  ],
  missing: ['occurred_at'],
  rows: [],
};

test('no field is held by two columns', () => {
  const moved = assigned(guessOf(preview), 2, 'net');
  expect([...moved]).toEqual([
    [0, 'order_id'],
    [2, 'net'],
  ]);
  expect([...assigned(moved, 2, undefined)]).toEqual([[0, 'order_id']]);
});

test('a required field needs a column or a constant', () => {
  const guess = guessOf(preview);
  expect(missingIn(preview, guess, {})).toEqual(['occurred_at']);
  expect(missingIn(preview, guess, { occurred_at: '2026-11-01' })).toEqual([]);
  expect(missingIn(preview, guess, { occurred_at: '' })).toEqual(['occurred_at']);
  expect(missingIn(preview, assigned(guess, 2, 'occurred_at'), {})).toEqual([]);
});

test('what no column holds is said, so that the server does not guess it', () => {
  expect(columnsSent(preview, assigned(guessOf(preview), 1, undefined))).toEqual({
    order_id: 'No',
    occurred_at: '',
    net: '',
    currency: '',
  });
});
