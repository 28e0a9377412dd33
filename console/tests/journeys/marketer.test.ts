// The marketer: signs in to the demo, makes an advertiser and a campaign, sees it served in the playground and counted.
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { Complaints, openBrowser, openContext, photographFailures } from './browser';
import { Demo, DEMO_EMAIL } from './demo';
import { eventually, House } from './house';
import { signIn } from './people';

let house: House;
let browser: Browser;
let page: Page;
let demo: Demo;
const complaints = new Complaints();

photographFailures(() => page);
beforeAll(async () => {
  [house, browser] = await Promise.all([House.open('--demo'), openBrowser()]);
  page = await (await openContext(browser, house.url)).newPage();
  complaints.watch(page);
  demo = await Demo.filled(house);
  await demo.close();
  await page.goto('/');
  await signIn(page, DEMO_EMAIL, demo.password);
  await page.getByRole('heading', { name: 'sandbox' }).waitFor();
});
afterAll(async () => {
  await browser.close();
  await house.close();
});

test('campaigns of the demo are found, sorted and narrowed by the address', async () => {
  await page.getByRole('link', { name: 'Campaigns' }).first().click();
  await page.getByRole('heading', { name: 'Campaigns' }).waitFor();
  await page.getByText('running', { exact: true }).first().click();
  await page.waitForURL(/stage=running/);
  // What runs today may have shown nothing yet; of all, the first has shown something.
  await page.getByText('All', { exact: true }).first().click();
  await page.waitForURL((url) => !url.search.includes('stage'));
  await page.getByRole('combobox', { name: 'Order' }).click();
  const sorted = page.waitForResponse(/[?&]sort=-?impressions/);
  await page.getByRole('option', { name: 'Most impressions' }).click();
  await page.waitForURL(/sort=impressions/);
  await sorted;
  await page.locator('[aria-busy=true]').waitFor({ state: 'detached' });
  const first = page.getByRole('row').nth(1).getByRole('link');
  const title = await first.innerText();
  await first.click();
  await page.getByRole('heading', { name: title, level: 1 }).waitFor();
  await page.getByRole('img', { name: 'By day' }).waitFor();
  await page.goBack();
  await page.waitForURL(/sort=impressions/);
});

test('an advertiser and a campaign are made, with what is wrong said beside its field', async () => {
  await page.getByRole('link', { name: 'Advertisers' }).first().click();
  await page.getByRole('button', { name: 'New advertiser' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('Umbrella Shop');
  await page.getByRole('dialog').getByRole('button', { name: 'Create' }).click();
  await page.getByRole('heading', { name: 'Umbrella Shop' }).waitFor();
  await page.getByRole('link', { name: 'New campaign' }).first().click();
  // Whose it is has been found: nothing is on its way any more.
  await page.getByText('Advertisement · Umbrella Shop').waitFor();
  await page.getByLabel('Title').fill('Umbrellas');
  await page.getByLabel('Text').fill('It will rain.');
  await page.getByLabel('Clicks limit').fill('5000');
  await page.getByLabel('Price of an impression, RUB').fill('5000');
  await page.getByRole('button', { name: 'Create' }).click();
  await page.getByText('Must not be above the impressions limit.').waitFor();
  // Whoever sends a form is led to the first field that something is wrong with.
  await page.waitForFunction(() => (document.activeElement as HTMLInputElement | null)?.value === '5,000');
  await page.getByLabel('Clicks limit').fill('100');
  await page.getByRole('button', { name: 'Create' }).click();
  await page.getByRole('heading', { name: 'Umbrellas', level: 1 }).waitFor();
  await page.getByText('running', { exact: true }).waitFor();
});

test('in the playground it is shown, clicked and counted', async () => {
  await page.getByRole('link', { name: 'Playground' }).first().click();
  await page.getByRole('button', { name: 'Show an ad' }).click();
  await page.getByText('It will rain.').waitFor();
  await page.getByTestId('counted-impressions').filter({ hasText: '1' }).waitFor();
  await page.getByRole('button', { name: 'Click it' }).click();
  await page.getByText('The click is noted.').waitFor();
  await page.getByTestId('counted-clicks').filter({ hasText: '1' }).waitFor();
  const day = await page.getByTestId('day').innerText();
  await page.getByRole('button', { name: 'Next day' }).click();
  await page.waitForFunction((before) => document.querySelector('[data-testid="day"]')?.textContent !== before, day);
  await page.getByRole('link', { name: 'Open the campaign' }).click();
  await page.getByRole('heading', { name: 'Umbrellas', level: 1 }).waitFor();
});

test('a campaign is paused, resumed and duplicated; several are put away together', async () => {
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByText('paused', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Resume' }).click();
  await page.getByRole('button', { name: 'Pause' }).waitFor();
  await page.getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Duplicate' }).click();
  await page.getByText('draft', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Launch' }).click();
  await page.getByText('running', { exact: true }).waitFor();
  await page.getByRole('link', { name: 'Campaigns' }).first().click();
  await page.getByRole('searchbox').fill('umbrellas');
  await page.waitForURL(/search=umbrellas/);
  // What was listed before stays in sight until the answer comes, and would be chosen as well.
  const found = page.getByRole('checkbox', { name: /^Choose “/ });
  await expect.poll(() => found.count()).toBe(2);
  await page.getByRole('checkbox', { name: 'Choose all campaigns of this page' }).check();
  await page.getByText('2 campaigns chosen').waitFor();
  await page.getByRole('button', { name: 'Archive' }).click();
  await page.getByText('Nothing fits').waitFor();
  await page.getByRole('combobox', { name: 'Status' }).click();
  await page.getByRole('option', { name: 'archived' }).click();
  await page.getByText('archived', { exact: true }).nth(1).waitFor();
});

const reason = (code: string): Promise<void> => page.getByTestId(`reason-${code}`).waitFor();
/** The row of a campaign in the preview of a decision. */
const candidate = (name: string): Locator => page.getByRole('row', { name: new RegExp(name) });

test('a campaign with budgets says why it is not delivered, until it is launched and resumed', async () => {
  await page.getByRole('link', { name: 'Campaigns' }).first().click();
  await page.getByRole('link', { name: 'New campaign' }).first().click();
  await page.getByRole('combobox', { name: 'Advertiser' }).fill('Umbrella Shop');
  await page.getByRole('option', { name: 'Umbrella Shop' }).click();
  await page.getByLabel('Title').fill('Raincoats');
  await page.getByLabel('Text').fill('Yellow ones.');
  await page.getByRole('checkbox', { name: 'Without a last day' }).check();
  await page.getByLabel('Price of an impression, RUB').fill('6000');
  await page.getByRole('radio', { name: 'Evenly over the day' }).check();
  await page.getByLabel('Most shows to one client').fill('3');
  await page.getByRole('button', { name: 'Save as a draft' }).click();
  await page.getByText('Even pacing spreads a daily budget: set one.').waitFor();
  await page.getByLabel('Total budget, RUB').fill('500000');
  await page.getByLabel('Daily budget, RUB').fill('5000');
  await page.getByText('With this budget the campaign would not be shown.').waitFor();
  await page.getByLabel('Daily budget, RUB').fill('300000');
  await page.getByRole('button', { name: 'Save as a draft' }).click();
  await page.getByRole('heading', { name: 'Raincoats', level: 1 }).waitFor();
  await page.getByRole('heading', { name: 'Why it is not delivering' }).waitFor();
  await reason('draft');
  await page.getByText('at most 3 shows in a day').waitFor();
  await page.getByRole('button', { name: 'Launch' }).click();
  await page.getByText('It is being delivered').waitFor();
  await page.getByRole('button', { name: 'Pause' }).click();
  await reason('paused');
  await page.getByRole('button', { name: 'Resume' }).click();
  await page.getByText('It is being delivered').waitFor();
});

test('what somebody else has changed meanwhile is shown, and nothing typed is lost', async () => {
  const address = page.url();
  await page.getByRole('link', { name: 'Edit', exact: true }).click();
  await page.getByLabel('Text').fill('Yellow ones, and green ones.');
  const campaign = /campaigns\/([^/]+)/.exec(address)?.[1] ?? '';
  await demo.call('PATCH', `/campaigns/${campaign}`, { daily_budget: 400_000 });
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Somebody else has changed it').waitFor();
  await page.getByRole('cell', { name: '400000' }).waitFor();
  await page.getByRole('button', { name: 'Put my changes on top' }).click();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.waitForURL(address);
  await page.getByText('Yellow ones, and green ones.').first().waitFor();
  await page.getByText(/of ₽400,000/).waitFor();
});

test('who leaves a form with changes is asked once', async () => {
  await page.getByRole('link', { name: 'Edit', exact: true }).click();
  await page.getByLabel('Text').fill('Red ones.');
  await page.getByRole('link', { name: 'Advertisers' }).first().click();
  await page.getByRole('dialog').getByText('What you typed into the form is not saved.').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  await page.getByLabel('Text').waitFor();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Discard changes' }).click();
  await page.getByRole('heading', { name: 'Raincoats', level: 1 }).waitFor();
});

test('the playground foretells what a client is shown, and why not the others', async () => {
  await page.getByRole('link', { name: 'Playground' }).first().click();
  await candidate('Raincoats').getByText('shown next').waitFor();
  await page.getByRole('button', { name: 'Show an ad' }).click();
  await page.getByText('Yellow ones, and green ones.').waitFor();
  await page.getByRole('button', { name: 'Click it' }).click();
  await candidate('Raincoats').getByText('The client has clicked it already.').waitFor();
  const search = page.getByRole('searchbox', { name: 'Search by name or title' });
  await search.fill('RAINC');
  await page.waitForURL(/search=RAINC/);
  await candidate('Raincoats').waitFor();
  await search.fill('nobody sells this');
  await page.getByText('Nothing fits').waitFor();
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await candidate('Raincoats').waitFor();
  const clients = await demo.call<{ login: string }[]>('GET', '/clients?size=80');
  // One that is not among those that are offered at first.
  const login = clients.at(-1)?.login ?? '';
  await page.getByRole('combobox', { name: 'Choose a client by their login' }).fill(login);
  await page.getByRole('option', { name: login, exact: true }).click();
  await page.getByTestId('client').filter({ hasText: login }).waitFor();
});

test('a campaign has several ads: made, weighed, rested, and found in the library', async () => {
  await page.getByRole('link', { name: 'Campaigns' }).first().click();
  await page.getByRole('link', { name: 'Raincoats' }).click();
  await page.getByRole('button', { name: 'New ad' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Weight').fill('300');
  await dialog.getByLabel('Title').fill('Raincoats for two');
  await dialog.getByLabel('Text').fill('Nobody stays at home.');
  await dialog.getByLabel('Landing page').fill('example.com');
  await dialog.getByRole('button', { name: 'Add' }).click();
  await dialog.getByText('An address that begins with https://').waitFor();
  await dialog.getByLabel('Landing page').fill('https://example.com/raincoats');
  await dialog.getByText('example.com', { exact: true }).waitFor();
  await dialog.getByRole('button', { name: 'Add' }).click();
  await dialog.waitFor({ state: 'detached' });
  const ads = page.getByRole('region', { name: 'Ads', exact: true });
  await ads.getByText('75%').waitFor();
  await ads.getByLabel('Weight of “Raincoats”', { exact: true }).fill('300');
  await page.keyboard.press('Enter');
  await ads.getByText('50%').first().waitFor();
  const search = page.getByRole('searchbox', { name: 'Search by name, title or text' });
  await search.fill('STAYS AT');
  await ads.getByRole('link', { name: 'Raincoats', exact: true }).waitFor({ state: 'detached' });
  await ads.getByText('50%').waitFor();
  await search.fill('');
  await ads.getByRole('link', { name: 'Raincoats', exact: true }).waitFor();
  for (const title of ['Raincoats', 'Raincoats for two']) {
    await ads.getByRole('button', { name: `More about “${title}”` }).click();
    await page.getByRole('menuitem', { name: 'Pause' }).click();
    await page.getByRole('menu').waitFor({ state: 'detached' });
  }
  await reason('no_active_ad');
  await ads.getByRole('button', { name: 'More about “Raincoats for two”' }).click();
  await page.getByRole('menuitem', { name: 'Resume' }).click();
  await ads.getByText('100%').waitFor();
  await page.getByText('It is being delivered').waitFor();
  await ads.getByRole('link', { name: 'Raincoats for two' }).click();
  await page.getByRole('heading', { name: 'Raincoats for two', level: 1 }).waitFor();
  await page.getByText('https://example.com/raincoats').waitFor();
  await page.getByRole('link', { name: 'Creatives' }).first().click();
  await page.getByRole('searchbox').fill('stays at home');
  await page.waitForURL(/search=stays/);
  await page.getByText('Raincoats for two').waitFor();
});

test('a campaign is paused and resumed where it is listed', async () => {
  await page.getByRole('link', { name: 'Campaigns' }).first().click();
  await page.getByRole('heading', { name: 'Campaigns', level: 1 }).waitFor();
  // The list that was read before its ads were changed is of another version, which is not to be paused.
  await page.reload();
  await page.getByRole('button', { name: 'Pause “Raincoats”' }).click();
  const row = page.getByRole('row').filter({ hasText: 'Raincoats' });
  await row.getByText('paused', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Resume “Raincoats”' }).click();
  await row.getByText('running', { exact: true }).waitFor();
});

test('a report is narrowed to an advertiser by its name', async () => {
  const question = { metrics: ['cost'], group_by: ['advertiser'], window: '30d' };
  await eventually('something was spent by advertisers', async () => {
    const { names } = await demo.call<{ names?: object }>('POST', '/reports/kpi', question);
    return names;
  });
  await page.getByRole('link', { name: 'Reports' }).first().click();
  await page.getByRole('button', { name: 'Filter' }).click();
  await page.getByRole('combobox', { name: 'What' }).click();
  await page.getByRole('option', { name: 'Advertiser', exact: true }).click();
  await page.getByRole('combobox', { name: 'Values' }).click();
  const option = page.getByRole('option').filter({ hasNotText: 'Not attributed' }).first();
  const name = await option.innerText();
  expect(name).not.toMatch(/^[0-9a-f-]{36}$/);
  await option.click();
  await page.getByRole('button', { name: 'Apply' }).last().click();
  await page.waitForURL((url) => /"advertiser","is","[0-9a-f-]{36}"/.test(url.searchParams.get('where') ?? ''));
  await page.reload();
  await page.getByRole('button', { name: `Advertiser: ${name}` }).click();
  // Who changes a filter begins with its values.
  await page.getByRole('combobox', { name: 'Values' }).and(page.locator(':focus')).waitFor();
  await page.keyboard.press('Escape');
  // Who has no numbers in these days has a name all the same.
  const silent = await demo.call<{ advertiser_id: string }>('POST', '/advertisers', { name: 'Silent Partner' });
  const where = new URLSearchParams({ where: JSON.stringify([['advertiser', 'is', silent.advertiser_id]]) });
  await page.goto(`${new URL(page.url()).pathname}?${where.toString()}`);
  await page.getByRole('button', { name: 'Advertiser: Silent Partner' }).click();
  await page.getByText('Silent Partner', { exact: true }).last().waitFor();
  await page.keyboard.press('Escape');
});

test('a dashboard is built, and taken away as a file', async () => {
  await page.getByRole('link', { name: 'Dashboards' }).first().click();
  await page.getByRole('button', { name: 'New dashboard' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('Campaigns every morning');
  await page.getByRole('dialog').getByRole('button', { name: 'Create' }).click();
  await page.waitForURL(/edit=true/);
  await page.getByRole('button', { name: 'Add a widget', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Pie', { exact: true }).click();
  await dialog.getByRole('textbox', { name: 'Title' }).fill('Channels');
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('button', { name: 'Edit', exact: true }).waitFor();
  await page.getByRole('img', { name: 'Channels' }).waitFor();
  await page.getByRole('button', { name: 'What can be done with “Channels”' }).click();
  const download = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: /^CSV/ }).click();
  expect((await download).suggestedFilename()).toBe('Channels.csv');
});

test('the demo has numbers wherever one looks first', async () => {
  const root = `/projects/${demo.project}`;
  await page.goto(root);
  await page
    .getByTestId('figure-revenue')
    .filter({ hasText: /[1-9]\d{2}/ })
    .waitFor();
  await page.goto(`${root}/reports?by=campaign_name&metrics=cost,romi`);
  await page
    .getByRole('cell', { name: /[1-9].*%/ })
    .first()
    .waitFor();
});

test('nothing complained on the way', () => {
  expect(complaints.except(/status of 412/)).toEqual([]);
});
