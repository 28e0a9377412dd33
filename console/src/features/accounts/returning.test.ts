// Where somebody goes after signing in.
import { expect, test } from 'vitest';

import { pathWithin } from './returning';

test('a path of the console is gone back to', () => {
  expect(pathWithin('/projects/1/keys?page=2')).toBe('/projects/1/keys?page=2');
});

test.each([undefined, '', 'https://evil.example', '//evil.example', '/\\evil.example', 'javascript:alert(1)'])(
  '%s leads to the start page',
  (address) => {
    expect(pathWithin(address)).toBe('/');
  },
);
