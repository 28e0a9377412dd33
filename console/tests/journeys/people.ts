// Those who make the journeys.
import type { Page } from 'playwright-core';

import type { House } from './house';

export const PASSWORD = 'correct horse battery';
export const ANNA = { name: 'Anna', email: 'anna@example.com' };
export const BORIS = { name: 'Boris', email: 'boris@example.com' };

export async function fillPassword(page: Page, password = PASSWORD): Promise<void> {
  await page.locator('input[type="password"]').last().fill(password);
}

/** The first person of an installation. */
export async function becomeAdministrator(page: Page): Promise<void> {
  await page.goto('/');
  await page.getByRole('heading', { name: 'Welcome to Barker' }).waitFor();
  await page.getByLabel('Name').fill(ANNA.name);
  await page.getByLabel('E-mail').fill(ANNA.email);
  await fillPassword(page);
  await page.getByRole('button', { name: 'Create the administrator' }).click();
  await page.getByRole('button', { name: /Account: Anna/ }).waitFor();
}

export async function signIn(page: Page, email = ANNA.email, password = PASSWORD): Promise<void> {
  await page.getByRole('textbox', { name: 'E-mail' }).fill(email);
  await fillPassword(page, password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** What a program calls the API with in their name. */
export async function tokenOf(house: House, email = ANNA.email, password = PASSWORD): Promise<string> {
  const { access_token } = await house.call<{ access_token: string }>('POST', '/api/v1/auth/token', {
    email,
    password,
  });
  return access_token;
}
