// How far a job is and what went wrong with it, in the reader's language. Jobs tell it in the server's words: what is new to
// this console is shown as it is rather than not at all.
import type { TFunction } from 'i18next';
import i18next from 'i18next';

import { count } from '@/shared/ui/number';

type Key = 'imported' | 'importedTotals' | 'importing' | 'removed' | 'rolledUp' | 'eventsRemoved' | 'days';

const SHAPES: [RegExp, Key][] = [
  [/^(\d+) rows: (\d+) taken, (\d+) of them known already, (\d+) rejected$/, 'imported'],
  [
    /^(\d+) rows: (\d+) taken, (\d+) of them known already, (\d+) rejected, (\d+) of totals passed over$/,
    'importedTotals',
  ],
  [/^(\d+) rows, (\d+) rejected, (\d+) rows\/s, (\d+) s left$/, 'importing'],
  [/^(\d+) rows removed$/, 'removed'],
  [/^(\d+) hours of events counted up$/, 'rolledUp'],
  [/^(\d+) events removed$/, 'eventsRemoved'],
  [/^(\d+) of (\d+) days, (\d+) rows$/, 'days'],
];

/** What a job says of its progress. */
export function progressText(message: string, t: TFunction): string {
  for (const [pattern, key] of SHAPES) {
    const found = pattern.exec(message);
    if (found === null) continue;
    const [a = '', b = '', c = '', d = '', e = ''] = found.slice(1).map((number) => count(Number(number)));
    return t(`jobs.told.${key}`, { a, b, c, d, e });
  }
  return message;
}

/** `code: message`, as jobs keep errors: the code is told, the message is for those who look closer. */
export function errorText(error: string, t: TFunction): string {
  const code = /^([a-z-]+): /.exec(error)?.[1] ?? '';
  if (code === 'invalid-request' || !i18next.exists(`problem.${code}.title`)) return error;
  return [t(`problem.${code as 'busy'}.title`), t(`problem.${code as 'busy'}.hint`)].filter(Boolean).join('. ');
}
