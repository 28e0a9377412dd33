// Two languages. Only the one in use is loaded; the other comes when somebody switches.
import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';

import type en from './en.json';

export const LANGUAGES = ['en', 'ru'] as const;
export type Language = (typeof LANGUAGES)[number];

const KEPT = 'barker.language';

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: typeof en };
    returnNull: false;
  }
}

const texts: Record<Language, () => Promise<{ default: object }>> = {
  en: () => import('./en.json'),
  ru: () => import('./ru.json'),
};

function isLanguage(text: string | null): text is Language {
  return LANGUAGES.some((language) => language === text);
}

/** What was chosen in this browser, else what the browser prefers, else English. */
export function preferredLanguage(): Language {
  const kept = localStorage.getItem(KEPT);
  if (isLanguage(kept)) return kept;
  const preferred = navigator.languages.map((language) => language.slice(0, 2).toLowerCase());
  return preferred.find(isLanguage) ?? 'en';
}

async function load(language: Language): Promise<void> {
  if (i18next.hasResourceBundle(language, 'translation')) return;
  const { default: translation } = await texts[language]();
  i18next.addResourceBundle(language, 'translation', translation);
}

export async function startTranslation(): Promise<void> {
  const language = preferredLanguage();
  await i18next.use(initReactI18next).init({
    lng: language,
    resources: {},
    partialBundledLanguages: true,
    interpolation: { escapeValue: false },
    react: { useSuspense: false },
  });
  await load(language);
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
}

export async function chooseLanguage(language: Language): Promise<void> {
  localStorage.setItem(KEPT, language);
  await load(language);
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
}

/** The language in use, for what formats numbers and dates. */
export function currentLanguage(): Language {
  return isLanguage(i18next.language) ? i18next.language : 'en';
}
