// Numbers and names of reports as people read them. Nothing is a dash; a share is shown in percent.
import i18next from 'i18next';

import { currentLanguage } from '../i18n/i18n';
import type { Kind, Names } from './question';

export const DASH = '—';
export const UNATTRIBUTED = '(unattributed)';

/** From here on, decimals of money are noise. */
const WHOLE_FROM = 1_000;
/** Which way is good; what is absent is neither: cost may grow for a reason. */
const BETTER: Record<string, 'more' | 'less'> = {
  ...Object.fromEntries(
    ['platform_conversions', 'sessions', 'people', 'orders', 'revenue', 'conversions', 'leads', 'new_customers'].map(
      (name) => [name, 'more'],
    ),
  ),
  ...Object.fromEntries(['ctr', 'cr', 'romi', 'roas', 'aov', 'ltv'].map((name) => [name, 'more'])),
  ...Object.fromEntries(['cpc', 'cpm', 'cpl', 'cpa', 'cac', 'drr'].map((name) => [name, 'less'])),
};

const formats = new Map<string, Intl.NumberFormat>();

/** Making a format is slow, and a table needs thousands. */
function formatOf(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = currentLanguage() + JSON.stringify(options);
  const known = formats.get(key);
  if (known !== undefined) return known;
  const made = new Intl.NumberFormat(currentLanguage(), options);
  formats.set(key, made);
  return made;
}

/** With the sign that is known where the currency is used: columns of numbers are narrow. */
function moneyIn(currency: string): Intl.NumberFormatOptions {
  return { style: 'currency', currency, currencyDisplay: 'narrowSymbol' };
}

function optionsOf(kind: string, value: number, currency: string): Intl.NumberFormatOptions {
  const decimals = Math.abs(value) >= WHOLE_FROM || Number.isInteger(value) ? 0 : 2;
  switch (kind as Kind) {
    case 'money':
      return { ...moneyIn(currency), minimumFractionDigits: decimals, maximumFractionDigits: decimals };
    case 'percent':
      return { style: 'percent', maximumFractionDigits: Math.abs(value) >= 10 ? 0 : Math.abs(value) >= 0.1 ? 1 : 2 };
    case 'ratio':
      return { minimumFractionDigits: 2, maximumFractionDigits: 2 };
    default:
      return { maximumFractionDigits: decimals };
  }
}

/** A metric's value. */
export function valueText(kind: string, value: number | null | undefined, currency: string): string {
  if (value === null || value === undefined) return DASH;
  return formatOf(optionsOf(kind, value, currency)).format(value);
}

/** The same for the axis of a chart, where little room is. */
export function shortText(kind: string, value: number, currency: string): string {
  if (kind === 'percent' || Math.abs(value) < WHOLE_FROM) return valueText(kind, value, currency);
  return formatOf({
    ...(kind === 'money' ? moneyIn(currency) : {}),
    notation: 'compact',
    maximumFractionDigits: 1,
  }).format(value);
}

/** Growth as a share, with its sign. */
export function changeText(change: number | null | undefined): string {
  if (change === null || change === undefined) return DASH;
  const maximumFractionDigits = Math.abs(change) >= 1 ? 0 : 1;
  return formatOf({ style: 'percent', signDisplay: 'exceptZero', maximumFractionDigits }).format(change);
}

/** A difference of a metric, with its sign; of percent in points. */
export function differenceText(kind: string, value: number | null | undefined, currency: string): string {
  if (value === null || value === undefined) return DASH;
  if (kind === 'percent') {
    const points = formatOf({ signDisplay: 'exceptZero', maximumFractionDigits: 1 }).format(value * 100);
    return i18next.t('report.points', { points });
  }
  return formatOf({ ...optionsOf(kind, value, currency), signDisplay: 'exceptZero' }).format(value);
}

/** What a change of this metric is: good, bad, or neither. */
export function toneOf(metric: string, change: number | null | undefined): 'good' | 'bad' | 'neutral' {
  const better = BETTER[metric];
  if (better === undefined || change === null || change === undefined || change === 0) return 'neutral';
  return change > 0 === (better === 'more') ? 'good' : 'bad';
}

export const TONES = { good: 'var(--tone-good)', bad: 'var(--tone-bad)', neutral: 'var(--mantine-color-dimmed)' };

const dates = new Map<string, Intl.DateTimeFormat>();

function dateOf(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = currentLanguage() + JSON.stringify(options);
  const known = dates.get(key);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat(currentLanguage(), options);
  dates.set(key, made);
  return made;
}

/** A civil date, `2026-11-21`. */
export function dateText(iso: string, options: Intl.DateTimeFormatOptions = { dateStyle: 'medium' }): string {
  const at = Date.parse(`${iso}T00:00:00Z`);
  return Number.isNaN(at) ? iso : dateOf({ ...options, timeZone: 'UTC' }).format(at);
}

/** First and last day. */
export function spanText(from: string, to: string): string {
  const [first, last] = [Date.parse(`${from}T00:00:00Z`), Date.parse(`${to}T00:00:00Z`)];
  if (Number.isNaN(first) || Number.isNaN(last)) return `${from} – ${to}`;
  return dateOf({ day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' }).formatRange(first, last);
}

function timeText(dimension: string, value: string): string {
  if (dimension === 'month') return dateText(value, { month: 'long', year: 'numeric' });
  if (dimension === 'hour') {
    // The offset is the project's: its clock is read off, not this browser's.
    const [day = '', clock = ''] = value.split('T');
    return `${dateText(day, { day: 'numeric', month: 'short' })}, ${clock.slice(0, 5)}`;
  }
  const day = dateText(value, { day: 'numeric', month: 'short', year: 'numeric' });
  return dimension === 'week' ? i18next.t('report.weekOf', { day }) : day;
}

/** A time beside a chart's axis, where the year goes without saying. */
export function timeLabel(dimension: string, value: string): string {
  if (dimension === 'day' || dimension === 'week') return dateText(value, { day: 'numeric', month: 'short' });
  if (dimension === 'month') return dateText(value, { month: 'short', year: 'numeric' });
  return timeText(dimension, value);
}

function countryText(code: string): string {
  try {
    return new Intl.DisplayNames(currentLanguage(), { type: 'region' }).of(code) ?? code;
  } catch {
    return code;
  }
}

/** A value of a dimension; an id by its name, where the report tells it. */
export function dimensionText(dimension: string, value: string, names?: Names): string {
  const name = names?.[dimension]?.[value];
  if (name !== undefined) return name;
  if (value === UNATTRIBUTED) return i18next.t('report.unattributed');
  if (value === '') return i18next.t('report.unnamed');
  if (['hour', 'day', 'week', 'month'].includes(dimension)) return timeText(dimension, value);
  if (dimension === 'channel')
    return i18next.t(`channel.${value.replaceAll('_', '-') as 'direct'}`, { defaultValue: value });
  if (dimension === 'country') return countryText(value);
  return value;
}

/** What a ratio is made of, so that a platform's conversion is not taken for the shop's. */
export function formulaOf(metric: string): string | undefined {
  const key = `metric.formula.${metric}`;
  return i18next.exists(key) ? i18next.t(key, { defaultValue: '' }) : undefined;
}
