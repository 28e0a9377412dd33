// Every page in both languages and both themes: without errors, readable for everybody, and kept as pictures where somebody
// wants to look at them; and what the first page weighs. Several browsers' worth of it go on at once.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { Complaints, type Look, openBrowser, openContext, screenshot, settle, turn } from './browser';
import { furnish, type Ids } from './furniture';
import { House } from './house';
import { type Opened, openedOver } from './opened';
import { ANNA, becomeAdministrator, PASSWORD } from './people';

/** Compressed JavaScript that the sign-in page may need. */
const SIGN_IN_BUDGET_BYTES = 230 * 1024;
/** For a walk through every page, beside others, on a machine that is busy otherwise too. */
const PATIENCE_MS = 600_000;

interface Walk extends Look {
  /** What the pages are looked at on. */
  on: keyof typeof SIZES;
  /** Each is loaded from its address, or gone to from another page, as links do it. */
  by: 'loading' | 'going';
}

const SIZES = { desk: { width: 1280, height: 800 }, phone: { width: 375, height: 740 } };
/**
 * How every page is come to and looked over by axe: in each language once, in each theme once, at a desk and on a phone, whose
 * window is then made wide. What axe finds comes of the words or of the colors, hardly of both together, and it sees all of either.
 */
const WALKS: Walk[] = [
  { locale: 'en-US', colorScheme: 'light', on: 'desk', by: 'loading' },
  { locale: 'ru-RU', colorScheme: 'dark', on: 'phone', by: 'going' },
];
const NOWHERE = '/nothing-here';
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
  NOWHERE,
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

/** `BARKER_PAGES=money` takes pictures, and of the pages with that in their address alone. */
const part = process.env['BARKER_PAGES'];
const isPictured = part !== undefined;
const isWanted = (address: string): boolean => address.includes(part ?? '');

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
async function barriers(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  await session.send('Runtime.evaluate', { expression: axe });
  const found = await page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run: (options: object) => Promise<{ violations: Violation[] }> } };
    return (await axe.run({ resultTypes: ['violations'] })).violations;
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

/** Goes where a link would lead, from the page for addresses that lead nowhere, whose heading tells when it is left. */
async function go(page: Page, address: string, nowhere: string): Promise<void> {
  const elsewhere = page.getByRole('heading', { level: 1, name: nowhere });
  await page.evaluate((path) => history.pushState({}, '', path), NOWHERE);
  await elsewhere.waitFor();
  await page.evaluate((path) => history.pushState({}, '', path), address);
  await elsewhere.waitFor({ state: 'detached' });
}

async function visit(context: BrowserContext, addresses: string[], walk: Walk): Promise<string[]> {
  const page = await context.newPage();
  const complaints = new Complaints();
  complaints.watch(page);
  const faults: string[] = [];
  await page.goto(NOWHERE);
  await settle(page);
  const nowhere = await page.locator('h1').innerText();
  for (const address of addresses.filter(isWanted)) {
    await page.emulateMedia({ colorScheme: walk.colorScheme });
    await page.setViewportSize(SIZES[walk.on]);
    // What stands behind a # is for whoever comes from outside.
    if (walk.by === 'loading' || /#/.test(address) || address === NOWHERE) await page.goto(addressOf(address));
    else await go(page, addressOf(address), nowhere);
    await settle(page);
    const found = walk.on === 'phone' ? await narrowFaults(page, address) : [];
    found.push(...(await barriers(page)));
    faults.push(...found.map((fault) => `${address}: ${fault}`));
    if (found.length > 0) await screenshot(page, 'failed', `${walk.locale}-${nameOf(address)}`);
    if (isPictured) await pictures(page, walk, address);
  }
  await page.close();
  return [...faults, ...complaints.all];
}

/** In both themes, first the one that stands there already. */
async function pictures(page: Page, { locale, colorScheme }: Look, address: string): Promise<void> {
  await screenshot(page, locale.slice(0, 2), colorScheme, nameOf(address));
  const other = otherThan(colorScheme);
  await turn(page, other);
  await screenshot(page, locale.slice(0, 2), other, nameOf(address));
}

const otherThan = (scheme: Look['colorScheme']): Look['colorScheme'] => (scheme === 'light' ? 'dark' : 'light');

/** Asks whether everything fits onto a phone, and makes the window wide. */
async function narrowFaults(page: Page, address: string): Promise<string[]> {
  if (isPictured) await screenshot(page, 'phone', nameOf(address));
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  await page.setViewportSize(SIZES.desk);
  await settle(page);
  return width > SIZES.phone.width ? [`it is ${width} wide on a phone`] : [];
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

async function openedFaults(page: Page, [name, address, act]: Opened, scheme: Look['colorScheme']): Promise<string[]> {
  await page.emulateMedia({ colorScheme: scheme });
  await page.goto(addressOf(address));
  await settle(page);
  await act(page);
  await settle(page);
  await page.locator('[data-loading], .mantine-Skeleton-root').first().waitFor({ state: 'detached' });
  const found = await barriers(page);
  if (found.length > 0) await screenshot(page, 'failed', `${name}-${scheme}`);
  if (isPictured) await screenshot(page, 'opened', scheme, name);
  return found.map((barrier) => `${name}, ${scheme}: ${barrier}`);
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
    for (const [place, each] of openedOver(isWanted).entries()) {
      // By turns: all of them are made of the same parts.
      const schemes: Look['colorScheme'][] = isPictured ? ['light', 'dark'] : [place % 2 === 0 ? 'light' : 'dark'];
      for (const colorScheme of schemes) faults.push(...(await openedFaults(page, each, colorScheme)));
    }
    await context.close();
    expect([...faults, ...complaints.all]).toEqual([]);
  },
  PATIENCE_MS,
);

/** Looks between all frames what goes to its place by and by, until it is asked. */
function watchForMotion(): void {
  const seen = new Set<string>();
  const isLong = ({ effect }: Animation): boolean => {
    const end = Number(effect?.getComputedTiming().endTime);
    return end > 1 && end < Infinity;
  };
  const { port1, port2 } = new MessageChannel();
  const look = (): void => {
    for (const { effect } of document.getAnimations().filter(isLong)) {
      seen.add(String((effect as KeyframeEffect).target?.className));
    }
    port2.postMessage(undefined);
  };
  port1.onmessage = look;
  look();
  Object.assign(window, { moved: () => [...seen] });
}

/** Which charts would be scrolled in a place that was just made smaller, before they are drawn anew. */
function chartsThatScroll(): string[] {
  const bodies = [...document.querySelectorAll<HTMLElement>('.widget-body:has(svg)')];
  for (const body of bodies) body.style.width = `${body.clientWidth / 2}px`;
  const found = bodies
    .filter((body) => body.scrollWidth > body.clientWidth)
    .map((body) => String(body.dataset['kind']));
  for (const body of bodies) body.style.width = '';
  return bodies.length === 0 ? ['there is no chart'] : found;
}

test.concurrent('for whoever wants no motion a board is where it belongs at once', async () => {
  const context = await openContext(browser, house.url);
  await signedIn(context);
  const page = await context.newPage();
  await page.setViewportSize(SIZES.phone);
  await page.goto(addressOf('/projects/{shop}/dashboards/{dashboard}?edit=true'));
  await settle(page);
  await page.evaluate(watchForMotion);
  await page.setViewportSize(SIZES.desk);
  await page.locator('.react-resizable-handle').first().waitFor();
  await settle(page);
  const moved = await page.evaluate(() => (window as unknown as { moved: () => string[] }).moved());
  const scrolled = await page.evaluate(chartsThatScroll);
  await context.close();
  expect({ moved, scrolled }).toEqual({ moved: [], scrolled: [] });
});

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
