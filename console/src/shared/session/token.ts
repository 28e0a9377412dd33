// The access token of this browser, renewed silently. All tabs share one session: its refresh token is a cookie that no
// script can read, tabs take turns to renew it, and whoever has renewed tells the others.
import { Problem, problemOf, Unreachable } from '../api/problem';
import { serverIsGone } from '../api/connection';

/** Renewed this long before it ends, so that no request meets its end on the way. */
const MARGIN_MS = 30_000;
const LOCK = 'barker.refresh';
/** Says that this browser was signed in, so that a visitor who never was is not asked to renew anything. */
const MARK = 'barker.signed-in';

export interface AccessToken {
  text: string;
  /** When it ends, by `Date.now()`. */
  endsAt: number;
}

type Note =
  { kind: 'renewed'; token: AccessToken } | { kind: 'signed-in'; token: AccessToken } | { kind: 'signed-out' };
export type Change = 'signed-in' | 'signed-out' | 'expired';

let token: AccessToken | undefined;
let renewing: Promise<AccessToken | undefined> | undefined;
const listeners = new Set<(change: Change) => void>();
const channel = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel('barker.session');

/** Tells about changes of who is signed in, here or in another tab. */
export function onSessionChange(listener: (change: Change) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function wasSignedIn(): boolean {
  return localStorage.getItem(MARK) !== null;
}

function tell(change: Change): void {
  listeners.forEach((listener) => listener(change));
}

channel?.addEventListener('message', (event: MessageEvent<Note>) => {
  const note = event.data;
  if (note.kind === 'signed-out') {
    token = undefined;
    tell('signed-out');
    return;
  }
  token = note.token;
  if (note.kind === 'signed-in') tell('signed-in');
});

interface TokenAnswer {
  access_token: string;
  expires_in: number;
}

function keep(answer: TokenAnswer): AccessToken {
  token = { text: answer.access_token, endsAt: Date.now() + answer.expires_in * 1_000 };
  return token;
}

/** Signs in with what `POST /api/v1/auth/token` answered. */
export function signedIn(answer: TokenAnswer): void {
  localStorage.setItem(MARK, 'yes');
  channel?.postMessage({ kind: 'signed-in', token: keep(answer) } satisfies Note);
  tell('signed-in');
}

/** Forgets everything, in every tab. */
export function signedOut(): void {
  localStorage.removeItem(MARK);
  token = undefined;
  channel?.postMessage({ kind: 'signed-out' } satisfies Note);
  tell('signed-out');
}

function isFresh(candidate: AccessToken | undefined): candidate is AccessToken {
  return candidate !== undefined && candidate.endsAt - MARGIN_MS > Date.now();
}

/** A token that is good now; nothing when nobody is signed in. */
export async function accessToken(): Promise<AccessToken | undefined> {
  if (isFresh(token)) return token;
  if (!wasSignedIn()) return undefined;
  return renewal(token);
}

/** A token after this one, which the server does not accept any more. */
export async function tokenAfter(refused: AccessToken): Promise<AccessToken | undefined> {
  return token !== undefined && token.text !== refused.text ? token : renewal(refused);
}

/** One renewal at a time in this tab, and in all tabs together. */
function renewal(before: AccessToken | undefined): Promise<AccessToken | undefined> {
  renewing ??= takingTurns(() => renewUnlessDone(before)).finally(() => {
    renewing = undefined;
  });
  return renewing;
}

async function takingTurns<T>(work: () => Promise<T>): Promise<T> {
  // Absent on plain http to another host. Then two tabs may renew at once, which the server forgives within ten seconds.
  const locks = (navigator as { locks?: LockManager }).locks;
  return locks === undefined ? work() : await locks.request(LOCK, work);
}

async function renewUnlessDone(before: AccessToken | undefined): Promise<AccessToken | undefined> {
  if (isFresh(token) && token.text !== before?.text) return token;
  const response = await ask();
  if (response.ok) {
    const renewed = keep((await response.json()) as TokenAnswer);
    channel?.postMessage({ kind: 'renewed', token: renewed } satisfies Note);
    return renewed;
  }
  const problem = problemOf(await response.json().catch(() => undefined), response);
  if (problem instanceof Problem && (problem.status === 401 || problem.status === 403)) {
    localStorage.removeItem(MARK);
    token = undefined;
    tell('expired');
    return undefined;
  }
  throw problem;
}

async function ask(): Promise<Response> {
  try {
    return await fetch('/api/v1/auth/refresh', { method: 'POST' });
  } catch (error) {
    serverIsGone();
    throw new Unreachable(error);
  }
}
