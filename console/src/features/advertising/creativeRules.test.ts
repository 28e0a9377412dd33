// @vitest-environment jsdom
// What an ad and its creative must hold to.
import type { TFunction } from 'i18next';
import * as v from 'valibot';
import { expect, test } from 'vitest';

import { adSchema, NO_WORDS, wordsBody, wordsSchema } from './creativeRules';

const t = ((key: string) => key) as unknown as TFunction;
const words = { title: 'Bears', text: 'Soft', landing_url: '', image: null };

function faults(schema: v.GenericSchema, values: unknown): string[] {
  const { issues = [] } = v.safeParse(schema, values);
  return issues.map((issue) => `${v.getDotPath(issue) ?? ''} ${issue.message}`);
}

test.each([
  ['', []],
  ['https://example.com/bears?utm_source=barker', []],
  ['HTTP://example.com', []],
  ['example.com', ['landing_url fault.landingUrl']],
  ['javascript:alert(1)', ['landing_url fault.landingUrl']],
  ['https://anna:secret@example.com', ['landing_url fault.landingUrl']],
  ['https://', ['landing_url fault.landingUrl']],
])('the landing page %s', (landing_url, expected) => {
  expect(faults(wordsSchema(t), { ...words, landing_url })).toEqual(expected);
});

test('a new ad needs words or a creative of the library', () => {
  const ad = { name: '', weight: 100, source: 'new', creative_id: null, creative: words };
  expect(faults(adSchema(t, 'new'), ad)).toEqual([]);
  expect(faults(adSchema(t, 'known'), { ...ad, creative: NO_WORDS })).toEqual(['creative_id fault.required']);
  expect(faults(adSchema(t, 'known'), { ...ad, creative: NO_WORDS, creative_id: 'a' })).toEqual([]);
  expect(faults(adSchema(t, 'new'), { ...ad, weight: 0, creative: NO_WORDS }).length).toBe(3);
});

test('an empty landing page is none', () => {
  const image = { id: 'a', url: 'https://ads.example.com/files/a.png' };
  const body = { title: 'Bears', text: 'Soft', landing_url: null };
  expect(wordsBody({ title: ' Bears ', text: 'Soft', landing_url: ' ', image: null })).toEqual({
    ...body,
    image_id: null,
  });
  expect(wordsBody({ ...words, image })).toEqual({ ...body, image_id: 'a' });
});
