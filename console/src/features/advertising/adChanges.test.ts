// @vitest-environment jsdom
import { expect, test } from 'vitest';

import { adChanges, adValues, rebasedAd, rebasedWords } from './adChanges';
import type { Ad } from './adQueries';
import { NO_WORDS } from './creativeRules';

const ad = {
  ad_id: 'a',
  name: 'Autumn',
  weight: 100,
  version: 1,
  creative: { creative_id: 'c', title: 'Bears', text: 'Soft', landing_url: null, image_id: null, image_url: null },
} as unknown as Ad;

test('what was touched here goes on top of what another has made of it', () => {
  const before = { ...NO_WORDS, title: 'Bears', text: 'Soft' };
  const theirs = { ...before, title: 'Foxes', text: 'Red' };
  expect(rebasedWords({ ...before, text: 'Softer' }, before, theirs)).toEqual({ ...theirs, text: 'Softer' });
  expect(rebasedWords(before, before, theirs)).toEqual(theirs);
});

test('an ad keeps what was typed here, and is sent no more than that', () => {
  const before = adValues(ad);
  const theirs = { ...ad, weight: 5, creative: { ...ad.creative, title: 'Foxes' } };
  const mine = rebasedAd({ ...before, name: 'Winter' }, before, adValues(theirs));
  expect([mine.name, mine.weight, mine.creative.title]).toEqual(['Winter', 5, 'Foxes']);
  expect(adChanges(mine, theirs)).toEqual({ name: 'Winter' });
  const chosen = rebasedAd({ ...before, source: 'known', creative_id: 'd' }, before, adValues(theirs));
  expect(adChanges(chosen, theirs)).toEqual({ creative_id: 'd' });
});
