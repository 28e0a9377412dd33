// Why an import has failed, in the reader's language.
import i18next from 'i18next';
import { beforeAll, expect, test } from 'vitest';

import ru from '@/shared/i18n/ru.json';

import { failureText } from './failure';

beforeAll(async () => {
  await i18next.init({ lng: 'ru', resources: { ru: { translation: ru } }, interpolation: { escapeValue: false } });
});

const columns = 'invalid-request: no column is known to hold order_id, occurred_at; name one: --map order_id=COLUMN.';

test.each([
  [
    `${columns} There are: a, b`,
    'Ни в одном столбце не найдено: Номер заказа, Когда. Загрузите файл снова и укажите столбцы.',
  ],
  ['invalid-request: there is no column "Sum"; there are: a, b', 'В файле нет столбца «Sum».'],
  ['invalid-request: the file has more than 1000 columns', 'В файле больше 1000 столбцов.'],
  [
    'invalid-request: the file has more than 2000000 rows of spend; split it by days',
    'В файле больше 2000000 строк расходов: разделите его по дням.',
  ],
  [
    'invalid-request: this is a JSON array: write each of its objects on a line of its own',
    'Это массив JSON: запишите каждый его объект на отдельной строке.',
  ],
  ['invalid-request: the file is gone: upload it again', 'Файла уже нет: загрузите его снова.'],
  [
    'invalid-request: /tmp/x cannot be read',
    'Файл не удалось прочитать: проверьте, что это CSV, JSON Lines или Parquet и он не повреждён.',
  ],
  ['storage-unavailable: x', 'База данных не отвечает. Ничего не потеряно. Попробуйте чуть позже.'],
  ['never-seen: as it is', 'as it is'],
  ['as it is', 'as it is'],
])('%s', (error, told) => {
  expect(failureText(error, i18next.t)).toBe(told);
});
