// Where facts come from, as people call it.
import i18next from 'i18next';

/** A source by its name; what this installation itself brings is called by a word. */
export function sourceText(source: string): string {
  if (source === '') return '—';
  return i18next.t(`source.${source as 'import'}`, { defaultValue: source });
}
