// Every page in both languages and both themes: kept as pictures, without errors, readable for everybody; and what the
// first page weighs.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { Complaints, type Look, openBrowser, openContext, screenshot, settle } from './browser';
import { House } from './house';
import { ANNA, becomeAdministrator, BORIS, PASSWORD } from './people';
import { openShop } from './shop';

/** Compressed JavaScript that the sign-in page may need. */
const SIGN_IN_BUDGET_BYTES = 230 * 1024;

const LOOKS: Look[] = (['en-US', 'ru-RU'] as const).flatMap((locale) =>
  (['light', 'dark'] as const).map((colorScheme) => ({ locale, colorScheme })),
);
const OUTSIDE = ['/sign-in', '/forgotten-password', '/register', '/reset-password#link', '/accept-invitation#link'];
const INSIDE = [
  '/projects/{shop}',
  '/projects/{shop}?metric=romi&period=this_quarter&where=%5B%5B%22channel%22,%22is%22,%22paid_search%22%5D%5D',
  '/projects/{shop}/dashboards',
  '/projects/{shop}/dashboards/{dashboard}',
  '/projects/{shop}/dashboards/{dashboard}?edit=true',
  '/projects/{project}/dashboards/{empty}',
  '/shared#{link}',
  '/projects/{shop}/reports',
  '/projects/{shop}/reports?by=day&metrics=revenue,cost,romi&compare=previous_period',
  '/projects/{project}/reports',
  '/projects/{project}/campaigns',
  '/projects/{project}/campaigns/new',
  '/projects/{project}/campaigns/{campaign}',
  '/projects/{project}/campaigns/{campaign}/edit',
  // The ad that is made with a campaign has its id.
  '/projects/{project}/campaigns/{campaign}/ads/{campaign}',
  '/projects/{project}/creatives',
  '/projects/{project}/campaigns/{paced}',
  '/projects/{project}/campaigns/{paced}/edit',
  '/projects/{project}/advertisers',
  '/projects/{project}/advertisers/{advertiser}',
  '/projects/{project}/advertisers/{advertiser}/money',
  '/projects/{project}/advertisers/{advertiser}/statement',
  '/projects/{project}/advertisers/{advertiser}/clicks',
  '/projects/{project}/playground',
  '/projects/{project}',
  '/projects/{shop}/data',
  '/projects/{shop}/data/imports',
  '/projects/{shop}/data/imports/new',
  '/projects/{shop}/data/channels',
  '/projects/{shop}/data/conversions',
  '/projects/{project}/members',
  '/projects/{project}/keys',
  '/projects/{project}/webhooks',
  '/projects/{project}/webhooks/{webhook}',
  '/projects/{project}/jobs',
  '/projects/{project}/audit',
  '/projects/{project}/settings',
  '/projects/new',
  '/profile',
  '/administration',
  '/administration/users',
  '/administration/projects',
  '/administration/jobs',
  '/administration/audit',
  '/administration/settings',
  '/nothing-here',
];

let house: House;
let browser: Browser;
const CLIENT = {
  client_id: 'c0000000-0000-4000-8000-000000000001',
  login: 'vera',
  age: 30,
  location: 'Moscow',
  gender: 'FEMALE',
};
const CAMPAIGN = {
  ad_title: 'Umbrellas',
  ad_text: 'It will rain.',
  impressions_limit: 1_000,
  clicks_limit: 100,
  cost_per_impression: 0.5,
  cost_per_click: 9,
  start_date: 0,
  end_date: 13,
  targeting: { location: 'Moscow' },
};

const ids = {
  ...{ project: '', advertiser: '', campaign: '', paced: '', shop: '', dashboard: '', empty: '', link: '' },
  webhook: '',
};
let axe = '';

beforeAll(async () => {
  [house, browser] = await Promise.all([House.open(), openBrowser()]);
  axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  const first = await openContext(browser, house.url);
  await becomeAdministrator(await first.newPage());
  await first.close();
  await furnish();
});
afterAll(async () => {
  await browser.close();
  await house.close();
});

/** Something on every page. */
async function furnish(): Promise<void> {
  const login = { email: ANNA.email, password: PASSWORD };
  const { access_token } = await house.call<{ access_token: string }>('POST', '/api/v1/auth/token', login);
  const post = <T>(path: string, body?: unknown): Promise<T> => house.call<T>('POST', path, body, access_token);
  const { project_id } = await post<{ project_id: string }>('/api/v1/projects', { name: 'Plush', currency: 'RUB' });
  const below = `/api/v1/projects/${project_id}`;
  const key = await post<{ secret: string }>(`${below}/keys`, { name: 'Shop', scopes: ['serve', 'manage', 'read'] });
  await post(`${below}/invitations`, { email: BORIS.email, role: 'marketer' });
  const { advertiser_id } = await post<{ advertiser_id: string }>(`${below}/advertisers`, { name: 'Umbrella Shop' });
  const campaign = { ...CAMPAIGN, advertiser_id };
  const { campaign_id } = await post<{ campaign_id: string }>(`${below}/campaigns`, campaign);
  await post(`${below}/campaigns`, { ...campaign, ad_title: 'Raincoats', start_date: 5, end_date: 9 });
  const paced = await post<{ campaign_id: string }>(`${below}/campaigns`, {
    ...{ ...campaign, ad_title: 'Rubber boots', end_date: null, total_budget: 900, daily_budget: 20, pacing: 'even' },
    frequency_cap: { impressions: 3, per: 'day' },
  });
  await house.call('POST', '/clients/bulk', [CLIENT], key.secret);
  await post(`${below}/clients/${CLIENT.client_id}/ad`);
  await post(`${below}/clients/${CLIENT.client_id}/clicks/${campaign_id}`);
  const account = `${below}/advertisers/${advertiser_id}/account`;
  for (const [key, amount, note] of [
    ['a', 1_000.5, 'Invoice 7'],
    ['b', 250, 'Invoice 8'],
  ] as const) {
    await house.call('POST', `${account}/top-ups`, { amount, note }, access_token, { 'idempotency-key': key });
  }
  const hook = { url: 'https://nowhere.invalid/hooks/barker', events: ['campaign.finished'], description: 'The chat' };
  const { webhook_id } = await post<{ webhook_id: string }>(`${below}/webhooks`, hook);
  await post(`${below}/webhooks/${webhook_id}/ping`);
  const shop = await post<{ project_id: string }>('/api/v1/projects', {
    name: 'Rain',
    currency: 'RUB',
    time_zone: 'UTC',
  });
  await openShop(house, [shop.project_id, access_token]);
  const ofShop = `/api/v1/projects/${shop.project_id}/dashboards`;
  const [first] = await house.call<{ dashboard_id: string }[]>('GET', ofShop, undefined, access_token);
  const { token } = await post<{ token: string }>(`${ofShop}/${first?.dashboard_id ?? ''}/links`);
  const empty = await post<{ dashboard_id: string }>(`${below}/dashboards`, { name: 'Morning' });
  Object.assign(ids, {
    ...{ dashboard: first?.dashboard_id, empty: empty.dashboard_id, link: token },
    ...{ project: project_id, advertiser: advertiser_id, campaign: campaign_id },
    paced: paced.campaign_id,
    shop: shop.project_id,
    webhook: webhook_id,
  });
}

/** `BARKER_PAGES=money` looks at the pages with that in their address alone. */
const wanted = (addresses: string[]): string[] =>
  addresses.filter((address) => address.includes(process.env['BARKER_PAGES'] ?? ''));

/** The address with the ids of what was furnished. */
function addressOf(pattern: string): string {
  return pattern.replace(/\{(\w+)\}/g, (_, name: keyof typeof ids) => ids[name]);
}

function nameOf(pattern: string): string {
  const [path = '', search = ''] = pattern.split('?');
  const plain = path.replace(/\/projects\/\{(project|shop)\}/, '/$1').replace(/#.*|[{}]/g, '');
  // What is asked tells two views of one page apart.
  const asked = /(?:by|metric)=(\w+)/.exec(search)?.[1] ?? /^edit/.exec(search)?.[0];
  return plain.replaceAll('/', '-').slice(1) + (asked === undefined ? '' : `-by-${asked}`);
}

interface Violation {
  id: string;
  impact: string | null;
  nodes: { html: string }[];
}

/** What keeps somebody from using the page; the browser's own policy would not let a script in from outside. */
async function barriers(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  await session.send('Runtime.evaluate', { expression: axe });
  const found = await page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run: () => Promise<{ violations: Violation[] }> } };
    return (await axe.run()).violations;
  });
  await session.detach();
  const serious = found.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  return serious.map(
    ({ id, nodes }) =>
      `${id}: ${nodes
        .map((node) => node.html)
        .join(' ')
        .slice(0, 400)}`,
  );
}

async function visit(context: BrowserContext, addresses: string[], look: Look): Promise<string[]> {
  const page = await context.newPage();
  const complaints = new Complaints();
  complaints.watch(page);
  const faults: string[] = [];
  for (const address of wanted(addresses)) {
    await page.goto('about:blank');
    await page.goto(addressOf(address));
    await settle(page);
    await screenshot(page, look.locale.slice(0, 2), look.colorScheme, nameOf(address));
    const found = await barriers(page);
    faults.push(...found.map((barrier) => `${address}: ${barrier}`));
  }
  await page.close();
  return [...faults, ...complaints.all];
}

async function signedIn(context: BrowserContext): Promise<void> {
  const page = await context.newPage();
  await page.goto('/sign-in');
  await settle(page);
  await page.locator('input[type="email"]').fill(ANNA.email);
  await page.locator('input[type="password"]').fill(PASSWORD);
  await page.locator('button[type="submit"]').click();
  await page.waitForURL(/projects/);
  await page.close();
}

test.each(LOOKS)(
  'every page looks right in $locale, $colorScheme',
  async (look) => {
    const context = await openContext(browser, house.url, look);
    const outside = await visit(context, OUTSIDE, look);
    await signedIn(context);
    const inside = await visit(context, INSIDE, look);
    await context.close();
    expect([...outside, ...inside]).toEqual([]);
  },
  120_000,
);

test('pages can be read on a phone', async () => {
  const context = await browser.newContext({
    baseURL: house.url,
    locale: 'ru-RU',
    viewport: { width: 375, height: 740 },
    reducedMotion: 'reduce',
  });
  await signedIn(context);
  const page = await context.newPage();
  const wide: string[] = [];
  for (const address of wanted(INSIDE)) {
    await page.goto(addressOf(address));
    await settle(page);
    await screenshot(page, 'phone', nameOf(address));
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    if (width > 375) wide.push(`${address} is ${width} wide`);
  }
  await context.close();
  expect(wide).toEqual([]);
}, 90_000);

test('signing in loads at most 230 KB of compressed JavaScript', async () => {
  const context = await openContext(browser, house.url);
  const page = await context.newPage();
  const sizes: [string, number][] = [];
  page.on('response', (response) => {
    if (!response.url().endsWith('.js')) return;
    const { 'content-length': length, 'content-encoding': coding } = response.headers();
    if (!response.url().endsWith('first-paint.js')) expect(coding, response.url()).toBe('br');
    sizes.push([response.url(), Number(length)]);
  });
  // A browser asks for brotli only where nobody on the way can spoil it; this machine counts as such.
  await page.goto('/sign-in');
  await settle(page);
  await page.waitForLoadState('networkidle');
  const total = sizes.reduce((sum, [, size]) => sum + size, 0);
  await context.close();
  expect(sizes.length).toBeGreaterThan(3);
  expect(total, JSON.stringify(sizes)).toBeGreaterThan(50 * 1024);
  expect(total, JSON.stringify(sizes)).toBeLessThanOrEqual(SIGN_IN_BUDGET_BYTES);
  console.info(`sign-in: ${(total / 1024).toFixed(0)} KB of compressed JavaScript`);
});
