// The administrator's first run: from an empty installation to a project with a member and a key, and out again.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Browser, BrowserContext, Page } from 'playwright-core';

import { Complaints, openBrowser, openContext, photographFailures } from './browser';
import { House } from './house';
import { ANNA, becomeAdministrator, BORIS, fillPassword, PASSWORD, signIn } from './people';

let house: House;
let browser: Browser;
let context: BrowserContext;
let page: Page;
const complaints = new Complaints();

photographFailures(() => page);
beforeAll(async () => {
  [house, browser] = await Promise.all([House.open(), openBrowser()]);
  context = await openContext(browser, house.url);
  page = await context.newPage();
  complaints.watch(page);
});
afterAll(async () => {
  await browser.close();
  await house.close();
});

test('the first one is welcomed and becomes administrator', async () => {
  await becomeAdministrator(page);
  await page.getByText('No project yet').waitFor();
  await page.getByRole('link', { name: 'Administration' }).click();
  await page.getByText('Everything is in order').waitFor();
});

test('a project is created, and what is wrong is said beside its field', async () => {
  await page.getByRole('button', { name: /^Project:/ }).click();
  await page.getByRole('option', { name: 'New project' }).click();
  await page.getByRole('button', { name: 'Create a project' }).click();
  await page.getByText('Fill this in.').waitFor();
  await page.getByLabel('Project name').fill('Plush');
  await page.getByRole('button', { name: 'Create a project' }).click();
  await page.getByRole('heading', { name: 'Plush' }).waitFor();
  await page.reload();
  await page.getByRole('heading', { name: 'Plush' }).waitFor();
});

test('a member is invited by mail, registers, and sees what a marketer may', async () => {
  await page.getByRole('link', { name: 'People' }).first().click();
  await page.getByRole('button', { name: 'Invite' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('E-mail').fill(BORIS.email);
  await dialog.getByRole('button', { name: 'Send the invitation' }).click();
  const invited = page.getByRole('cell', { name: BORIS.email });
  await invited.waitFor();
  const search = page.getByRole('searchbox', { name: 'Search by e-mail' });
  await search.fill('nobody');
  await page.getByText('Nothing fits').waitFor();
  await search.fill('BORIS@');
  await invited.waitFor();
  const his = await openContext(browser, house.url);
  const boris = await his.newPage();
  complaints.watch(boris);
  await boris.goto(await house.linkTo(BORIS.email, 'accept-invitation'));
  await boris.getByLabel('Name').fill(BORIS.name);
  await boris.getByLabel('E-mail').fill(BORIS.email);
  await fillPassword(boris);
  await boris.getByRole('button', { name: 'Register and accept' }).click();
  await boris.getByRole('heading', { name: 'Plush' }).waitFor();
  expect(new URL(boris.url()).hash).toBe('');
  expect(await boris.getByRole('link', { name: 'API keys' }).count()).toBe(0);
  await his.close();
});

test('a key is shown once, and opens the ad API', async () => {
  await page.getByRole('link', { name: 'API keys' }).first().click();
  await page.getByRole('button', { name: 'Create a key' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('Shop');
  await dialog.getByLabel('Read').check();
  await dialog.getByRole('button', { name: 'Create a key' }).click();
  const secret = await page.getByTestId('secret').innerText();
  await dialog.getByRole('button', { name: 'I have it' }).click();
  expect(await house.call('GET', '/advertisers', undefined, secret)).toEqual([]);
  await page.getByRole('cell', { name: /^Shop/ }).waitFor();
  expect(await page.content()).not.toContain(secret);
});

test('the audit log tells what happened, narrowed by the address', async () => {
  await page.getByRole('link', { name: 'Audit log' }).first().click();
  await page.getByRole('cell', { name: 'Key created' }).waitFor();
  await page.getByRole('combobox', { name: 'What' }).fill('Member added');
  await page.getByRole('option', { name: 'Member added' }).click();
  await page.waitForURL(/action=member.added/);
  await page.getByRole('cell', { name: 'Key created' }).waitFor({ state: 'detached' });
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export' }).click();
  await page.getByRole('menuitem', { name: 'NDJSON' }).click();
  expect((await download).suggestedFilename()).toBe('audit.ndjson');
});

test('whoever signs out comes back to where they wanted to go', async () => {
  const address = page.url();
  await page.getByRole('button', { name: /Account:/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in to Barker' }).waitFor();
  await page.goto(address);
  await signIn(page);
  await page.waitForURL(address);
  await page.getByRole('heading', { name: 'Audit log' }).waitFor();
});

test('a lost password is replaced by a link in a mail', async () => {
  const other = await openContext(browser, house.url);
  const lost = await other.newPage();
  complaints.watch(lost);
  await lost.goto('/sign-in');
  await lost.getByRole('link', { name: 'Forgotten the password?' }).click();
  // The page before has a field of that name as well.
  await lost.getByRole('button', { name: 'Send the link' }).waitFor();
  await lost.getByLabel('E-mail').fill(ANNA.email);
  await lost.getByRole('button', { name: 'Send the link' }).click();
  await lost.getByText('Look into your mail').waitFor();
  await lost.goto(await house.linkTo(ANNA.email, 'reset-password'));
  await fillPassword(lost, 'a staple, this time');
  await lost.getByRole('button', { name: 'Set the password' }).click();
  await lost.getByText('The new password is set').waitFor();
  await signIn(lost, ANNA.email, PASSWORD);
  await lost.getByText('The e-mail or the password is not right').waitFor();
  await signIn(lost, ANNA.email, 'a staple, this time');
  await lost.getByRole('button', { name: /Account:/ }).waitFor();
  await other.close();
});

test('nothing complained on the way', () => {
  // A wrong password is answered 401, and so is what was asked in the moment of signing out; browsers write that down.
  expect(complaints.except(/status of 401/)).toEqual([]);
});
