// How far a job is, in the reader's language.
import i18next from 'i18next';
import { beforeAll, expect, test } from 'vitest';

import ru from '@/shared/i18n/ru.json';

import { errorText, progressText } from './progress';

beforeAll(async () => {
  await i18next.init({ lng: 'ru', resources: { ru: { translation: ru } }, interpolation: { escapeValue: false } });
});

test.each([
  [
    '2193 rows: 2190 taken, 3 of them known already, 7 rejected',
    'строк: 2 193, принято 2 190, уже были 3, отклонено 7',
  ],
  [
    '9 rows: 8 taken, 0 of them known already, 0 rejected, 1 of totals passed over',
    'строк: 9, принято 8, уже были 0, отклонено 0, пропущено итогов 1',
  ],
  ['500 rows, 3 rejected, 250 rows/s, 6 s left', 'строк: 500, отклонено 3, 250 в секунду, осталось 6 с'],
  ['12 rows removed', 'удалено строк: 12'],
  ['3 of 90 days, 400 rows', 'дней: 3 из 90, строк: 400'],
  ['something new', 'something new'],
])('%s', (message, told) => {
  expect(progressText(message, i18next.t).replace(/\s/g, ' ')).toBe(told);
});

test('an error is told by its code', () => {
  expect(errorText('storage-unavailable: no route', i18next.t)).toContain('База данных не отвечает');
  expect(errorText('never-seen: x', i18next.t)).toBe('never-seen: x');
});
