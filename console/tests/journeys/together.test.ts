// Two people work on the same thing: what one has changed is shown to the other, and nothing typed is lost.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { Complaints, openBrowser, openContext, photographFailures } from './browser';
import { House } from './house';
import { becomeAdministrator, tokenOf } from './people';

const VERA = 'c0000000-0000-4000-8000-00000000beef';

let house: House;
let browser: Browser;
let page: Page;
const complaints = new Complaints();
const ids = { project: '', advertiser: '', token: '' };

photographFailures(() => page);
beforeAll(async () => {
  [house, browser] = await Promise.all([House.open(), openBrowser()]);
  page = await (await openContext(browser, house.url)).newPage();
  complaints.watch(page);
  await becomeAdministrator(page);
  ids.token = await tokenOf(house);
  const post = <T>(path: string, body: unknown): Promise<T> => house.call<T>('POST', path, body, ids.token);
  const made = await post<{ project_id: string }>('/api/v1/projects', { name: 'Plush', currency: 'RUB' });
  ids.project = made.project_id;
  const shop = { name: 'Umbrella Shop' };
  const added = await post<{ advertiser_id: string }>(`/api/v1/projects/${ids.project}/advertisers`, shop);
  ids.advertiser = added.advertiser_id;
});
afterAll(async () => {
  await browser.close();
  await house.close();
});

test('a client is made, changed at the same time as by another, found and erased', async () => {
  await page.goto(`/projects/${ids.project}/clients`);
  await page.getByRole('button', { name: 'New client' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Login').fill('vera of the journey');
  await dialog.getByLabel('Id').fill('vera');
  await dialog.getByRole('button', { name: 'Create' }).click();
  await dialog.getByText('An id is a UUID').waitFor();
  await dialog.getByLabel('Id').fill(VERA);
  await dialog.getByLabel('Age').fill('30');
  await dialog.getByRole('combobox', { name: 'Gender' }).click();
  await page.getByRole('option', { name: 'woman' }).click();
  await dialog.getByLabel('Location').fill('Moscow');
  await dialog.getByRole('button', { name: 'Create' }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('searchbox', { name: 'Search by login' }).fill('of the journey');
  await page.waitForURL(/search=of/);
  const row = page.getByRole('row').filter({ hasText: VERA });
  await row.getByRole('button', { name: 'Edit' }).click();
  await dialog.getByLabel('Age').fill('31');
  await house.call('PATCH', `/api/v1/projects/${ids.project}/clients/${VERA}`, { location: 'Kazan' }, ids.token);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByText('Somebody else has changed it').waitFor();
  await dialog.getByRole('cell', { name: 'Kazan' }).waitFor();
  await dialog.getByRole('button', { name: 'Put my changes on top' }).click();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.waitFor({ state: 'detached' });
  await row.getByRole('cell', { name: '31', exact: true }).waitFor();
  await row.getByRole('cell', { name: 'Kazan' }).waitFor();
  await row.getByRole('button', { name: 'Erase' }).click();
  await dialog.getByRole('button', { name: 'Erase' }).click();
  await page.getByText('Nothing fits').waitFor();
});

test('an advertiser is renamed at the same time as by another', async () => {
  await page.getByRole('link', { name: 'Advertisers' }).first().click();
  await page.getByRole('searchbox', { name: 'Search by name' }).fill('umbrella');
  await page.waitForURL(/search=umbrella/);
  await page.getByRole('link', { name: 'Umbrella Shop' }).click();
  await page.getByRole('button', { name: 'Rename' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('Umbrella House');
  const path = `/api/v1/projects/${ids.project}/advertisers/${ids.advertiser}`;
  await house.call('PATCH', path, { name: 'Parasols' }, ids.token);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByText('Somebody else has changed it').waitFor();
  await dialog.getByRole('cell', { name: 'Parasols' }).waitFor();
  await dialog.getByRole('button', { name: 'Put my changes on top' }).click();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('heading', { name: 'Umbrella House', level: 1 }).waitFor();
  const renamed = await house.call<{ name: string }>('GET', path, undefined, ids.token);
  expect(renamed.name).toBe('Umbrella House');
});

/** A campaign whose ad somebody else changes while its form, or that of its creative, is open. */
async function campaignWithAd(): Promise<{ campaign_id: string; ad: { ad_id: string; creative_id: string } }> {
  const below = `/api/v1/projects/${ids.project}`;
  const campaign = await house.call<{ campaign_id: string }>(
    'POST',
    `${below}/campaigns`,
    {
      advertiser_id: ids.advertiser,
      ad_title: 'Parasols',
      ad_text: 'It will shine.',
      start_date: new Date().toISOString().slice(0, 10),
      impressions_limit: 10,
      clicks_limit: 10,
      cost_per_impression: 1,
      cost_per_click: 1,
    },
    ids.token,
  );
  const path = `${below}/campaigns/${campaign.campaign_id}/ads`;
  const [ad] = await house.call<{ ad_id: string; creative: { creative_id: string } }[]>(
    'GET',
    path,
    undefined,
    ids.token,
  );
  if (ad === undefined) throw new Error('a campaign is made with an ad');
  return { ...campaign, ad: { ad_id: ad.ad_id, creative_id: ad.creative.creative_id } };
}

test('an ad and its creative are changed at the same time as by another', async () => {
  const { campaign_id, ad } = await campaignWithAd();
  const below = `/api/v1/projects/${ids.project}`;
  await page.goto(`/projects/${ids.project}/campaigns/${campaign_id}`);
  const dialog = page.getByRole('dialog');
  await page.getByRole('region', { name: 'Ads', exact: true }).getByRole('button', { name: 'Edit' }).click();
  await dialog.getByLabel('Weight').fill('300');
  await house.call('PATCH', `${below}/ads/${ad.ad_id}`, { name: 'Summer' }, ids.token);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByText('Somebody else has changed it').waitFor();
  await dialog.getByRole('cell', { name: 'Summer' }).waitFor();
  await dialog.getByRole('button', { name: 'Put my changes on top' }).click();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.waitFor({ state: 'detached' });
  const both = await house.call<{ name: string; weight: number }>(
    'GET',
    `${below}/ads/${ad.ad_id}`,
    undefined,
    ids.token,
  );
  expect([both.name, both.weight]).toEqual(['Summer', 300]);
  await page.goto(`/projects/${ids.project}/creatives`);
  await page.getByRole('button', { name: 'Edit' }).click();
  await dialog.getByLabel('Title').fill('Parasols for two');
  await house.call('PATCH', `${below}/creatives/${ad.creative_id}`, { text: 'It will shine all day.' }, ids.token);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByRole('cell', { name: 'It will shine all day.' }).waitFor();
  await dialog.getByRole('button', { name: 'Take theirs, drop mine' }).click();
  await expect.poll(() => dialog.getByLabel('Title').inputValue()).toBe('Parasols');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
});

test('nothing complained on the way', () => {
  expect(complaints.except(/status of 412/)).toEqual([]);
});
