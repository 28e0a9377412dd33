// When the server is asked again, and what brings the console back: its own next attempt, or somebody who presses.
import { onlineManager } from '@tanstack/react-query';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { serverIsGone, tryNow } from './connection';

const ready = vi.fn<() => Promise<Response>>();

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('fetch', ready);
  ready.mockReset().mockRejectedValue(new TypeError('refused'));
});

afterEach(async () => {
  ready.mockResolvedValue(new Response());
  await tryNow();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('pressing asks at once, and an answer brings the queries back', async () => {
  serverIsGone();
  expect(onlineManager.isOnline()).toBe(false);
  expect(ready).not.toHaveBeenCalled();
  ready.mockResolvedValue(new Response());
  await tryNow();
  expect(ready).toHaveBeenCalledTimes(1);
  expect(onlineManager.isOnline()).toBe(true);
});

test('pressing in vain leaves one next attempt, not two', async () => {
  serverIsGone();
  await tryNow();
  expect(ready).toHaveBeenCalledTimes(1);
  // The attempt that was due after a second was this one; the next is due after two.
  await vi.advanceTimersByTimeAsync(1_999);
  expect(ready).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(ready).toHaveBeenCalledTimes(2);
});

test('nobody needs to press: the next attempt finds the server back', async () => {
  serverIsGone();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(onlineManager.isOnline()).toBe(false);
  ready.mockResolvedValue(new Response());
  await vi.advanceTimersByTimeAsync(2_000);
  expect(onlineManager.isOnline()).toBe(true);
  expect(ready).toHaveBeenCalledTimes(2);
});

test('a server that answers but is not ready is still away', async () => {
  serverIsGone();
  ready.mockResolvedValue(new Response(null, { status: 503 }));
  await tryNow();
  expect(onlineManager.isOnline()).toBe(false);
});
