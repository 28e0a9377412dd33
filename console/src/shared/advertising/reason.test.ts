// Reasons in words: with their numbers, and when they end by the project's clock.
import i18next from 'i18next';
import { beforeAll, expect, test } from 'vitest';

import en from '../i18n/en.json';
import ru from '../i18n/ru.json';
import { type Calendar, type Reason, reasonText, whenText } from './reason';

beforeAll(async () => {
  const resources = { en: { translation: en }, ru: { translation: ru } };
  await i18next.init({ lng: 'ru', resources, interpolation: { escapeValue: false } });
});

const moscow: Calendar = {
  project: { is_sandbox: false, time_zone: 'Europe/Moscow', currency: 'RUB' },
  epoch: undefined,
};
const sandbox: Calendar = { project: { is_sandbox: true, time_zone: null, currency: 'RUB' }, epoch: 20_778 };
const bare = { most: null, used: null, needed: null, until: null };
const told = (reason: Partial<Reason> & { reason: string }, calendar = moscow): string =>
  reasonText({ ...bare, ...reason }, calendar, i18next.t).replace(/\s/g, ' ');

test('money that does not suffice is told with what is spent, what there is and what a show needs', () => {
  const reason = { reason: 'daily_budget', most: 400, used: 395.5, needed: 11.75, until: '2026-11-21T21:00:00Z' };
  const text = told(reason);
  for (const part of ['395,50 ₽', '400 ₽', '11,75 ₽', 'Продолжится само: 22 нояб. 2026 г.'])
    expect(text).toContain(part);
  expect(text).not.toContain('..');
});

test('shows are counted, not paid', () => {
  const reason = { reason: 'frequency_cap', most: 3, used: 3, needed: 1, until: '2026-11-21T12:00:00Z' };
  expect(told(reason)).toBe(
    'Клиент видел её столько раз, сколько позволено: 3 из 3. Продолжится само: сегодня, 15:00.',
  );
});

test('a sandbox counts its days', () => {
  expect(told({ reason: 'not_started', until: '2026-11-26T00:00:00Z' }, sandbox)).toContain('день 5');
  expect(whenText('2026-11-22T00:00:00Z', { ...sandbox, epoch: undefined }, i18next.t)).toBe('следующий день');
});

test('a reason that this console does not know is told by its code', () => {
  expect(told({ reason: 'never_seen' })).toContain('never_seen');
});
