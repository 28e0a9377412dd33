// @vitest-environment node
import { readFileSync } from 'node:fs';

import i18next from 'i18next';
import { afterEach, expect, test } from 'vitest';

import { firstWords, inOurWords } from './first';

const written = readFileSync(new URL('../../../../crates/app/src/sheet/first.rs', import.meta.url), 'utf8');

afterEach(() => {
  i18next.language = 'en';
});

test('what the server writes on a first dashboard is read in either language', () => {
  const pairs = [...written.matchAll(/say\("([^"]+)", "([^"]+)"\)/g)].map(([, russian, english]) => [russian, english]);
  expect(pairs.length).toBeGreaterThan(3);
  for (const [russian = '', english = ''] of pairs) {
    i18next.language = 'ru';
    expect([firstWords(english), firstWords(russian)]).toEqual([russian, russian]);
    i18next.language = 'en';
    expect([firstWords(russian), firstWords(english)]).toEqual([english, english]);
  }
});

test('other words stay as somebody wrote them', () => {
  i18next.language = 'ru';
  const kept = { name: 'Overview', widgets: [{ title: 'Revenue of bears' }, {}, { title: 'Campaigns' }] };
  expect(inOurWords(kept)).toEqual({
    name: 'Обзор',
    widgets: [{ title: 'Revenue of bears' }, {}, { title: 'Кампании' }],
  });
});
