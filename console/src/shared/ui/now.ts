// What time it is, for texts like "two minutes ago": it moves on while somebody looks.
import { useSyncExternalStore } from 'react';

const STEP_MS = 30_000;

let now = Date.now();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function tick(): void {
  now = Date.now();
  listeners.forEach((listener) => listener());
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(tick, STEP_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** The present moment, at most half a minute old. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now);
}
