import i18next from 'i18next';
import { beforeAll, expect, test } from 'vitest';

import ru from '@/shared/i18n/ru.json';

import { foundText } from './found';

beforeAll(() => i18next.init({ lng: 'ru', resources: { ru: { translation: ru } } }));

test('what the server says of a part is told in the language of the reader, with its numbers and places', () => {
  expect(foundText('SQLite answers')).toBe('SQLite отвечает');
  expect(foundText('DuckDB answers, 1200 rows in 3 MB')).toBe('DuckDB отвечает: строк — 1200, занято 3 МБ');
  expect(foundText('kept in /srv/barker/mail, not sent')).toBe(
    'Письма складываются в /srv/barker/mail, не отправляются',
  );
  expect(foundText('0 s behind')).toBe('отстаёт на 0 с');
});

test('what is new to this console is shown as it is said', () => {
  expect(foundText('the moon is full')).toBe('the moon is full');
});
