// Every page in both languages and both themes: kept as pictures, without errors, readable for everybody; and what the
// first page weighs. Several browsers' worth of it go on at once.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { Complaints, type Look, openBrowser, openContext, screenshot, settle, turn } from './browser';
import { furnish, type Ids } from './furniture';
import { House } from './house';
import { ANNA, becomeAdministrator, PASSWORD } from './people';

/** Compressed JavaScript that the sign-in page may need. */
const SIGN_IN_BUDGET_BYTES = 230 * 1024;
/** For a walk through every page, beside others, on a machine that is busy otherwise too. */
const PATIENCE_MS = 300_000;

interface Walk extends Look {
  /** What the pages are loaded on. */
  on: keyof typeof SIZES;
}

const SIZES = { desk: { width: 1280, height: 800 }, phone: { width: 375, height: 740 } };
/**
 * How every page is loaded and looked over by axe: in each language once, in each theme once, at a desk and on a phone. Then its
 * window is made wide and its theme is changed where it stands, for pictures of that as well. What axe finds comes of the words or
 * of the colors, hardly of both together, and it sees all of either.
 */
const WALKS: Walk[] = [
  { locale: 'en-US', colorScheme: 'light', on: 'desk' },
  { locale: 'ru-RU', colorScheme: 'dark', on: 'phone' },
];
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
  // Two names on each bar.
  '/projects/{shop}/reports?by=channel,campaign_name&metrics=revenue&shape=bar',
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
  '/projects/{project}/advertisers?status=archived',
  '/projects/{project}/transactions',
  '/projects/{shop}/transactions',
  '/projects/{project}/clients',
  '/projects/{shop}/clients',
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
  const asked = /(?:by|metric|status)=(\w+)/.exec(search)?.[1] ?? /^edit/.exec(search)?.[0];
  return plain.replaceAll('/', '-').slice(1) + (asked === undefined ? '' : `-by-${asked}`);
}

interface Violation {
  id: string;
  impact: string | null;
  nodes: { html: string }[];
}

/** What keeps somebody from using the page; the browser's own policy would not let a script in from outside. */
async function barriers(page: Page, rules?: string[]): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  await session.send('Runtime.evaluate', { expression: axe });
  const found = await page.evaluate(async (rules) => {
    const { axe } = window as unknown as { axe: { run: (options: object) => Promise<{ violations: Violation[] }> } };
    const only = rules === undefined ? {} : { runOnly: rules };
    return (await axe.run({ resultTypes: ['violations'], ...only })).violations;
  }, rules);
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

async function visit(context: BrowserContext, addresses: string[], walk: Walk): Promise<string[]> {
  const page = await context.newPage();
  const complaints = new Complaints();
  complaints.watch(page);
  const faults: string[] = [];
  for (const address of wanted(addresses)) {
    await page.emulateMedia({ colorScheme: walk.colorScheme });
    await page.setViewportSize(SIZES[walk.on]);
    await page.goto(addressOf(address));
    await settle(page);
    const found = walk.on === 'phone' ? await narrowFaults(page, address) : [];
    faults.push(...[...found, ...(await barriers(page))].map((fault) => `${address}: ${fault}`));
    for (const colorScheme of turns(walk)) {
      if (colorScheme !== walk.colorScheme) await turn(page, colorScheme);
      await screenshot(page, walk.locale.slice(0, 2), colorScheme, nameOf(address));
    }
  }
  await page.close();
  return [...faults, ...complaints.all];
}

/** Takes the picture of a phone, asks whether everything fits onto it, and makes the window wide. */
async function narrowFaults(page: Page, address: string): Promise<string[]> {
  await screenshot(page, 'phone', nameOf(address));
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  await page.setViewportSize(SIZES.desk);
  await settle(page);
  return width > SIZES.phone.width ? [`it is ${width} wide on a phone`] : [];
}

/** Both themes, first the one that stands there already. */
function turns({ colorScheme }: Look): Look['colorScheme'][] {
  return colorScheme === 'light' ? ['light', 'dark'] : ['dark', 'light'];
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

test.concurrent.each(WALKS)(
  'every page looks right in $locale, first $colorScheme on a $on',
  async (walk) => {
    const context = await openContext(browser, house.url, walk);
    const outside = await visit(context, OUTSIDE, walk);
    await signedIn(context);
    const inside = await visit(context, INSIDE, walk);
    await context.close();
    expect([...outside, ...inside]).toEqual([]);
  },
  PATIENCE_MS,
);

/** What is opened over a page, by what is pressed there, in English. */
const OPENED: [string, string, (page: Page) => Promise<void>][] = [
  ['new-ad', '/projects/{project}/campaigns/{campaign}', (page) => press(page, 'New ad')],
  ['edit-ad', '/projects/{project}/campaigns/{campaign}', (page) => press(page, 'Edit', 1)],
  ['new-creative', '/projects/{project}/creatives', (page) => press(page, 'New creative')],
  ['creative', '/projects/{project}/creatives', (page) => press(page, 'Umbrellas for two')],
  ['edit-creative', '/projects/{project}/creatives', (page) => press(page, 'Edit')],
  ['top-up', '/projects/{project}/advertisers/{advertiser}/money', (page) => press(page, 'Top up')],
  [
    'archive-advertiser',
    '/projects/{project}/advertisers/{advertiser}',
    (page) => page.getByRole('button', { name: 'Archive', exact: true }).click(),
  ],
  ['new-client', '/projects/{project}/clients', (page) => press(page, 'New client')],
  [
    'wrong-client',
    '/projects/{project}/clients',
    async (page) => {
      await press(page, 'New client');
      await page.getByRole('dialog').getByRole('button', { name: 'Create' }).click();
    },
  ],
  ['wrong-campaign', '/projects/{project}/campaigns/new', (page) => press(page, 'Create and launch')],
  [
    'refund-clicks',
    '/projects/{project}/advertisers/{advertiser}/clicks',
    async (page) => {
      await page.getByRole('checkbox', { name: 'Choose this click' }).first().check();
      await press(page, 'Give the money back');
    },
  ],
  ['edit-client', '/projects/{project}/clients', (page) => press(page, 'Edit')],
  ['erase-client', '/projects/{project}/clients', (page) => press(page, 'Erase')],
  ['period', '/projects/{shop}', (page) => page.getByText('Last 30 days').click()],
  ['widget', '/projects/{shop}/dashboards/{dashboard}?edit=true', (page) => press(page, 'Add a widget')],
  ['new-webhook', '/projects/{project}/webhooks', (page) => press(page, 'New webhook')],
  ['new-key', '/projects/{project}/keys', (page) => press(page, 'Create a key')],
  [
    'calendar',
    '/projects/{project}/transactions',
    (page) => page.getByRole('textbox', { name: 'From this day' }).click(),
  ],
  ['invite', '/projects/{project}/members', (page) => press(page, 'Invite')],
  ['share', '/projects/{shop}/dashboards/{dashboard}', (page) => press(page, 'Share')],
  ['rename', '/projects/{project}/advertisers/{advertiser}', (page) => press(page, 'Rename')],
  [
    'filter-values',
    '/projects/{shop}/reports',
    async (page) => {
      await press(page, 'Filter');
      // What is opened takes the focus first, and would close the list by that.
      await settle(page);
      await page.getByRole('combobox', { name: 'Values' }).click();
      await page.getByRole('option').nth(6).waitFor();
    },
  ],
  ['played', '/projects/{project}/playground', (page) => press(page, 'Show an ad')],
];

async function press(page: Page, name: string, place = 0): Promise<void> {
  await page.getByRole('main').getByRole('button', { name, exact: true }).nth(place).click();
}

test.concurrent(
  'what is opened over a page looks right',
  async () => {
    const context = await openContext(browser, house.url);
    await signedIn(context);
    const page = await context.newPage();
    const complaints = new Complaints();
    complaints.watch(page);
    const faults: string[] = [];
    for (const [name, address, act] of OPENED.filter(([, address]) => wanted([address]).length > 0)) {
      await page.emulateMedia({ colorScheme: 'light' });
      await page.goto(addressOf(address));
      await settle(page);
      await act(page);
      await settle(page);
      await page.locator('[data-loading], .mantine-Skeleton-root').first().waitFor({ state: 'detached' });
      await screenshot(page, 'opened', 'light', name);
      faults.push(...(await barriers(page)).map((barrier) => `${name}: ${barrier}`));
      await turn(page, 'dark');
      await screenshot(page, 'opened', 'dark', name);
      // Nothing but colors is another.
      faults.push(...(await barriers(page, ['color-contrast'])).map((barrier) => `${name}, dark: ${barrier}`));
    }
    await context.close();
    expect([...faults, ...complaints.all]).toEqual([]);
  },
  PATIENCE_MS,
);

test.concurrent('days are typed and chosen in the language of the console, whatever the browser speaks', async () => {
  const context = await openContext(browser, house.url);
  await context.addInitScript(() => localStorage.setItem('barker.language', 'ru'));
  await signedIn(context);
  const page = await context.newPage();
  await page.goto(addressOf('/projects/{project}/transactions'));
  const day = page.getByRole('textbox', { name: 'С этого дня' });
  await day.click();
  await page.getByText('пн', { exact: true }).waitFor();
  await day.fill('21.11.2026');
  await page.keyboard.press('Enter');
  await page.waitForURL(/from=2026-11-21/);
  await page.reload();
  await page.waitForFunction(() => [...document.querySelectorAll('input')].some(({ value }) => value === '21.11.2026'));
  await context.close();
});

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
