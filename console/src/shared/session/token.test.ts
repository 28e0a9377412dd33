// @vitest-environment jsdom
// One session for all tabs: renewed by one, shared with the others, and never ended by a race.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

const ANSWER = { access_token: 'second', expires_in: 900, token_type: 'Bearer' };

type Module = typeof import('./token');

/** Another tab: the same storage, a memory of its own. */
async function openTab(): Promise<Module> {
  vi.resetModules();
  return import('./token');
}

function answering(status: number, body: unknown): ReturnType<typeof vi.fn> {
  const send = vi.fn(() => Promise.resolve(new Response(JSON.stringify(body), { status })));
  vi.stubGlobal('fetch', send);
  return send;
}

beforeEach(() => localStorage.clear());
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test('whoever never signed in is not asked to renew anything', async () => {
  const send = answering(401, {});
  const tab = await openTab();
  expect(await tab.accessToken()).toBeUndefined();
  expect(send).not.toHaveBeenCalled();
});

test('many requests at once renew the session once', async () => {
  localStorage.setItem('barker.signed-in', 'yes');
  const send = answering(200, ANSWER);
  const tab = await openTab();
  const tokens = await Promise.all([tab.accessToken(), tab.accessToken(), tab.accessToken()]);
  expect(tokens.map((token) => token?.text)).toEqual(['second', 'second', 'second']);
  expect(send).toHaveBeenCalledTimes(1);
});

test('a token that is about to end is renewed before it is used', async () => {
  vi.useFakeTimers();
  const send = answering(200, ANSWER);
  const tab = await openTab();
  tab.signedIn({ access_token: 'first', expires_in: 900 });
  expect((await tab.accessToken())?.text).toBe('first');
  vi.advanceTimersByTime(880_000);
  expect((await tab.accessToken())?.text).toBe('second');
  expect(send).toHaveBeenCalledTimes(1);
});

test('a refused token is not renewed again when that has happened already', async () => {
  const send = answering(200, ANSWER);
  const tab = await openTab();
  tab.signedIn({ access_token: 'first', expires_in: 900 });
  const refused = { text: 'an older one', endsAt: 0 };
  expect((await tab.tokenAfter(refused))?.text).toBe('first');
  expect(send).not.toHaveBeenCalled();
});

test('a session that has ended is told once, and forgotten', async () => {
  localStorage.setItem('barker.signed-in', 'yes');
  answering(401, { code: 'unauthorized', status: 401, title: '', detail: '', type: '' });
  const tab = await openTab();
  const changes: string[] = [];
  tab.onSessionChange((change) => changes.push(change));
  expect(await tab.accessToken()).toBeUndefined();
  expect(changes).toEqual(['expired']);
  expect(tab.wasSignedIn()).toBe(false);
});

test('a server that is away ends no session', async () => {
  localStorage.setItem('barker.signed-in', 'yes');
  vi.stubGlobal(
    'fetch',
    vi.fn(() => Promise.reject(new TypeError('refused'))),
  );
  const tab = await openTab();
  await expect(tab.accessToken()).rejects.toThrow('does not answer');
  expect(tab.wasSignedIn()).toBe(true);
});
