import { expect, test } from 'vitest';

import { inLines } from './lines';

test('a name keeps its words together, and never takes more lines than there are', () => {
  const name = 'Paid social · Autumn bears for everybody';
  expect(inLines(name, { chars: 16, lines: 3 })).toBe('Paid social ·\nAutumn bears for\neverybody');
  expect(inLines(name, { chars: 16, lines: 2 })).toBe('Paid social ·\nAutumn bears fo…');
  expect(inLines(name, { chars: 16, lines: 1 })).toBe('Paid social · A…');
  expect(inLines('email', { chars: 16, lines: 3 })).toBe('email');
  expect(inLines('x'.repeat(20), { chars: 16, lines: 2 })).toBe(`${'x'.repeat(16)}\nxxxx`);
});
