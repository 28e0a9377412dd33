// What is opened over pages.
import type { Page } from 'playwright-core';

import { settle } from './browser';

/** A name, the address of the page, and what is pressed there, in English. */
export type Opened = [string, string, (page: Page) => Promise<void>];

const OPENED: Opened[] = [
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

/** What is opened over the pages whose addresses are wanted. */
export function openedOver(isWanted: (address: string) => boolean): Opened[] {
  return OPENED.filter(([, address]) => isWanted(address));
}

async function press(page: Page, name: string, place = 0): Promise<void> {
  await page.getByRole('main').getByRole('button', { name, exact: true }).nth(place).click();
}
