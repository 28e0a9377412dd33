// What an ad and its creative must hold to; the server's rules, told before anything is sent.
import type { TFunction } from 'i18next';
import * as v from 'valibot';

import * as rules from '@/shared/form/rules';

import { MAX_WEIGHT } from './adQueries';
import type { Image } from './ImageField';

const MAX_TITLE = 1_000;
const MAX_TEXT = 10_000;
const MAX_URL = 2_000;

export interface Words extends Record<string, unknown> {
  title: string;
  text: string;
  /** Empty: a click leads nowhere. */
  landing_url: string;
  /** Nothing: words alone. */
  image: Image | null;
}

export interface AdValues extends Record<string, unknown> {
  /** Empty: by its title. */
  name: string;
  weight: number | string;
  /** Of a new ad: whether its creative is made with it, or is one of the library. */
  source: 'new' | 'known';
  creative_id: string | null;
  creative: Words;
}

function required(t: TFunction, most: number): v.GenericSchema<string, string> {
  return v.pipe(
    v.string(),
    v.trim(),
    v.nonEmpty(() => t('fault.required')),
    v.maxLength(most, () => t('fault.lengthAtMost', { first: String(most) })),
  );
}

/** An address that a browser can open, without a name or password in it. */
function isAddress(text: string): boolean {
  if (text === '') return true;
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  return username === '' && password === '';
}

export function wordsSchema(t: TFunction): v.GenericSchema {
  return v.object({
    title: required(t, MAX_TITLE),
    text: required(t, MAX_TEXT),
    landing_url: v.pipe(
      v.string(),
      v.trim(),
      v.maxLength(MAX_URL, () => t('fault.lengthAtMost', { first: String(MAX_URL) })),
      v.check(isAddress, () => t('fault.landingUrl')),
    ),
    image: v.nullable(v.object({ id: v.string(), url: v.string() })),
  });
}

/** Of a creative that is there already, its words are not asked. */
export function adSchema(t: TFunction, source: AdValues['source']): v.GenericSchema {
  const isChosen = v.check(
    (id) => typeof id === 'string' && id !== '',
    () => t('fault.required'),
  );
  return v.object({
    name: rules.optionalName,
    weight: rules.integer(1, MAX_WEIGHT),
    source: v.string(),
    creative_id: source === 'known' ? v.pipe(v.unknown(), isChosen) : v.unknown(),
    creative: source === 'new' ? wordsSchema(t) : v.unknown(),
  });
}

export const NO_WORDS: Words = { title: '', text: '', landing_url: '', image: null };

interface Shown {
  title: string;
  text: string;
  landing_url?: string | null;
  image_id?: string | null;
  image_url?: string | null;
}

export function wordsOf({ title, text, landing_url, image_id, image_url }: Shown): Words {
  const image = image_id == null || image_url == null ? null : { id: image_id, url: image_url };
  return { title, text, landing_url: landing_url ?? '', image };
}

export interface Body {
  title: string;
  text: string;
  landing_url: string | null;
  image_id: string | null;
}

export function wordsBody({ title, text, landing_url, image }: Words): Body {
  const url = landing_url.trim();
  return {
    title: title.trim(),
    text: text.trim(),
    landing_url: url === '' ? null : url,
    image_id: image?.id ?? null,
  };
}
