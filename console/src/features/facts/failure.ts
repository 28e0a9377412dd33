// Why an import has failed, in the reader's language. A job keeps `code: message`: what is new to this console is shown in the
// server's own words rather than not at all.
import type { TFunction } from 'i18next';
import i18next from 'i18next';

type Shape = [
  pattern: RegExp,
  key: 'columns' | 'noColumn' | 'tooManyColumns' | 'noJson' | 'jsonArray' | 'tooManyRows' | 'gone' | 'empty',
];

const SHAPES: Shape[] = [
  [/^no column is known to hold (?<what>[^;]+);/, 'columns'],
  [/^there is no (?:column|field) "(?<what>.*?)"; there are: /, 'noColumn'],
  [/^the file has more than (?<what>\d+) columns/, 'tooManyColumns'],
  [/^no line of the file is a JSON object/, 'noJson'],
  [/^this is a JSON array/, 'jsonArray'],
  [/^the file has more than (?<what>\d+) rows of spend/, 'tooManyRows'],
  [/^the file is gone/, 'gone'],
  [/^the file is empty/, 'empty'],
];

/** Names of fields as people call them. */
function named(what: string, t: TFunction): string {
  const names = what.split(', ').map((name) => t(`data.field.${name as 'net'}`, { defaultValue: name }));
  return names.join(', ');
}

/** What the table of problems says of a code. */
function problemText(code: string, t: TFunction): string | undefined {
  if (code === 'invalid-request' || !i18next.exists(`problem.${code}.title`)) return undefined;
  return [t(`problem.${code as 'busy'}.title`), t(`problem.${code as 'busy'}.hint`)].filter(Boolean).join('. ');
}

export function failureText(error: string, t: TFunction): string {
  const [, code = '', message = error] = /^([a-z-]+): (.*)$/s.exec(error) ?? [];
  for (const [pattern, key] of SHAPES) {
    const found = pattern.exec(message);
    if (found !== null) return t(`data.failure.${key}`, { what: named(found.groups?.['what'] ?? '', t) });
  }
  if (message.includes('cannot be read')) return t('data.failure.unreadable');
  return problemText(code, t) ?? message;
}
