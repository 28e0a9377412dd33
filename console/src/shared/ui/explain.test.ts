// Problems in the reader's language, whatever the server says.
import { beforeAll, expect, test } from 'vitest';
import i18next from 'i18next';

import { Problem, Unreachable } from '../api/problem';
import ru from '../i18n/ru.json';
import { explainField, explainProblem } from './explain';

beforeAll(async () => {
  await i18next.init({ lng: 'ru', resources: { ru: { translation: ru } }, interpolation: { escapeValue: false } });
});

function problem(code: string, headers: Record<string, string> = {}): Problem {
  const document = { code, status: 409, title: 'A title.', detail: 'A detail.', type: '' };
  return new Problem(document, new Response(null, { headers }));
}

test('a known problem has a title and says what to try', () => {
  const { title, hint } = explainProblem(problem('too-many-attempts', { 'retry-after': '30' }));
  expect(title).toBe('Слишком много неудачных попыток');
  expect(hint).toContain('30 с');
});

test('a problem that this console does not know is told in the words of the server', () => {
  expect(explainProblem(problem('never-seen')).title).toBe('A title.');
});

test('a server that does not answer is told apart from a fault of the console', () => {
  expect(explainProblem(new Unreachable()).title).toBe('Сервер не отвечает');
  expect(explainProblem(new TypeError('x')).title).toBe('Что-то сломалось в консоли');
});

test.each([
  ['range', 'must be 0 to 130', 'Должно быть от 0 до 130.'],
  ['length', 'must be 10 to 128 characters long', 'Длина — от 10 до 128 символов.'],
  ['length', 'must be at most 255 characters long', 'Не больше 255 символов.'],
  ['required', 'is required', 'Заполните это поле.'],
  ['guessable', 'must not be the e-mail', 'Пароль не должен совпадать с адресом почты.'],
  ['order', 'must not be before start_date', 'Не может быть раньше первого дня.'],
  ['never-seen', 'must be nice', 'must be nice'],
])('%s: %s', (code, message, told) => {
  expect(explainField({ pointer: '/x', code, message })).toBe(told);
});
