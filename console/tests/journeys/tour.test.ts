// The pictures of docs/TOUR.md, taken of the demo as somebody new sees it: `scripts/console tour` puts them there.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { artefacts, Complaints, openBrowser, openContext, settle } from './browser';
import { Demo, DEMO_EMAIL } from './demo';
import { House } from './house';
import { signIn } from './people';

let house: House;
let browser: Browser;
let page: Page;
let demo: Demo;
const complaints = new Complaints();

async function picture(name: string, path?: string): Promise<void> {
  if (path !== undefined) await page.goto(`/projects/${demo.project}${path}`);
  await settle(page);
  // Charts draw themselves after their data are there.
  await page.waitForTimeout(400);
  await page.screenshot({ path: `${artefacts}/tour/${name}.png` });
}

beforeAll(async () => {
  [house, browser] = await Promise.all([House.open('--demo'), openBrowser()]);
  page = await (await openContext(browser, house.url)).newPage();
  complaints.watch(page);
  demo = await Demo.filled(house);
  await page.goto('/');
  await signIn(page, DEMO_EMAIL, demo.password);
  await page.getByRole('heading', { name: 'sandbox' }).waitFor();
}, 180_000);
afterAll(async () => {
  await browser.close();
  await house.close();
});

test('numbers: overview, a report, a dashboard', async () => {
  await picture('overview', '');
  await picture('report', '/reports?by=campaign_name&metrics=cost,revenue,romi,orders,cr&period=30d');
  const [dashboard] = await demo.call<{ dashboard_id: string }[]>('GET', '/dashboards');
  await picture('dashboard', `/dashboards/${dashboard?.dashboard_id ?? ''}`);
});

test('advertising: campaigns, one of them, the playground', async () => {
  await picture('campaigns', '/campaigns?stage=running');
  const [campaign] = await demo.call<{ campaign_id: string; advertiser_id: string }[]>(
    'GET',
    '/campaigns?sort=clicks&size=1',
  );
  await picture('campaign', `/campaigns/${campaign?.campaign_id ?? ''}`);
  await page.goto(`/projects/${demo.project}/playground`);
  await page.getByRole('button', { name: 'Show an ad' }).click();
  await page.getByRole('button', { name: 'Click it' }).click();
  await page.getByText('The click is noted.').waitFor();
  await picture('playground');
  await picture('statement', `/advertisers/${campaign?.advertiser_id ?? ''}/statement`);
});

test('data: where they come from, and a file on its way in', async () => {
  await picture('sources', '/data');
  await page.goto(`/projects/${demo.project}/data/imports/new`);
  const rows = ['Order;Date;Total;E-mail;Coupon'];
  for (let number = 1; number <= 12; number += 1) {
    rows.push(`${2_000 + number};${number}.11.2026 12:00;${1_500 + number * 130};client${number}@example.com;`);
  }
  const orders = { name: 'november.csv', mimeType: 'text/csv', buffer: Buffer.from(rows.join('\n')) };
  await page.locator('input[type="file"]').setInputFiles(orders);
  await page.getByRole('radio', { name: 'Orders' }).click();
  await page.getByRole('cell', { name: '2001' }).waitFor();
  await picture('import');
});

test('nothing complained on the way', () => {
  expect(complaints.all).toEqual([]);
});
