// An owner looks after an advertiser's money: terms, a top-up that is paid once, invalid clicks given back, a statement.
import { readFile } from 'node:fs/promises';

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { Complaints, openBrowser, openContext, photographFailures, settle } from './browser';
import { eventually, House } from './house';
import { becomeAdministrator, tokenOf } from './people';

let house: House;
let browser: Browser;
let page: Page;
const complaints = new Complaints();
const ids = { project: '', token: '', advertiser: '', campaign: '' };
const CLIENTS = [1, 2, 3].map((number) => ({
  client_id: `c0000000-0000-4000-8000-00000000000${number}`,
  login: `client-${number}`,
  age: 30,
  location: 'Moscow',
  gender: 'FEMALE',
}));

const [PER_IMPRESSION, PER_CLICK] = [0.5, 9];
/** Every client is shown the ad and clicks it. */
const SPENT = CLIENTS.length * (PER_IMPRESSION + PER_CLICK);

interface Account {
  balance: number;
  kind: string;
  credit_limit: number | null;
}

const below = (path: string): string => `/api/v1/projects/${ids.project}${path}`;
const ofAdvertiser = (path: string): string => below(`/advertisers/${ids.advertiser}${path}`);
const account = (): Promise<Account> => house.call('GET', ofAdvertiser('/account'), undefined, ids.token);
const transactions = (kind: string): Promise<{ amount: number; note?: string }[]> =>
  house.call('GET', ofAdvertiser(`/account/transactions?kind=${kind}`), undefined, ids.token);

photographFailures(() => page);
beforeAll(async () => {
  [house, browser] = await Promise.all([House.open(), openBrowser()]);
  page = await (await openContext(browser, house.url)).newPage();
  complaints.watch(page);
  await becomeAdministrator(page);
  ids.token = await tokenOf(house);
  const post = <T>(path: string, body?: unknown): Promise<T> => house.call<T>('POST', path, body, ids.token);
  ids.project = (await post<{ project_id: string }>('/api/v1/projects', { name: 'Plush', currency: 'RUB' })).project_id;
  const named = { name: 'Umbrella Shop' };
  ids.advertiser = (await post<{ advertiser_id: string }>(below('/advertisers'), named)).advertiser_id;
  const campaign = {
    ...{ advertiser_id: ids.advertiser, ad_title: 'Umbrellas', ad_text: 'It will rain.' },
    ...{ impressions_limit: 1_000, clicks_limit: 100, cost_per_impression: PER_IMPRESSION, cost_per_click: PER_CLICK },
    ...{ start_date: 0, end_date: 13 },
  };
  ids.campaign = (await post<{ campaign_id: string }>(below('/campaigns'), campaign)).campaign_id;
  const key = await post<{ secret: string }>(below('/keys'), { name: 'Shop', scopes: ['manage'] });
  await house.call('POST', '/clients/bulk', CLIENTS, key.secret);
});
afterAll(async () => {
  await browser.close();
  await house.close();
});

test('from the list of advertisers to the account, which is made prepaid', async () => {
  await page.goto(`/projects/${ids.project}/advertisers`);
  await page
    .getByRole('row', { name: /Umbrella Shop/ })
    .getByText('Postpaid')
    .waitFor();
  await page.getByRole('link', { name: 'Umbrella Shop' }).click();
  await page.getByRole('tab', { name: 'Money' }).click();
  await page.getByText('No money has moved yet').waitFor();
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Terms of the account' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Prepaid').check();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.waitFor({ state: 'detached' });
  expect(await account()).toMatchObject({ kind: 'prepaid', credit_limit: 0 });
});

test('a top-up whose answer is lost is paid once, however often it is sent', async () => {
  await page.getByRole('button', { name: 'Top up' }).click();
  const dialog = page.getByRole('dialog');
  const send = dialog.getByRole('button', { name: 'Top up' });
  await send.click();
  await dialog.getByText('Fill this in.').waitFor();
  await dialog.getByLabel('Amount, RUB').fill('1000.5');
  await dialog.getByLabel('Note').fill('Invoice 7');
  await page.route(
    '**/account/top-ups',
    async (route) => {
      await route.fetch();
      await route.abort();
    },
    { times: 1 },
  );
  await send.click();
  await dialog.getByText('The server does not answer').waitFor();
  expect((await account()).balance).toBe(1000.5);
  // The answer waits for both presses: the second one meets the dialog, not what is below it.
  let pressed = (): void => undefined;
  const both = new Promise<void>((resolve) => (pressed = resolve));
  await page.route('**/account/top-ups', async (route) => {
    await both;
    await route.continue();
  });
  await send.dblclick();
  pressed();
  await dialog.waitFor({ state: 'detached' });
  await page.unroute('**/account/top-ups');
  await page.getByRole('cell', { name: 'Invoice 7' }).waitFor();
  expect(await transactions('top_up')).toHaveLength(1);
  await page.getByTestId('balance').filter({ hasText: '1,000.50' }).waitFor();
});

test('more than may be spent is not taken away, and the field says so', async () => {
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Adjust the balance' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Amount, RUB').fill('-5000');
  await dialog.getByRole('button', { name: 'Adjust' }).click();
  await dialog.getByText('Takes more than the advertiser may still spend.').waitFor();
  await dialog.getByLabel('Amount, RUB').fill('-0.5');
  await dialog.getByRole('button', { name: 'Adjust' }).click();
  await dialog.waitFor({ state: 'detached' });
  expect((await account()).balance).toBe(1000);
});

test('transactions are narrowed by the address', async () => {
  await page.getByRole('cell', { name: 'Adjustment' }).waitFor();
  await page.getByText('Top-up', { exact: true }).first().click();
  await page.waitForURL(/kind=top_up/);
  await page.getByRole('cell', { name: 'Adjustment' }).waitFor({ state: 'detached' });
  await page.goBack();
});

test('invalid clicks are chosen and given back, with the reason', async () => {
  for (const { client_id } of CLIENTS) {
    await house.call('POST', below(`/clients/${client_id}/ad`), undefined, ids.token);
    await house.call('POST', below(`/clients/${client_id}/clicks/${ids.campaign}`), undefined, ids.token);
  }
  await page.goto(`/projects/${ids.project}/advertisers/${ids.advertiser}/clicks`);
  await page.getByRole('checkbox', { name: 'Choose this click' }).nth(2).waitFor();
  await page.getByRole('checkbox', { name: 'Choose all billed clicks of this page' }).check();
  await page.getByRole('checkbox', { name: 'Choose this click' }).first().uncheck();
  await page.getByText('2 clicks chosen').waitFor();
  await page.getByRole('button', { name: 'Give the money back' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('A duplicate').check();
  await dialog.getByRole('button', { name: 'Give the money back' }).click();
  await dialog.waitFor({ state: 'detached' });
  await page
    .getByRole('cell', { name: /invalid.*A duplicate/ })
    .nth(1)
    .waitFor();
  expect(await transactions('refund')).toMatchObject([{ amount: 18 }]);
  await page.getByRole('combobox', { name: 'Outcome' }).click();
  await page.getByRole('option', { name: 'billed' }).click();
  await page.waitForURL(/outcome=billed/);
  await page
    .getByRole('cell', { name: /invalid/ })
    .first()
    .waitFor({ state: 'detached' });
});

test('a statement tells where it began and ended, also as a file', async () => {
  await eventually('all of the spend is posted', async () => {
    const posted = (await transactions('spend')).reduce((sum, { amount }) => sum + amount, 0);
    return posted === -SPENT ? true : undefined;
  });
  await page.getByRole('tab', { name: 'Statement' }).click();
  await settle(page);
  await page.getByRole('cell', { name: 'Opening balance' }).waitFor();
  await page.getByRole('row', { name: /Top-up.*1,000\.50/ }).waitFor();
  const { balance } = await account();
  const closing = new Intl.NumberFormat('en', { minimumFractionDigits: 2 }).format(balance);
  await page
    .getByRole('row', { name: /Closing balance/ })
    .filter({ hasText: closing })
    .waitFor();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download as CSV' }).click();
  const file = await download;
  expect(file.suggestedFilename()).toMatch(/^statement-.*\.csv$/);
  expect(await readFile(await file.path(), 'utf8')).toContain(',top_up,1,1000.50,');
}, 90_000);

test('every movement of the project is listed, found by its note, and leads to whose it is', async () => {
  await page.getByRole('link', { name: 'Transactions' }).first().click();
  await page.getByRole('heading', { name: 'Transactions', level: 1 }).waitFor();
  await page.getByRole('cell', { name: 'Adjustment' }).waitFor();
  await page.getByRole('searchbox').fill('Invoice');
  await page.waitForURL(/search=Invoice/);
  await page.getByRole('cell', { name: 'Adjustment' }).waitFor({ state: 'detached' });
  const row = page.getByRole('row').filter({ hasText: 'Invoice 7' });
  await row.getByRole('link', { name: 'Umbrella Shop' }).click();
  await page.getByRole('heading', { name: 'Umbrella Shop', level: 1 }).waitFor();
});

test('an advertiser is put away once its campaigns are, and found in the archive', async () => {
  const dialog = page.getByRole('dialog');
  const archive = async (): Promise<void> => {
    await page.getByRole('button', { name: 'Archive' }).click();
    await dialog.getByText('it can be taken out of the archive again').waitFor();
    await dialog.getByRole('button', { name: 'Archive' }).click();
  };
  await archive();
  await dialog.getByText('The advertiser has campaigns in use').waitFor();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await dialog.waitFor({ state: 'detached' });
  const together = { campaign_ids: [ids.campaign], action: 'archive' };
  await house.call('POST', below('/campaigns/bulk'), together, ids.token);
  await archive();
  await page.getByText('archived', { exact: true }).first().waitFor();
  await page.getByRole('link', { name: 'Advertisers' }).first().click();
  await page.getByText('No advertiser yet').waitFor();
  await page.getByRole('combobox', { name: 'State' }).click();
  await page.getByRole('option', { name: 'Archived' }).click();
  await page.waitForURL(/status=archived/);
  await page.getByRole('link', { name: 'Umbrella Shop' }).click();
  await page.getByRole('button', { name: 'Take out of the archive' }).click();
  await page.getByRole('button', { name: 'Archive', exact: true }).waitFor();
});

test('nothing complained on the way', () => {
  // The lost answer, and the amount that was refused: browsers write both down.
  expect(complaints.except(/ERR_FAILED/, /status of (409|422|400|403)/)).toEqual([]);
});
