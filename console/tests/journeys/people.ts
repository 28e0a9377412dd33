// Those who make the journeys.
import type { Page } from 'playwright-core';

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
