// Sessions that end, tabs that share one, and a server that goes away and comes back.
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { Complaints, openBrowser, openContext, photographFailures } from './browser';
import { House } from './house';
import { becomeAdministrator, signIn, tokenOf } from './people';

let house: House;
let browser: Browser;
let context: BrowserContext;
let page: Page;
const complaints = new Complaints();

photographFailures(() => page);
beforeAll(async () => {
  [house, browser] = await Promise.all([House.openToReturn(), openBrowser()]);
  context = await openContext(browser, house.url);
  page = await context.newPage();
  complaints.watch(page);
  await becomeAdministrator(page);
  await house.call('POST', '/api/v1/projects', { name: 'Plush' }, await tokenOf(house));
});
afterAll(async () => {
  await browser.close();
  await house.close();
});

test('two tabs whose tokens end at once stay signed in', async () => {
  const other = await context.newPage();
  complaints.watch(other);
  await other.goto('/profile');
  await other.getByRole('heading', { name: 'Profile' }).waitFor();
  let renewals = 0;
  context.on('response', (response) => {
    if (response.url().endsWith('/auth/refresh')) renewals += 1;
  });
  for (const tab of [page, other]) {
    await tab.clock.install();
    await tab.clock.fastForward('20:00');
  }
  const administration = page.getByRole('link', { name: 'Administration' });
  await Promise.all([administration.click(), other.getByRole('link', { name: 'Administration' }).click()]);
  for (const tab of [page, other]) await tab.getByText('Everything is in order').waitFor();
  expect(renewals).toBeGreaterThan(0);
  await other.reload();
  await other.getByText('Everything is in order').waitFor();
  await other.close();
});

test('a session is found among one’s own', async () => {
  await page.goto('/profile');
  const current = page.getByRole('row').filter({ hasText: 'this one' });
  await current.waitFor();
  const search = page.getByRole('searchbox', { name: 'Search by device or address' });
  await search.fill('Lynx');
  await page.getByText('Nothing fits').waitFor();
  await search.fill('127.0.0.1');
  await current.waitFor();
});

test('another session is ended after one question', async () => {
  const theirs = page.getByRole('row').filter({ has: page.getByRole('button', { name: 'End' }) });
  await tokenOf(house);
  await page.reload();
  await theirs.first().waitFor();
  const before = await theirs.count();
  await theirs.first().getByRole('button', { name: 'End' }).click();
  const question = page.getByRole('dialog', { name: 'End this session?' });
  await question.getByRole('button', { name: 'Cancel' }).click();
  await question.waitFor({ state: 'detached' });
  expect(await theirs.count()).toBe(before);
  await theirs.first().getByRole('button', { name: 'End' }).click();
  await question.getByRole('button', { name: 'End' }).click();
  await question.waitFor({ state: 'detached' });
  await expect.poll(() => theirs.count()).toBe(before - 1);
});

test('a session that is ended elsewhere leads to sign-in and back to where one was', async () => {
  await page.goto('/administration/users?search=anna');
  await page.getByRole('cell', { name: /Anna/ }).waitFor();
  const program = await tokenOf(house);
  const sessions = await house.call<{ session_id: string; is_current: boolean }[]>(
    'GET',
    '/api/v1/me/sessions',
    undefined,
    program,
  );
  const theirs = sessions.filter((session) => !session.is_current);
  for (const { session_id } of theirs)
    await house.call('DELETE', `/api/v1/me/sessions/${session_id}`, undefined, program);
  await page.getByRole('link', { name: 'Jobs' }).click();
  await page.getByText('Your session has ended').waitFor();
  await signIn(page);
  await page.waitForURL(/administration\/jobs/);
  await page.getByRole('heading', { name: 'Jobs' }).waitFor();
});

test('signing out in one tab signs the others out', async () => {
  const other = await context.newPage();
  await other.goto('/profile');
  await other.getByRole('button', { name: /Account:/ }).click();
  await other.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in to Barker' }).waitFor();
  await signIn(page);
  await page.getByRole('button', { name: /Account:/ }).waitFor();
  await other.close();
});

test('a server that goes away and comes back is survived', async () => {
  await page.goto('/administration/users');
  await page.getByRole('cell', { name: /Anna/ }).waitFor();
  await house.stop();
  await page.getByRole('searchbox', { name: 'Search by name or e-mail' }).fill('Anna');
  await page.getByText('The server does not answer.').waitFor();
  // Pressed while it is still away: once it is back, the page's own next attempt may take the button away first.
  const attempt = page.waitForRequest('**/ready');
  await page.getByRole('button', { name: 'Try now' }).click();
  await attempt;
  await house.startAgain();
  await page.getByText('The server does not answer.').waitFor({ state: 'detached' });
  await page.getByRole('cell', { name: /Anna/ }).waitFor();
});

test('nothing else complained on the way', () => {
  // Browsers write down what is refused and what cannot be reached; both were provoked.
  expect(
    complaints.except(/status of 401/, /ERR_CONNECTION_REFUSED/, /ERR_EMPTY_RESPONSE/, /ERR_CONNECTION_RESET/),
  ).toEqual([]);
});
