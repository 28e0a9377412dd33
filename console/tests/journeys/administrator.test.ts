// The administrator: sees how the installation does, lets people register, blocks one of them, finds projects and jobs.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { Complaints, openBrowser, openContext, photographFailures } from './browser';
import { House } from './house';
import { ANNA, becomeAdministrator, BORIS, fillPassword, signIn, tokenOf } from './people';

let house: House;
let browser: Browser;
let page: Page;
const complaints = new Complaints();

photographFailures(() => page);
beforeAll(async () => {
  [house, browser] = await Promise.all([House.open(), openBrowser()]);
  page = await (await openContext(browser, house.url)).newPage();
  complaints.watch(page);
  await becomeAdministrator(page);
  const access_token = await tokenOf(house);
  for (const name of ['Plush', 'Umbrellas']) {
    const { project_id } = await house.call<{ project_id: string }>(
      'POST',
      '/api/v1/projects',
      { name, currency: 'RUB' },
      access_token,
    );
    const hook = { url: 'https://nowhere.invalid/hooks', events: ['campaign.finished'] };
    const below = `/api/v1/projects/${project_id}/webhooks`;
    const { webhook_id } = await house.call<{ webhook_id: string }>('POST', below, hook, access_token);
    await house.call('POST', `${below}/${webhook_id}/ping`, undefined, access_token);
  }
});
afterAll(async () => {
  await browser.close();
  await house.close();
});

const open = (name: string): Promise<void> => page.getByRole('link', { name, exact: true }).first().click();

test('every part is in order, and the version is told', async () => {
  await page.goto('/administration');
  await page.getByText('Everything is in order').waitFor();
  await page.getByText('SQLite answers').waitFor();
  // One: more of them would be refused.
  await page.getByText(/^\d+\.\d+\.\d+$/).waitFor();
});

test('anybody may register from now on, and somebody does', async () => {
  await open('Settings');
  await page.getByRole('radio', { name: 'Anybody' }).check();
  // The button is disabled while it saves, too.
  const saved = page.waitForResponse((answer) => answer.request().method() === 'PATCH');
  await page.getByRole('button', { name: 'Save' }).click();
  expect((await saved).ok()).toBe(true);
  await page.getByRole('button', { name: 'Save', disabled: true }).waitFor();
  const outside = await openContext(browser, house.url);
  const other = await outside.newPage();
  await other.goto('/register');
  await other.getByLabel('Name').fill(BORIS.name);
  await other.getByLabel('E-mail').fill(BORIS.email);
  await fillPassword(other);
  await other.locator('button[type="submit"]').click();
  await other.getByRole('button', { name: /Account: Boris/ }).waitFor();
  await outside.close();
});

test('one is found, blocked, and cannot come back', async () => {
  await open('Users');
  await page.getByRole('searchbox').fill('bor');
  await page.waitForURL(/search=bor/);
  await page.getByRole('button', { name: `What to do with ${BORIS.email}` }).click();
  await page.getByRole('menuitem', { name: 'Block' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Block' }).click();
  await page.getByText('blocked', { exact: true }).waitFor();
  const outside = await openContext(browser, house.url);
  const other = await outside.newPage();
  await other.goto('/sign-in');
  await signIn(other, BORIS.email);
  await other.getByRole('alert').waitFor();
  await outside.close();
});

test('a project is found among all', async () => {
  await open('All projects');
  await page.getByRole('link', { name: 'Plush' }).waitFor();
  await page.getByRole('searchbox').fill('umb');
  await page.waitForURL(/search=umb/);
  await page.getByRole('link', { name: 'Plush' }).waitFor({ state: 'detached' });
  await page.getByRole('link', { name: 'Umbrellas' }).waitFor();
  await page.getByRole('searchbox').fill('nothing of the kind');
  await page.getByText('Nothing fits').waitFor();
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await page.getByRole('link', { name: 'Plush' }).waitFor();
});

test('jobs are narrowed, and one that goes on is cancelled', async () => {
  await open('Jobs');
  await page.getByText('waiting', { exact: true }).first().click();
  await page.waitForURL(/state=waiting/);
  await page.getByRole('row').filter({ hasText: 'Message to a webhook' }).nth(1).waitFor();
  await page.getByText('All', { exact: true }).first().click();
  await page.waitForURL((url) => !url.search.includes('state'));
  await page.getByRole('combobox', { name: 'What' }).click();
  await page.getByRole('option', { name: 'Message to a webhook' }).click();
  await page.waitForURL(/kind=webhook.deliver/);
  await page.getByRole('row').filter({ hasText: 'Tidying accounts' }).waitFor({ state: 'detached' });
  await page.getByRole('row').filter({ hasText: 'Message to a webhook' }).first().getByText('Details').click();
  await page.getByRole('dialog').getByText('What went wrong last').waitFor();
  await page.getByRole('button', { name: 'Cancel the job' }).click();
  await page.getByRole('dialog').getByText('cancelled', { exact: true }).waitFor();
  await page.keyboard.press('Escape');
});

test('what was done is in the log of all projects', async () => {
  await open('Audit log');
  await page.getByRole('row').filter({ hasText: ANNA.name }).first().waitFor();
  await page.getByRole('row').nth(8).waitFor();
});

test('nothing complained on the way', () => {
  expect(complaints.all).toEqual([]);
});
