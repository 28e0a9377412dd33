// A marketer builds a dashboard: adds and arranges widgets, takes one away as a file, pins a report, shares it with somebody outside.
import { readFile } from 'node:fs/promises';

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { Complaints, openBrowser, openContext, photographFailures, settle } from './browser';
import { House } from './house';
import { becomeAdministrator, tokenOf } from './people';
import { openShop } from './shop';

let house: House;
let browser: Browser;
let page: Page;
const complaints = new Complaints();
const ids = { project: '', token: '', dashboard: '' };

interface Dashboard {
  name: string;
  version: number;
  widgets: {
    id: string;
    title?: string;
    kind: string;
    place: { x: number; y: number; width: number; height: number };
  }[];
}

const kept = (): Promise<Dashboard> =>
  house.call('GET', `/api/v1/projects/${ids.project}/dashboards/${ids.dashboard}`, undefined, ids.token);
const placeOf = async (title: string): Promise<Dashboard['widgets'][0]['place'] | undefined> =>
  (await kept()).widgets.find((widget) => widget.title === title)?.place;
const widget = (title: string): ReturnType<Page['getByRole']> => page.getByRole('region', { name: title, exact: true });

async function add(kind: string, title: string): Promise<void> {
  await page.getByRole('button', { name: 'Add a widget' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText(kind, { exact: true }).click();
  await dialog.getByRole('textbox', { name: 'Title' }).fill(title);
}
/** Where a widget stands once nothing moves any more. */
async function boxOf(title: string): Promise<{ x: number; y: number; width: number; height: number }> {
  await settle(page);
  const box = await widget(title).boundingBox();
  if (box === null) throw new Error('the widget is not drawn');
  return box;
}
const addIt = (): Promise<void> => page.getByRole('dialog').getByRole('button', { name: 'Add', exact: true }).click();
async function save(): Promise<void> {
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('button', { name: 'Edit', exact: true }).waitFor();
}

photographFailures(() => page);
beforeAll(async () => {
  [house, browser] = await Promise.all([House.open(), openBrowser()]);
  page = await (await openContext(browser, house.url)).newPage();
  complaints.watch(page);
  await becomeAdministrator(page);
  const access_token = await tokenOf(house);
  const plush = { name: 'Plush', currency: 'RUB', time_zone: 'UTC' };
  const { project_id } = await house.call<{ project_id: string }>('POST', '/api/v1/projects', plush, access_token);
  Object.assign(ids, { project: project_id, token: access_token });
  await openShop(house, [project_id, access_token], 40);
}, 120_000);
afterAll(async () => {
  await browser.close();
  await house.close();
});

test('a new project has a dashboard already, answered in one round trip', async () => {
  await page.goto(`/projects/${ids.project}/dashboards`);
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await page.getByRole('row').getByRole('link', { name: 'Overview' }).click();
  await page.getByRole('region', { name: 'Campaigns' }).getByText('Umbrellas, search').first().waitFor();
  await settle(page);
  page.removeAllListeners('request');
  expect(asked.filter((path) => path.endsWith('/data'))).toHaveLength(1);
  expect(asked.filter((path) => path.includes('/reports/'))).toEqual([]);
});

test('widgets are added with a look at them before, and saved', async () => {
  await page.goto(`/projects/${ids.project}/dashboards`);
  await page.getByRole('button', { name: 'New dashboard' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('Morning');
  await page.getByRole('dialog').getByRole('button', { name: 'Create' }).click();
  await page.waitForURL(/edit=true/);
  ids.dashboard = /dashboards\/([\w-]+)/.exec(page.url())?.[1] ?? '';
  await add('Pie', 'Channels');
  await page.getByTestId('preview').getByRole('img', { name: 'Channels' }).waitFor();
  await page.getByRole('dialog').getByText('Bars', { exact: true }).click();
  await addIt();
  await add('Number', 'Earned');
  await addIt();
  await add('Text', 'Note');
  await page.getByRole('dialog').getByText('Write what it is to say.').waitFor();
  await page.getByRole('dialog').getByRole('textbox', { name: 'Text' }).fill('It will rain.');
  await addIt();
  await save();
  expect((await kept()).widgets.map(({ kind }) => kind)).toEqual(['bar', 'number', 'text']);
  await page.reload();
  await widget('Channels').getByRole('img', { name: 'Channels' }).waitFor();
  await widget('Note').getByText('It will rain.').waitFor();
});

test('a widget is dragged, resized and moved by keys', async () => {
  await page.getByRole('button', { name: 'Edit', exact: true }).click();
  const before = { channels: await placeOf('Channels'), earned: await placeOf('Earned') };
  await page.getByRole('button', { name: /^Move “Earned”/ }).waitFor();
  const box = await boxOf('Earned');
  await page.mouse.move(box.x + 100, box.y + 20);
  await page.mouse.down();
  await page.mouse.move(box.x + 100, box.y + 220, { steps: 6 });
  await page.mouse.move(box.x + 250, box.y + 420, { steps: 6 });
  await page.mouse.up();
  const channels = await boxOf('Channels');
  await page.mouse.move(channels.x + channels.width - 6, channels.y + channels.height - 6);
  await page.mouse.down();
  await page.mouse.move(channels.x + channels.width - 120, channels.y + channels.height + 90, { steps: 6 });
  await page.mouse.up();
  await page.getByRole('button', { name: /^Move “Note”/ }).focus();
  await page.keyboard.press('Shift+ArrowRight');
  await save();
  expect(await placeOf('Earned')).not.toEqual(before.earned);
  expect((await placeOf('Channels'))?.height).toBeGreaterThan(before.channels?.height ?? 0);
  expect((await placeOf('Note'))?.width).toBe(5);
});

test('whoever leaves unsaved changes is asked once, and what another saved is not lost unseen', async () => {
  await page.getByRole('button', { name: 'Edit', exact: true }).click();
  await page.getByRole('button', { name: 'What can be done with “Note”' }).click();
  await page.getByRole('menuitem', { name: 'Remove' }).click();
  await page.getByRole('link', { name: 'Reports' }).first().click();
  await page.getByRole('dialog', { name: 'Discard the changes?' }).getByRole('button', { name: 'Cancel' }).click();
  const { name, widgets } = await kept();
  const path = `/api/v1/projects/${ids.project}/dashboards/${ids.dashboard}`;
  await house.call('PUT', path, { name, widgets, description: 'For everybody' }, ids.token);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Somebody else has saved it meanwhile.').waitFor();
  expect((await kept()).widgets).toHaveLength(3);
  await page.getByRole('button', { name: 'Save mine over it' }).click();
  await page.getByRole('button', { name: 'Edit', exact: true }).waitFor();
  expect((await kept()).widgets).toHaveLength(2);
});

test('it fills the whole screen, without what changes it, and leaves it again', async () => {
  const isWhole = (): Promise<boolean> => page.evaluate(() => document.fullscreenElement !== null);
  await page.getByRole('button', { name: 'Full screen' }).click();
  await page.getByRole('button', { name: 'Leave the full screen' }).waitFor();
  expect(await isWhole()).toBe(true);
  await page.getByRole('button', { name: 'Edit', exact: true }).waitFor({ state: 'hidden' });
  await widget('Channels').getByRole('img', { name: 'Channels' }).waitFor();
  await page.getByRole('button', { name: 'Leave the full screen' }).click();
  await page.getByRole('button', { name: 'Edit', exact: true }).waitFor();
  expect(await isWhole()).toBe(false);
});

test('it is looked at for other days and other channels, as the address says', async () => {
  const number = widget('Earned').locator('.numeric').first();
  const before = await number.innerText();
  await page.getByRole('button', { name: /^Period/ }).click();
  await page.getByRole('button', { name: 'Last 7 days' }).click();
  await page.waitForURL(/period=7d/);
  await page.waitForFunction(
    (was) => ![...document.querySelectorAll('.numeric')].some((each) => each.textContent === was),
    before,
  );
  await page.goBack();
  await page.goto(`/projects/${ids.project}/dashboards/${ids.dashboard}`);
  await number.filter({ hasText: before }).waitFor();
});

test('a widget is taken away as a file and asked further', async () => {
  await page.getByRole('button', { name: 'What can be done with “Channels”' }).click();
  const download = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: /^CSV/ }).click();
  const file = await download;
  expect(file.suggestedFilename()).toBe('Channels.csv');
  const path = await file.path();
  expect(await readFile(path, 'utf8')).toContain('paid_search');
  await page.getByRole('button', { name: 'What can be done with “Channels”' }).click();
  await page.getByRole('menuitem', { name: 'Open in reports' }).click();
  await page.getByRole('cell', { name: 'Paid search' }).waitFor();
});

test('a report is pinned to it', async () => {
  await page.goto(`/projects/${ids.project}/reports?by=campaign_name&metrics=cost,revenue`);
  await page.getByRole('button', { name: 'Pin' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('combobox', { name: 'Dashboard' }).click();
  await page.getByRole('option', { name: 'Morning' }).click();
  await dialog.getByRole('textbox', { name: 'Title' }).fill('Campaigns by cost');
  await dialog.getByRole('button', { name: 'Pin', exact: true }).click();
  await page.locator('.mantine-Notification-root').getByRole('button', { name: 'Morning' }).click();
  await widget('Campaigns by cost').getByText('Umbrellas, search').waitFor();
});

test('somebody outside looks at it by a link, until that is revoked', async () => {
  await page.getByRole('button', { name: 'Share' }).click();
  await page.getByRole('button', { name: 'Make a link' }).click();
  const address = await page.getByTestId('link').innerText();
  const outside = await (await openContext(browser, house.url)).newPage();
  const seen = new Complaints();
  seen.watch(outside);
  await outside.goto(address);
  await outside.getByRole('heading', { name: 'Morning' }).waitFor();
  await outside.getByRole('region', { name: 'Campaigns by cost' }).getByText('Umbrellas, search').waitFor();
  expect(await outside.getByRole('button', { name: 'Edit' }).count()).toBe(0);
  await page.getByRole('button', { name: 'Revoke' }).click();
  await page.getByRole('dialog', { name: 'Revoke the link?' }).getByRole('button', { name: 'Revoke' }).click();
  await page.getByText('revoked', { exact: true }).waitFor();
  const links = page.getByRole('dialog').getByRole('searchbox', { name: 'Search by date or state' });
  await links.fill('works');
  await page.getByRole('dialog').getByText('Nothing fits').waitFor();
  await links.fill('revo');
  await page.getByText('revoked', { exact: true }).waitFor();
  await outside.reload();
  await outside.getByRole('heading', { name: 'There is nothing to see by this link' }).waitFor();
  expect(seen.except(/status of 404/)).toEqual([]);
  await outside.context().close();
});

test('it is copied and deleted', async () => {
  await page.goto(`/projects/${ids.project}/dashboards?search=morn`);
  await page.getByRole('button', { name: 'What can be done with “Morning”' }).click();
  await page.getByRole('menuitem', { name: 'Duplicate' }).click();
  await page.getByRole('heading', { name: 'Morning (2)' }).waitFor();
  await page.getByRole('button', { name: 'What can be done with “Morning (2)”' }).click();
  await page.getByRole('menuitem', { name: 'Delete the dashboard' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete the dashboard' }).click();
  await page.getByRole('heading', { name: 'Dashboards', exact: true }).waitFor();
  await page.getByRole('link', { name: 'Morning', exact: true }).waitFor();
  await page.getByRole('link', { name: 'Morning (2)' }).waitFor({ state: 'detached' });
  expect(complaints.except(/status of 412/)).toEqual([]);
});
