// The dashboard that every project begins with is stored in one language. Until somebody gives them other words, its name and the
// titles on it are read in the language of whoever looks.
import { currentLanguage } from '../i18n/i18n';

/** As the server writes them, in English and in Russian; a test compares them with it. */
const PAIRS: [string, string][] = [
  ['Overview', 'Обзор'],
  ['Cost', 'Расход'],
  ['Revenue', 'Выручка'],
  ['ROMI', 'ROMI'],
  ['Orders', 'Заказы'],
  ['Cost and revenue by day', 'Расход и выручка по дням'],
  ['Revenue by channel', 'Выручка по каналам'],
  ['Campaigns', 'Кампании'],
];

const OTHERS = {
  en: new Map(PAIRS.map(([english, russian]) => [russian, english])),
  ru: new Map(PAIRS),
};

/** The same words in the reader's language; any other words as they are. */
export function firstWords(text: string): string {
  return OTHERS[currentLanguage()].get(text) ?? text;
}

/** A dashboard with its name and its titles so. */
export function inOurWords<Kept extends { name: string; widgets?: { title?: string | undefined }[] }>(
  kept: Kept,
): Kept {
  const widgets = kept.widgets?.map((widget) =>
    widget.title === undefined ? widget : { ...widget, title: firstWords(widget.title) },
  );
  return { ...kept, name: firstWords(kept.name), ...(widgets === undefined ? {} : { widgets }) };
}
