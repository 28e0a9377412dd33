// Days of a project. A live one counts days since 1970-01-01, which people read as dates; a sandbox counts its own.
import { currentLanguage } from '../i18n/i18n';

const DAY_MS = 86_400_000;

/** The day as people read it. */
export function dayText(day: number, isSandbox: boolean): string {
  if (isSandbox) return String(day);
  return new Intl.DateTimeFormat(currentLanguage(), { dateStyle: 'medium', timeZone: 'UTC' }).format(day * DAY_MS);
}

/** `2026-11-21`, as inputs of dates have it. */
export function isoOfDay(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** The number of such a date; nothing when it is none. */
export function dayOfIso(iso: string): number | undefined {
  const at = Date.parse(`${iso}T00:00:00Z`);
  return Number.isNaN(at) ? undefined : at / DAY_MS;
}
