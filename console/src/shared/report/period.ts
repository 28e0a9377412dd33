// When: presets, days, and what they are compared with. The address holds the preset, so that a shared view of "this month"
// is of the reader's month.
import * as v from 'valibot';

import { choice, text } from '../url/filters';
import { COMPARISONS, type Comparison, type Span } from './question';

export const PRESETS = [
  '1d',
  '7d',
  '30d',
  '90d',
  'this_month',
  'last_month',
  'this_quarter',
  'last_quarter',
  'this_year',
] as const;
export type Preset = (typeof PRESETS)[number];

export interface Period {
  period?: Preset | undefined;
  from?: string | undefined;
  to?: string | undefined;
  compare?: Comparison | 'none' | undefined;
}

/** Its part of an address. */
export const periodAddress = {
  period: choice(PRESETS),
  from: text,
  to: text,
  compare: choice([...COMPARISONS, 'none']),
};

/** Windows that the server counts itself. */
const WINDOWS: readonly string[] = ['1d', '7d', '30d'];
const DAY_MS = 86_400_000;

const iso = (at: number): string => new Date(at).toISOString().slice(0, 10);
const isDate = (date: string | undefined): date is string => v.is(v.pipe(v.string(), v.isoDate()), date);

/** Whether it takes to know what day it is. */
export function needsToday({ period, from }: Period): boolean {
  return !isDate(from) && period !== undefined && !WINDOWS.includes(period);
}

interface Days {
  date_from: string;
  date_to: string;
}

/** Days of a preset, by the project's today. */
export function daysOf(preset: Preset, today: string): Days {
  const at = Date.parse(`${today}T00:00:00Z`);
  const [year, month] = [new Date(at).getUTCFullYear(), new Date(at).getUTCMonth()];
  const quarter = month - (month % 3);
  const between = (first: number, afterLast: number): Days => ({
    date_from: iso(Date.UTC(year, first, 1)),
    date_to: iso(Date.UTC(year, afterLast, 1) - DAY_MS),
  });
  switch (preset) {
    case 'this_month':
      return { date_from: between(month, month).date_from, date_to: today };
    case 'last_month':
      return between(month - 1, month);
    case 'this_quarter':
      return { date_from: between(quarter, quarter).date_from, date_to: today };
    case 'last_quarter':
      return between(quarter - 3, quarter);
    case 'this_year':
      return { date_from: between(0, 0).date_from, date_to: today };
    default: {
      const days = Number.parseInt(preset, 10);
      return { date_from: iso(at - (days - 1) * DAY_MS), date_to: today };
    }
  }
}

/** What the server is asked for; nothing while today is needed and not known. */
export function spanOf(period: Period, today: string | undefined): Span | undefined {
  const compare = period.compare === 'none' || period.compare === undefined ? {} : { compare_to: period.compare };
  if (isDate(period.from)) {
    return { date_from: period.from, ...(isDate(period.to) ? { date_to: period.to } : {}), ...compare };
  }
  const preset = period.period ?? '30d';
  if (WINDOWS.includes(preset)) return { window: preset, ...compare };
  return today === undefined ? undefined : { ...daysOf(preset, today), ...compare };
}

/** A span that was saved, as an address holds it. */
export function periodOf(span: Span): Period {
  const compare = COMPARISONS.find((known) => known === span.compare_to) ?? 'none';
  if (span.date_from !== undefined) return { from: span.date_from, to: span.date_to, compare };
  return { period: PRESETS.find((known) => known === span.window) ?? '30d', compare };
}
