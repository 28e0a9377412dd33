// A marketer brings data: a file is looked at, its columns are given their meaning, it is imported, and what is wrong is told.
import { readFile } from 'node:fs/promises';

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { Complaints, openBrowser, openContext, photographFailures } from './browser';
import { House } from './house';
import { becomeAdministrator, tokenOf } from './people';

let house: House;
let browser: Browser;
let page: Page;
const complaints = new Complaints();
const ids = { project: '', token: '' };
const ORDERS = [
  'Номер заказа;Когда оформлен;Итого;Промокод',
  '1001;01.11.2026 10:00;1500,50;ОСЕНЬ',
  '1002;вчера;700;',
  '1003;02.11.2026 12:30;2300;',
].join('\n');

const file = (name: string, text: string): { name: string; mimeType: string; buffer: Buffer } => ({
  name,
  mimeType: 'text/csv',
  buffer: Buffer.from(text),
});

/** Types into the search of the list, which stands in the address a moment later. */
async function find(words: string): Promise<void> {
  await page.getByRole('searchbox').fill(words);
  await page.waitForURL((url) => url.searchParams.get('search')?.replace(/^"|"$/g, '') === words);
}

photographFailures(() => page);
beforeAll(async () => {
  [house, browser] = await Promise.all([House.open(), openBrowser()]);
  page = await (await openContext(browser, house.url)).newPage();
  complaints.watch(page);
  await becomeAdministrator(page);
  ids.token = await tokenOf(house);
  const plush = { name: 'Plush', currency: 'RUB', time_zone: 'UTC' };
  const made = await house.call<{ project_id: string }>('POST', '/api/v1/projects', plush, ids.token);
  ids.project = made.project_id;
});
afterAll(async () => {
  await browser.close();
  await house.close();
});

test('a project without facts says how they come', async () => {
  await page.goto(`/projects/${ids.project}`);
  await page.getByRole('link', { name: 'To the data' }).click();
  await page.getByText('No facts yet').waitFor();
  await page.getByRole('tab', { name: 'Imports' }).click();
  await page.getByText('No imports yet').waitFor();
  await page.getByRole('link', { name: 'Import a file' }).first().click();
});

test('a file is looked at before anything is imported, and its columns are given their meaning', async () => {
  await page.locator('input[type="file"]').setInputFiles(file('november.csv', ORDERS));
  await page.getByRole('radio', { name: 'Orders' }).click();
  await page.getByText('CSV, UTF-8.').waitFor();
  await page.getByRole('cell', { name: '1500,50' }).waitFor();
  const meaning = (column: string): ReturnType<Page['getByRole']> =>
    page.getByRole('combobox', { name: `Meaning of “${column}”` });
  expect(await meaning('Номер заказа').inputValue()).toMatch(/^Number of the order/);
  await page.getByText('No column holds:').waitFor();
  expect(await page.getByRole('button', { name: 'Import', exact: true }).isDisabled()).toBe(true);
  await meaning('Когда оформлен').click();
  await page.getByRole('option', { name: 'When *' }).click();
  await page.getByText('No column holds:').waitFor({ state: 'detached' });
  await page.getByRole('textbox', { name: 'Source' }).fill('shop');
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  await page.waitForURL(/data\/imports$/);
});

test('what became of it is found again, with the rows that were rejected', async () => {
  const row = page.getByRole('row', { name: /november\.csv/ });
  await row.getByText('done').waitFor();
  await page.reload();
  await row.getByText('2 rows taken').waitFor();
  await row.getByText('1 rejected').waitFor();
  await row.getByRole('button', { name: 'Rejected rows' }).click();
  const told = page.getByRole('dialog', { name: 'Rejected rows of november.csv' });
  await told.getByRole('cell', { name: 'This is no date and time.' }).waitFor();
  const search = told.getByRole('searchbox', { name: 'Search by field, reason or value' });
  await search.fill('no such thing');
  await told.getByText('Nothing fits').waitFor();
  await search.fill('NO DATE');
  await told.getByRole('cell', { name: 'This is no date and time.' }).waitFor();
  const download = page.waitForEvent('download');
  await told.getByRole('button', { name: 'Save as CSV' }).click();
  const rejects = await download;
  expect(rejects.suggestedFilename()).toBe('november-rejects.csv');
  expect(await readFile(await rejects.path(), 'utf8')).toContain('occurred_at,date_time');
  await told.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('tab', { name: 'Sources' }).click();
  const source = page.getByRole('row', { name: /shop.*Orders.*Sales/ });
  await source.waitFor();
  await find('crm');
  await page.getByText('Nothing fits').waitFor();
  await find('orders');
  await source.waitFor();
});

test('a file that cannot be imported says why, and can be tried again', async () => {
  const path = `/api/v1/projects/${ids.project}/imports?kind=refunds&file_name=refunds.csv`;
  const headers = { authorization: `Bearer ${ids.token}`, 'content-type': 'application/octet-stream' };
  await fetch(house.url + path, { method: 'POST', body: 'a,b\n1,2\n', headers });
  await page.getByRole('tab', { name: 'Imports' }).click();
  const row = page.getByRole('row', { name: /refunds\.csv/ });
  await row.getByText('No column holds:').waitFor();
  await row.getByRole('button', { name: 'Run it again' }).click();
  await row.getByText('No column holds:').waitFor();
});

test('an import is found by its file and by what it holds', async () => {
  const [orders, refunds] = [/november\.csv/, /refunds\.csv/].map((name) => page.getByRole('row', { name }));
  await find('NOVEMBER');
  await refunds?.waitFor({ state: 'detached' });
  await orders?.waitFor();
  await find('refunds');
  await refunds?.waitFor();
  await orders?.waitFor({ state: 'detached' });
  await find('something else');
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await orders?.waitFor();
  await refunds?.waitFor();
});

test('a visit is tried on the rules of channels', async () => {
  await page.getByRole('tab', { name: 'Channels' }).click();
  await page.getByRole('textbox', { name: 'utm_medium' }).fill('cpc');
  await page.getByRole('textbox', { name: 'utm_source' }).fill('yandex');
  await page.getByRole('button', { name: 'Which channel?' }).click();
  await page.getByText('Decided by the rule “paid, in search”.').waitFor();
  const rules = page.getByRole('table', { name: 'Channels' }).getByRole('row');
  await page.getByRole('searchbox', { name: 'Search by rule, condition or channel' }).fill('paid, in search');
  await page.waitForURL(/search=paid/);
  await expect.poll(() => rules.count()).toBe(2);
  expect(await rules.last().getAttribute('aria-current')).toBe('true');
  await page.getByRole('searchbox').fill('no such rule');
  await page.getByText('Nothing fits').waitFor();
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await page.getByRole('table', { name: 'Channels' }).waitFor();
});

test('which events are conversions is decided here', async () => {
  await page.getByRole('tab', { name: 'Conversions' }).click();
  await page.getByText('Nothing is chosen').waitFor();
  await page.getByRole('combobox', { name: 'Events that are conversions' }).fill('lead');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  const saved = page.waitForResponse((answer) => answer.request().method() === 'PUT');
  await page.getByRole('button', { name: 'Save' }).click();
  expect((await saved).ok()).toBe(true);
  await page.getByRole('button', { name: 'Save', disabled: true }).waitFor();
  const settings = `/api/v1/projects/${ids.project}/reports/settings`;
  expect(await house.call('GET', settings, undefined, ids.token)).toEqual({ conversion_events: ['lead'] });
});

test('nothing complained on the way', () => {
  expect(complaints.all).toEqual([]);
});
