// An owner makes a webhook, sees what it was told and what it answered, sends a message again, and takes it away.
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { Complaints, openBrowser, openContext, photographFailures } from './browser';
import { eventually, House } from './house';
import { becomeAdministrator, tokenOf } from './people';

let house: House;
let browser: Browser;
let page: Page;
let ear: Server;
let answer = 204;
const heard: IncomingHttpHeaders[] = [];
const complaints = new Complaints();
const ids = { project: '', token: '' };

interface Webhook {
  url: string;
  description: string;
  events: string[];
  is_enabled: boolean;
}

const webhooks = (): Promise<Webhook[]> =>
  house.call('GET', `/api/v1/projects/${ids.project}/webhooks`, undefined, ids.token);
const more = async (step: string): Promise<void> => {
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: step }).click();
};

photographFailures(() => page);
beforeAll(async () => {
  ear = createServer((request, response) => {
    heard.push(request.headers);
    request.resume();
    response.writeHead(answer).end('heard');
  });
  await new Promise<void>((resolve) => ear.listen(0, '127.0.0.1', resolve));
  process.env['BARKER__WEBHOOKS__ALLOW_PRIVATE_ADDRESSES'] = 'true';
  [house, browser] = await Promise.all([House.open(), openBrowser()]);
  page = await (await openContext(browser, house.url)).newPage();
  complaints.watch(page);
  await becomeAdministrator(page);
  ids.token = await tokenOf(house);
  const plush = { name: 'Plush', currency: 'RUB' };
  const made = await house.call<{ project_id: string }>('POST', '/api/v1/projects', plush, ids.token);
  ids.project = made.project_id;
});
afterAll(async () => {
  delete process.env['BARKER__WEBHOOKS__ALLOW_PRIVATE_ADDRESSES'];
  await browser.close();
  await house.close();
  ear.close();
});

test('a webhook is made, and its secret shown once', async () => {
  await page.goto(`/projects/${ids.project}/webhooks`);
  await page.getByText('No webhooks yet').waitFor();
  await page.getByRole('button', { name: 'New webhook' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Address').fill('shop.example');
  await dialog.getByRole('button', { name: 'New webhook' }).click();
  await dialog.getByText(/An address begins with https/).waitFor();
  await dialog.getByLabel('Address').fill(`http://127.0.0.1:${(ear.address() as AddressInfo).port}/hook`);
  await dialog.getByLabel('What it is for').fill('Tells the chat');
  await dialog.getByLabel('Money has ended').check();
  await dialog.getByRole('button', { name: 'New webhook' }).click();
  const secret = await page.getByTestId('secret').innerText();
  expect(secret).toMatch(/^whsec_/);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'I have it' }).click();
  await page.getByRole('cell', { name: /Tells the chat/ }).waitFor();
  expect(await page.content()).not.toContain(secret);
  expect(await webhooks()).toMatchObject([{ events: ['campaign.finished', 'money.ended'], is_enabled: true }]);
});

test('a ping is delivered, a refusal is tried again, and a message is sent once more', async () => {
  await page.getByRole('link', { name: /^http/ }).click();
  await page.getByText('Nothing was sent yet').waitFor();
  await page.getByRole('button', { name: 'Ping' }).click();
  await page.getByRole('row', { name: /Ping.*delivered.*204/ }).waitFor();
  expect(heard[0]?.['webhook-signature']).toMatch(/^v1,/);
  await page.getByRole('button', { name: 'Details' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('"type": "ping"').waitFor();
  await dialog.getByRole('button', { name: 'Send once more' }).click();
  await eventually('it is heard again', () => (heard.length === 2 ? true : undefined));
  expect(heard[1]?.['webhook-id']).toBe(heard[0]?.['webhook-id']);
  await dialog.getByText('sent 2 times').waitFor();
  await page.keyboard.press('Escape');
  answer = 503;
  await page.getByRole('button', { name: 'Ping' }).click();
  await page.getByRole('row', { name: /Ping.*on its way.*503/ }).waitFor();
  answer = 204;
  await page.getByText('delivered', { exact: true }).first().click();
  await page.waitForURL(/state=delivered/);
  await page.getByRole('row', { name: /503/ }).waitFor({ state: 'detached' });
});

test('it is changed, switched off, and given another secret', async () => {
  await more('Change');
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('What it is for').fill('Tells everybody');
  await dialog.getByLabel('Money has ended').uncheck();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Tells everybody').waitFor();
  await more('Switch off');
  await page.getByText('It is told nothing.').waitFor();
  expect(await webhooks()).toMatchObject([{ events: ['campaign.finished'], is_enabled: false }]);
  await more('New secret');
  await dialog.getByRole('button', { name: 'New secret' }).click();
  expect(await page.getByTestId('secret').innerText()).toMatch(/^whsec_/);
  await page.getByRole('button', { name: 'I have it' }).click();
});

test('it is deleted after one question', async () => {
  await more('Delete');
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByText('No webhooks yet').waitFor();
  expect(await webhooks()).toEqual([]);
});

test('nothing complained on the way', () => {
  // An address that is none is refused; browsers write that down. So may be asking once more after what was deleted.
  expect(complaints.except(/status of (400|404)/)).toEqual([]);
});
