import { expect, test } from 'vitest';

import { matching } from './found';

const ROWS = [
  { name: 'Магазин', note: null },
  { name: 'Shop', note: 'The chat' },
];
const wordsOf = ({ name, note }: (typeof ROWS)[number]): (string | null)[] => [name, note];

test('what was typed is looked for in every word, in any case', () => {
  expect(matching(ROWS, ' МАГ ', wordsOf)).toEqual([ROWS[0]]);
  expect(matching(ROWS, 'chat', wordsOf)).toEqual([ROWS[1]]);
  expect(matching(ROWS, 'nothing', wordsOf)).toEqual([]);
});

test('who types nothing sees all', () => {
  expect(matching(ROWS, undefined, wordsOf)).toEqual(ROWS);
  expect(matching(ROWS, '  ', wordsOf)).toEqual(ROWS);
});
