// Files on their way to the server. They go on while somebody looks at other pages; leaving the console is asked about.
import { useSyncExternalStore } from 'react';

import { upload } from '@/shared/api/upload';

import type { Kind } from './queries';

export interface Upload {
  id: number;
  projectId: string;
  kind: Kind;
  fileName: string;
  sent: number;
  total: number;
  /** By `Date.now()`: when it began, and when it was heard of last. */
  begunAt: number;
  heardAt: number;
  error?: unknown;
  stop: () => void;
}

interface Order {
  projectId: string;
  kind: Kind;
  file: File;
  query: Record<string, string>;
  /** The server has the whole file. */
  onDone: () => void;
}

let uploads: readonly Upload[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

function set(next: readonly Upload[]): void {
  uploads = next;
  listeners.forEach((listener) => listener());
  const isUnderWay = uploads.some(({ error }) => error === undefined);
  // A handler of this event keeps pages out of the browser's memory, so it is there only while it is needed.
  if (isUnderWay) window.addEventListener('beforeunload', ask);
  else window.removeEventListener('beforeunload', ask);
}

function ask(event: BeforeUnloadEvent): void {
  event.preventDefault();
}

function patch(id: number, change: Partial<Upload>): void {
  set(uploads.map((one) => (one.id === id ? { ...one, ...change } : one)));
}

/** Takes an upload off the list: it is over, or has failed and been seen. */
export function forget(id: number): void {
  set(uploads.filter((one) => one.id !== id));
}

export function begin({ projectId, kind, file, query, onDone }: Order): void {
  lastId += 1;
  const id = lastId;
  const stopping = new AbortController();
  const stop = (): void => {
    stopping.abort();
    forget(id);
  };
  const now = Date.now();
  const facts = {
    id,
    projectId,
    kind,
    fileName: file.name,
    total: file.size,
    sent: 0,
    begunAt: now,
    heardAt: now,
    stop,
  };
  set([...uploads, facts]);
  const search = new URLSearchParams({ kind, file_name: file.name, ...query });
  upload(`/api/v1/projects/${projectId}/imports?${search}`, file, {
    onProgress: (sent) => patch(id, { sent, heardAt: Date.now() }),
    signal: stopping.signal,
  }).then(
    () => {
      forget(id);
      onDone();
    },
    (error: unknown) => {
      if (!stopping.signal.aborted) patch(id, { error });
    },
  );
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The uploads of all projects. */
export function useUploads(): readonly Upload[] {
  return useSyncExternalStore(subscribe, () => uploads);
}
