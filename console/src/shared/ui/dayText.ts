// A day as people type it, and as it is kept: 2026-11-21.
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
/** How many digits and letters in which order: year, month, day. */
const WRITTEN: [RegExp, [number, number, number]][] = [
  [/^(\d{4})-(\d{1,2})-(\d{1,2})$/, [1, 2, 3]],
  [/^(\d{1,2})\.(\d{1,2})\.(\d{4})$/, [3, 2, 1]],
  [/^([a-z]{3,9})\.? (\d{1,2}),? (\d{4})$/i, [3, 1, 2]],
  [/^(\d{1,2}) ([a-z]{3,9})\.? (\d{4})$/i, [3, 2, 1]],
];

function monthOf(text: string): number {
  return /^\d/.test(text) ? Number(text) : MONTHS.indexOf(text.slice(0, 3).toLowerCase()) + 1;
}

function dayOf(year: number, month: number, day: number): string | null {
  const date = new Date(Date.UTC(year, month - 1, day));
  const isThere = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return isThere ? date.toISOString().slice(0, 10) : null;
}

/** The day that was typed; nothing, if there is no such day. */
export function parseDay(text: string): string | null {
  for (const [pattern, [year, month, day]] of WRITTEN) {
    const found = pattern.exec(text.trim());
    if (found !== null) return dayOf(Number(found[year]), monthOf(found[month] ?? ''), Number(found[day]));
  }
  return null;
}

/** How a day is written in the console's language, in the words of dayjs. */
export function dayFormat(language: string): string {
  return language === 'ru' ? 'DD.MM.YYYY' : 'MMM D, YYYY';
}
