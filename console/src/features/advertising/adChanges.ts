// What was changed of an ad or a creative, and by whom: only that is sent, and nobody's change is lost unseen.
import type { Ad, AdChange, Creative } from './adQueries';
import { isSame } from './campaignValues';
import { type AdValues, type Body, NO_WORDS, type Words, wordsBody, wordsOf } from './creativeRules';

const USUAL_WEIGHT = 100;
export const WORDS = ['title', 'text', 'landing_url', 'image'] as const;

export function adValues(ad: Ad | undefined): AdValues {
  return {
    name: ad?.name ?? '',
    weight: ad?.weight ?? USUAL_WEIGHT,
    source: 'new',
    creative_id: null,
    creative: ad === undefined ? NO_WORDS : wordsOf(ad.creative),
  };
}

export function textOrNull(text: string): string | null {
  return text.trim() === '' ? null : text.trim();
}

/** Only what was changed: what others have changed meanwhile stays. */
export function adChanges(values: AdValues, ad: Ad): AdChange {
  const before = adValues(ad);
  return {
    ...(values.name === before.name ? {} : { name: textOrNull(values.name) }),
    ...(values.weight === before.weight ? {} : { weight: Number(values.weight) }),
    ...(values.source === 'known' && values.creative_id !== null ? { creative_id: values.creative_id } : {}),
    ...(values.source === 'known' || isSame(values.creative, before.creative)
      ? {}
      : { creative: wordsBody(values.creative) }),
  };
}

/** As of an ad. */
export function wordChanges(words: Words, creative: Creative): Partial<Body> {
  const [wanted, before] = [wordsBody(words), wordsBody(wordsOf(creative))];
  const names = Object.keys(wanted) as (keyof Body)[];
  return Object.fromEntries(names.filter((name) => wanted[name] !== before[name]).map((name) => [name, wanted[name]]));
}

/** Names of the words that differ. */
export function differingWords(one: Words, other: Words): (typeof WORDS)[number][] {
  return WORDS.filter((name) => !isSame(one[name], other[name]));
}

/** What somebody else has made of a creative, with what was changed here on top. */
export function rebasedWords(mine: Words, before: Words, theirs: Words): Words {
  return { ...theirs, ...Object.fromEntries(differingWords(mine, before).map((name) => [name, mine[name]])) };
}

/** As of a creative. A creative that was chosen here stays chosen. */
export function rebasedAd(mine: AdValues, before: AdValues, theirs: AdValues): AdValues {
  return {
    name: mine.name === before.name ? theirs.name : mine.name,
    weight: mine.weight === before.weight ? theirs.weight : mine.weight,
    source: mine.source,
    creative_id: mine.creative_id,
    creative: rebasedWords(mine.creative, before.creative, theirs.creative),
  };
}
