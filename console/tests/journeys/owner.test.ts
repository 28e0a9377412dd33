// The owner: opens the project, reads what came in, narrows it to a quarter and a channel, asks what is below, leaves.
import type { Browser, Page, Response } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';

import {
  Complaints,
  longestTask,
  openBrowser,
  openContext,
  photographFailures,
  processorTime,
  settle,
} from './browser';
import { barker, House } from './house';
import { becomeAdministrator, signIn, tokenOf } from './people';
import { importFile, openShop } from './shop';

/** What the overview may weigh, compressed. */
const OVERVIEW_BUDGET_BYTES = 450 * 1024;
/** From the address to the numbers. A program that was not optimized takes longer for its answer; then it is only watched. */
const IS_OPTIMIZED = barker.includes('/release/');
const PAINTED_MS = IS_OPTIMIZED ? 1_000 : 3_000;
const MANY = 10_000;
const LONG_TASK_MS = 100;

let house: House;
let browser: Browser;
let page: Page;
const complaints = new Complaints();
const ids = { project: '', token: '' };

interface Days {
  date_from: string;
  date_to: string;
}
/** Those that the overview was of when it came first: after midnight they would be others. */
let days: Days;

interface Report {
  totals: Record<string, number>;
}

const ask = (question: object): Promise<Report> =>
  house.call('POST', `/api/v1/projects/${ids.project}/reports/kpi`, question, ids.token);
const figure = (metric: string): Promise<string> => page.getByTestId(`figure-${metric}`).innerText();
/** The days that an overview is of. */
async function daysOf(overview: Response): Promise<Days> {
  const { answers } = (await overview.json()) as { answers: [{ report: Days }] };
  const { date_from, date_to } = answers[0].report;
  return { date_from, date_to };
}
const digits = (text: string): string => text.replace(/\D/g, '');

photographFailures(() => page);
beforeAll(async () => {
  [house, browser] = await Promise.all([House.open(), openBrowser()]);
  const context = await openContext(browser, house.url);
  page = await context.newPage();
  complaints.watch(page);
  await becomeAdministrator(page);
  const access_token = await tokenOf(house);
  const plush = { name: 'Plush', currency: 'RUB', time_zone: 'UTC' };
  const { project_id } = await house.call<{ project_id: string }>('POST', '/api/v1/projects', plush, access_token);
  Object.assign(ids, { project: project_id, token: access_token });
  await openShop(house, [project_id, access_token]);
}, 120_000);
afterAll(async () => {
  await browser.close();
  await house.close();
});

test('the overview comes in one round trip, within its weight and a second', async () => {
  const asked: string[] = [];
  const sizes: number[] = [];
  page.on('request', (request) => {
    if (request.url().includes('/reports/')) asked.push(new URL(request.url()).pathname);
  });
  page.on('response', (response) => {
    if (response.url().endsWith('.js')) sizes.push(Number(response.headers()['content-length'] ?? 0));
  });
  await page.goto('about:blank');
  const answered = page.waitForResponse('**/reports/batch');
  const before = await house.processorTime();
  let took = Infinity;
  const ofPage = await processorTime(browser, async () => {
    const began = Date.now();
    await page.goto(`/projects/${ids.project}`);
    await page.getByTestId('figure-revenue').waitFor();
    took = Date.now() - began;
  });
  const own = ofPage + (await house.processorTime()) - before;
  await settle(page);
  days = await daysOf(await answered);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  page.removeAllListeners('request');
  page.removeAllListeners('response');
  console.info(
    `overview: ${(total / 1024).toFixed(0)} KB of compressed JavaScript, numbers after ${took} ms, ${own.toFixed(0)} ms of work`,
  );
  expect(asked.map((path) => path.split('/').at(-1))).toEqual(['batch']);
  expect(total).toBeGreaterThan(100 * 1024);
  expect(total).toBeLessThanOrEqual(OVERVIEW_BUDGET_BYTES);
  // The second is promised by the clock. Where it is only watched, what else the machine does makes it later; what page and server
  // themselves have worked tells what they are to blame for.
  expect(IS_OPTIMIZED ? took : Math.min(took, own)).toBeLessThanOrEqual(PAINTED_MS);
});

test('it says what the reports say, and what changed', async () => {
  const { totals } = await ask({ metrics: ['revenue', 'orders'], ...days });
  expect(digits(await figure('revenue'))).toBe(String(Math.round(totals['revenue'] ?? 0)));
  expect(digits(await figure('orders'))).toBe(String(totals['orders']));
  await page.getByRole('heading', { name: 'What changed' }).waitFor();
  await page.getByText('By campaign').click();
  await page.getByText('Umbrellas, search').first().waitFor();
  await page.getByTestId('figure-cost').click();
  await page.waitForURL(/metric=cost/);
  await page.getByRole('img', { name: 'Cost over time' }).waitFor();
});

test('a quarter and a channel narrow it, and the address tells both', async () => {
  const answered = page.waitForResponse(
    async (answer) =>
      answer.url().endsWith('/reports/batch') && /-(01|04|07|10)-01$/.test((await daysOf(answer)).date_from),
  );
  await page.getByRole('button', { name: /^Period/ }).click();
  await page.getByRole('button', { name: 'This quarter' }).click();
  await page.waitForURL(/period=this_quarter/);
  // On its thirtieth day a quarter is the thirty days that were shown before: the number need not become another one.
  const { totals } = await ask({ metrics: ['orders'], ...(await daysOf(await answered)) });
  await expect.poll(async () => digits(await figure('orders'))).toBe(String(totals['orders']));
  await page.getByRole('button', { name: 'Filter' }).click();
  await page.getByRole('combobox', { name: 'Values' }).fill('E-mail');
  await page.getByRole('option', { name: 'E-mail', exact: true }).waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Apply' }).last().click();
  await page.waitForURL((url) => url.searchParams.get('where')?.includes('"email"') === true);
  await page.getByRole('button', { name: /^Channel: E-mail/ }).waitFor();
  await page.waitForFunction(() =>
    /^\D*0$/.test(document.querySelector('[data-testid="figure-cost"]')?.textContent ?? ''),
  );
  const address = page.url();
  await page.reload();
  await page.getByRole('button', { name: /^Channel: E-mail/ }).waitFor();
  expect(page.url()).toBe(address);
});

test('from a channel to its campaigns to their ads, and back', async () => {
  await page.goto(`/projects/${ids.project}/reports`);
  await page.getByRole('button', { name: 'Revenue', exact: true }).click();
  await page.waitForURL(/sort=-revenue/);
  await page.getByRole('button', { name: 'Paid search' }).click();
  await page.getByRole('button', { name: 'Umbrellas, search' }).click();
  await page.getByRole('cell', { name: 'Strong umbrellas' }).waitFor();
  await page.goBack();
  await page.getByRole('button', { name: 'Umbrellas, search' }).waitFor();
  await page.goBack();
  await page.getByRole('button', { name: 'Paid search' }).waitFor();
  await page.getByText('ad clicks / impressions').waitFor();
  await page.getByText('shop orders / ad clicks').waitFor();
});

test('a report is saved, opened again and taken away as a file', async () => {
  await page.goto(`/projects/${ids.project}/reports?by=campaign_name&metrics=cost,revenue&sort=-revenue`);
  await page.getByRole('button', { name: 'Saved' }).click();
  await page.getByRole('menuitem', { name: 'Save as a new report' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('Campaigns, by revenue');
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await page.getByRole('heading', { name: 'Campaigns, by revenue' }).waitFor();
  await page.goto(`/projects/${ids.project}/reports`);
  await page.getByRole('button', { name: 'Saved' }).click();
  await page.getByRole('menuitem', { name: 'Campaigns, by revenue' }).click();
  await page.waitForURL(/by=campaign_name/);
  const token = await tokenOf(house);
  for (const place of [...Array(12).keys()]) {
    const query = { metrics: ['revenue'], group_by: ['day'], window: '30d' };
    const kept = { name: `Of every day, ${place}`, query, view: 'table' };
    await house.call('POST', `/api/v1/projects/${ids.project}/saved_reports`, kept, token);
  }
  await page.reload();
  await page.getByRole('button', { name: 'Saved' }).click();
  await page.getByRole('textbox', { name: 'Search saved reports' }).fill('BY REV');
  await page
    .getByRole('menuitem', { name: /Of every day/ })
    .first()
    .waitFor({ state: 'detached' });
  await page.getByRole('menuitem', { name: 'Campaigns, by revenue' }).waitFor();
  await page.keyboard.press('Escape');
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export' }).click();
  await page.getByRole('menuitem', { name: /^Excel/ }).click();
  expect((await download).suggestedFilename()).toBe('Campaigns-by-revenue.xlsx');
});

test('ten thousand rows scroll without a long task', async () => {
  const today = new Date().toISOString().slice(0, 10);
  const head = 'source,account,day,campaign_id,campaign_name,ad_id,ad_name,impressions,clicks,cost,currency';
  const rows = Array.from(
    { length: MANY },
    (_, at) =>
      `market,many,${today},9${at},"Campaign ${at}",a${at},"Ad ${at}",${at % 900},${at % 90},${(at % 700) + 1},RUB`,
  );
  await importFile(house, [ids.project, ids.token], 'spend', [head, ...rows].join('\n'));
  await page.goto(`/projects/${ids.project}/reports?by=ad&shape=none&period=7d`);
  const table = page.getByRole('region', { name: 'Reports' });
  await table.waitFor();
  await settle(page);
  const { result: scrolled, longest } = await longestTask(page, () =>
    table.evaluate(async (scroller) => {
      let most = 0;
      const note = (entries: PerformanceEntry[]): void =>
        entries.forEach(({ duration }) => (most = Math.max(most, duration)));
      const observer = new PerformanceObserver((list) => note(list.getEntries()));
      observer.observe({ type: 'longtask' });
      const frame = (): Promise<unknown> => new Promise((resolve) => requestAnimationFrame(resolve));
      for (let step = 0; step < 200; step += 1) {
        scroller.scrollTop += step % 50 === 49 ? scroller.scrollHeight / 5 : 300;
        await frame();
      }
      // What was observed is told a moment later.
      await new Promise((resolve) => setTimeout(resolve, 200));
      note(observer.takeRecords());
      observer.disconnect();
      return { most, height: scroller.scrollHeight, drawn: scroller.querySelectorAll('tbody tr').length };
    }),
  );
  console.info(
    `ten thousand rows: the longest task took ${scrolled.most.toFixed(0)} ms by the observer, of which ${longest.toFixed(0)} ms are its own; ${scrolled.drawn} rows are drawn`,
  );
  expect(scrolled.height).toBeGreaterThan(MANY * 30);
  expect(scrolled.drawn).toBeLessThan(100);
  // What else this machine does makes a task longer by the clock; its own time says what the page is to blame for.
  expect(Math.min(scrolled.most, longest)).toBeLessThanOrEqual(LONG_TASK_MS);
});

test('and signs out', async () => {
  await page.getByRole('button', { name: /Account:/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in to Barker' }).waitFor();
  await page.goto(`/projects/${ids.project}`);
  await signIn(page);
  await page.getByTestId('figure-revenue').waitFor();
  expect(complaints.except(/status of 401/)).toEqual([]);
});
