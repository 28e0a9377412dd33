// Whether the server answers. While it does not, queries wait with what they have, and it is asked again and again.
import { onlineManager } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';

/** How long to wait before each next attempt; the last one repeats. */
const PAUSES_MS = [1_000, 2_000, 3_000, 5_000, 10_000];
/** An attempt that has not been answered by then was in vain. */
const PATIENCE_MS = 5_000;

export interface Connection {
  isUp: boolean;
  /** When it is asked next, by `Date.now()`. */
  nextAttemptAt: number;
  isTrying: boolean;
}

let state: Connection = { isUp: true, nextAttemptAt: 0, isTrying: false };
let attempts = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();

function become(next: Partial<Connection>): void {
  state = { ...state, ...next };
  listeners.forEach((listener) => listener());
}

async function answers(): Promise<boolean> {
  try {
    const response = await fetch('/ready', { cache: 'no-store', signal: AbortSignal.timeout(PATIENCE_MS) });
    return response.ok;
  } catch {
    return false;
  }
}

function wait(): void {
  const pause = PAUSES_MS[Math.min(attempts, PAUSES_MS.length - 1)] ?? 10_000;
  attempts += 1;
  become({ isTrying: false, nextAttemptAt: Date.now() + pause });
  timer = setTimeout(() => void tryNow(), pause);
}

/** Notes that the server did not answer. */
export function serverIsGone(): void {
  if (!state.isUp) return;
  attempts = 0;
  become({ isUp: false });
  onlineManager.setOnline(false);
  wait();
}

/** Asks the server now rather than at the next turn. */
export async function tryNow(): Promise<void> {
  clearTimeout(timer);
  become({ isTrying: true });
  if (await answers()) {
    become({ isUp: true, isTrying: false });
    onlineManager.setOnline(true);
  } else {
    wait();
  }
}

export function useConnection(): Connection {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => state,
  );
}
