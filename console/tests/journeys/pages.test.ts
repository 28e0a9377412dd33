// Every page in both languages and both themes: kept as pictures, without errors, readable for everybody; and what the
// first page weighs.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { Complaints, type Look, openBrowser, openContext, screenshot, settle } from './browser';
import { furnish, type Ids } from './furniture';
import { House } from './house';
import { ANNA, becomeAdministrator, PASSWORD } from './people';

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
let ids: Ids;
let axe = '';

beforeAll(async () => {
  [house, browser] = await Promise.all([House.open(), openBrowser()]);
  axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  const first = await openContext(browser, house.url);
  await becomeAdministrator(await first.newPage());
  await first.close();
  ids = await furnish(house);
});
afterAll(async () => {
  await browser.close();
  await house.close();
});

/** `BARKER_PAGES=money` looks at the pages with that in their address alone. */
const wanted = (addresses: string[]): string[] =>
  addresses.filter((address) => address.includes(process.env['BARKER_PAGES'] ?? ''));

/** The address with the ids of what was furnished. */
function addressOf(pattern: string): string {
  return pattern.replace(/\{(\w+)\}/g, (_, name: keyof Ids) => ids[name]);
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

/** What is opened over a page, by what is pressed there, in English. */
const OPENED: [string, string, (page: Page) => Promise<void>][] = [
  ['new-ad', '/projects/{project}/campaigns/{campaign}', (page) => press(page, 'New ad')],
  ['edit-ad', '/projects/{project}/campaigns/{campaign}', (page) => press(page, 'Edit', 1)],
  ['new-creative', '/projects/{project}/creatives', (page) => press(page, 'New creative')],
  ['creative', '/projects/{project}/creatives', (page) => press(page, 'Umbrellas for two')],
  ['edit-creative', '/projects/{project}/creatives', (page) => press(page, 'Edit')],
  ['top-up', '/projects/{project}/advertisers/{advertiser}/money', (page) => press(page, 'Top up')],
  ['period', '/projects/{shop}', (page) => page.getByText('Last 30 days').click()],
  ['widget', '/projects/{shop}/dashboards/{dashboard}?edit=true', (page) => press(page, 'Add a widget')],
  ['new-webhook', '/projects/{project}/webhooks', (page) => press(page, 'New webhook')],
  ['new-key', '/projects/{project}/keys', (page) => press(page, 'Create a key')],
  ['played', '/projects/{project}/playground', (page) => press(page, 'Show an ad')],
];

async function press(page: Page, name: string, place = 0): Promise<void> {
  await page.getByRole('main').getByRole('button', { name, exact: true }).nth(place).click();
}

test.each(LOOKS.filter(({ locale }) => locale === 'en-US'))(
  'what is opened over a page looks right in $colorScheme',
  async (look) => {
    const context = await openContext(browser, house.url, look);
    await signedIn(context);
    const page = await context.newPage();
    const complaints = new Complaints();
    complaints.watch(page);
    const faults: string[] = [];
    for (const [name, address, open] of OPENED.filter(([, address]) => wanted([address]).length > 0)) {
      await page.goto('about:blank');
      await page.goto(addressOf(address));
      await settle(page);
      await open(page);
      await settle(page);
      await page.locator('[data-loading], .mantine-Skeleton-root').first().waitFor({ state: 'detached' });
      await screenshot(page, 'opened', look.colorScheme, name);
      faults.push(...(await barriers(page)).map((barrier) => `${name}: ${barrier}`));
    }
    await context.close();
    // Whoever has been shown what there is, in the look before, gets no ad.
    expect([...faults, ...complaints.except(/404.*\/clients\/[^/]+\/ad\)/)]).toEqual([]);
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
