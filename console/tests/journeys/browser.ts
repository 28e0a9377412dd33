// A browser, and what every journey asks of every page: no error in its console.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterEach } from 'vitest';

export const artefacts = process.env['BARKER_ARTEFACTS'] ?? '../target/console';

export interface Look {
  locale: 'en-US' | 'ru-RU';
  colorScheme: 'light' | 'dark';
}

export const ENGLISH: Look = { locale: 'en-US', colorScheme: 'light' };
const DESK = { width: 1280, height: 800 };

export function openBrowser(): Promise<Browser> {
  // Nothing is looked up outside of this machine.
  const quiet = ['--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update'];
  return chromium.launch({
    executablePath: process.env['BARKER_CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-sync', ...quiet],
  });
}

/** What a page complained about. */
export class Complaints {
  readonly all: string[] = [];

  watch(page: Page): void {
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') {
        this.all.push(`${message.text()} (${message.location().url})`);
      }
    });
    page.on('pageerror', (error) => this.all.push(error.message));
  }

  /** All but those that a journey provokes. */
  except(...expected: RegExp[]): string[] {
    return this.all.filter((complaint) => !expected.some((pattern) => pattern.test(complaint)));
  }
}

export async function openContext(browser: Browser, url: string, look: Look = ENGLISH): Promise<BrowserContext> {
  const context = await browser.newContext({ ...look, baseURL: url, viewport: DESK, reducedMotion: 'reduce' });
  context.setDefaultTimeout(20_000);
  return context;
}

/** Waits until nothing is loading or moving any more, and what was to answer to the window's size has. */
export async function settle(page: Page): Promise<void> {
  // A component that is told of a new size in one frame is drawn anew for the next.
  await page.evaluate(async () => {
    for (let frame = 0; frame < 3; frame += 1) await new Promise((resolve) => requestAnimationFrame(resolve));
  });
  await page.waitForFunction(
    () =>
      document.querySelector('h1') !== null &&
      document.querySelector('[aria-busy="true"], .mantine-Skeleton-root, [data-loading="true"]') === null,
  );
  await page.evaluate(() => document.fonts.ready);
  // What moves has come to rest; what turns for ever is not waited for.
  await page.evaluate(async () => {
    const ending = document.getAnimations().filter((each) => each.effect?.getComputedTiming().endTime !== Infinity);
    await Promise.allSettled(ending.map((each) => each.finished));
  });
}

/** Changes the theme as the system does, and waits until everything is painted in it. */
export async function turn(page: Page, colorScheme: Look['colorScheme']): Promise<void> {
  await page.emulateMedia({ colorScheme });
  await page.waitForFunction(
    (wanted) => document.documentElement.getAttribute('data-mantine-color-scheme') === wanted,
    colorScheme,
  );
  await settle(page);
}

export async function screenshot(page: Page, ...names: string[]): Promise<void> {
  const folder = join(artefacts, ...names.slice(0, -1));
  await mkdir(folder, { recursive: true });
  const session = await page.context().newCDPSession(page);
  const { cssContentSize: whole } = await session.send('Page.getLayoutMetrics');
  const { data } = await session.send('Page.captureScreenshot', {
    format: 'png',
    captureBeyondViewport: true,
    clip: { ...whole, scale: 1 },
    // There are hundreds of them: a larger file is better than a longer wait.
    optimizeForSpeed: true,
  });
  await session.detach();
  await writeFile(join(folder, `${names.at(-1) ?? 'page'}.png`), data, 'base64');
}

/** Keeps how the page looked when a test failed, among the artefacts. */
export function photographFailures(page: () => Page): void {
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await screenshot(page(), 'failed', task.name);
  });
}

/** The processor time that the browser's pages take during some work, in milliseconds. */
export async function processorTime(browser: Browser, work: () => Promise<void>): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const taken = async (): Promise<Map<number, number>> => {
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    return new Map(processInfo.filter(({ type }) => type === 'renderer').map(({ id, cpuTime }) => [id, cpuTime]));
  };
  const before = await taken();
  await work();
  const after = await taken();
  await session.detach();
  // A page may be given another process when it is loaded.
  return [...after].reduce((sum, [id, seconds]) => sum + (seconds - (before.get(id) ?? 0)) * 1_000, 0);
}

interface TraceEvent {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  args: { name?: string };
  /** Microseconds of the processor, not of the clock. */
  tdur?: number;
}

/** The most processor time that one task of the page took during some work, in milliseconds. */
export async function longestTask<T>(page: Page, work: () => Promise<T>): Promise<{ result: T; longest: number }> {
  const session = await page.context().newCDPSession(page);
  const events: TraceEvent[] = [];
  session.on('Tracing.dataCollected', ({ value }) => events.push(...(value as unknown as TraceEvent[])));
  const isWhole = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
  await session.send('Tracing.start', { traceConfig: { includedCategories: ['toplevel'] } });
  const result = await work();
  await session.send('Tracing.end');
  await isWhole;
  await session.detach();
  const place = ({ pid, tid }: TraceEvent): string => `${pid}/${tid}`;
  const pages = events.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain').map(place);
  const tasks = events.filter(
    (event) => event.ph === 'X' && event.name.endsWith('RunTask') && pages.includes(place(event)),
  );
  if (tasks.length === 0) throw new Error('no task was traced');
  return { result, longest: Math.max(...tasks.map(({ tdur = 0 }) => tdur)) / 1_000 };
}
