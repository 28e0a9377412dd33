// Both languages say the same things.
import { expect, test } from 'vitest';

import en from './en.json';
import ru from './ru.json';

const PLURAL = /_(zero|one|two|few|many|other)$/;

function texts(tree: object, prefix = ''): [string, string][] {
  return Object.entries(tree).flatMap(([name, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null ? texts(value, `${prefix}${name}.`) : [[prefix + name, String(value)]],
  );
}

function keys(tree: object): string[] {
  return [...new Set(texts(tree).map(([key]) => key.replace(PLURAL, '')))].sort();
}

test('every text exists in both languages', () => {
  expect(keys(ru)).toEqual(keys(en));
});

test('a text that counts has every form that its language needs', () => {
  const forms = (tree: object, needed: string[]): string[] => {
    const all = new Set(texts(tree).map(([key]) => key));
    const counting = [...all].filter((key) => PLURAL.test(key)).map((key) => key.replace(PLURAL, ''));
    return [...new Set(counting)]
      .flatMap((key) => needed.map((form) => `${key}_${form}`))
      .filter((key) => !all.has(key));
  };
  expect(forms(en, ['one', 'other'])).toEqual([]);
  expect(forms(ru, ['one', 'few', 'many', 'other'])).toEqual([]);
});

test('both languages fill in the same values', () => {
  const values = (text: string): string[] => (text.match(/\{\{\w+\}\}/g) ?? []).sort();
  const russian = new Map(texts(ru));
  const differing = texts(en).filter(([key, text]) => {
    const other = russian.get(key);
    return other !== undefined && values(other).join() !== values(text).join();
  });
  expect(differing).toEqual([]);
});

test('Russian texts are Russian', () => {
  const latin = texts(ru).filter(
    ([, text]) => text !== '' && !/[а-яё]/i.test(text) && /[a-z]{3}/i.test(text.replace(/\{\{\w+\}\}/g, '')),
  );
  expect(latin).toEqual([]);
});
