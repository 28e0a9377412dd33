// What is refused before it is sent.
import { expect, test } from 'vitest';

import { refusal } from './ImageField';

test('images are PNG or JPEG of at most 5 MB', () => {
  expect(refusal({ type: 'image/png', size: 5 * 1_024 * 1_024 })).toBeUndefined();
  expect(refusal({ type: 'image/jpeg', size: 1 })).toBeUndefined();
  expect(refusal({ type: 'image/png', size: 5 * 1_024 * 1_024 + 1 })).toBe('size');
  expect(refusal({ type: 'image/svg+xml', size: 1 })).toBe('kind');
});
