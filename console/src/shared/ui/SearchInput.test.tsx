// @vitest-environment jsdom
// Words reach the address of the page that they were typed on, and of no other.
import { MantineProvider } from '@mantine/core';
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { SearchInput } from './SearchInput';

const LONG_MS = 1_000;
const onChange = vi.fn<(words: string | undefined) => void>();

beforeEach(() => {
  vi.useFakeTimers();
  // Not in jsdom.
  vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener: vi.fn(), removeEventListener: vi.fn() }));
  history.replaceState({}, '', '/advertisers');
  onChange.mockReset();
  render(
    <MantineProvider>
      <SearchInput label="Search" value={undefined} onChange={onChange} />
    </MantineProvider>,
  );
});

afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function type(words: string): void {
  fireEvent.change(screen.getByRole('searchbox'), { target: { value: words } });
}

function pass(): void {
  act(() => {
    vi.advanceTimersByTime(LONG_MS);
  });
}

test('words are told a moment after they were typed, once', () => {
  type('umb');
  type(' umbrella ');
  expect(onChange).not.toHaveBeenCalled();
  pass();
  expect(onChange.mock.calls).toEqual([['umbrella']]);
});

test('words are not told on the page that a link has led to meanwhile', () => {
  type('umbrella');
  history.pushState({}, '', '/advertisers/1');
  pass();
  expect(onChange).not.toHaveBeenCalled();
});
