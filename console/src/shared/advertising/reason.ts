// Why a campaign is not given, in words: each code with its numbers and when it ends.
import type { TFunction } from 'i18next';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';

import type { Schema } from '../api/client';
import { currentLanguage } from '../i18n/i18n';
import type { Project } from '../session/viewer';
import { dayOfIso } from '../ui/day';
import { count, price, roughly } from '../ui/number';

export type Reason = Schema<'DeliveryReason'>;

/** Every code that the server knows; a test compares them with its contract. */
export const REASONS = [
  'draft',
  'paused',
  'archived',
  'no_active_ad',
  'not_started',
  'over',
  'impressions_limit',
  'total_budget',
  'daily_budget',
  'paced',
  'no_money',
  'fits_nobody',
  'gender',
  'age',
  'location',
  'clicked',
  'frequency_cap',
] as const;
export type ReasonCode = (typeof REASONS)[number];

/** Their numbers are money; those of others are shows. */
const OF_MONEY: readonly string[] = ['total_budget', 'daily_budget', 'paced', 'no_money'] satisfies ReasonCode[];

export function isKnown(code: string): code is ReasonCode {
  return (REASONS as readonly string[]).includes(code);
}

export interface Calendar {
  project: Pick<Project, 'is_sandbox' | 'time_zone' | 'currency'>;
  /** Of a sandbox: the civil day, counted from 1970, that its day 0 stands for. */
  epoch: number | undefined;
}

/** An instant as the project's clock has it. */
function civil(at: string, zone: string): { date: string; time: string } {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    dateStyle: 'short',
    timeStyle: 'short',
    hourCycle: 'h23',
  }).format(Date.parse(at));
  const [date = '', time = ''] = parts.split(', ');
  return { date, time };
}

function dayName(date: string, { project, epoch }: Calendar, t: TFunction): string {
  const day = dayOfIso(date) ?? 0;
  if (project.is_sandbox) {
    return epoch === undefined
      ? t('advertising.when.nextDay')
      : t('advertising.when.day', { day: String(day - epoch) });
  }
  return new Intl.DateTimeFormat(currentLanguage(), { dateStyle: 'medium', timeZone: 'UTC' }).format(
    Date.parse(`${date}T00:00:00Z`),
  );
}

/** When something begins or ends: a day when it is midnight, a time of the day otherwise. */
export function whenText(at: string, calendar: Calendar, t: TFunction): string {
  const { date, time } = civil(at, calendar.project.time_zone ?? 'UTC');
  return time === '00:00' ? dayName(date, calendar, t) : t('advertising.when.time', { time });
}

/** One reason as a sentence or two. */
export function reasonText(reason: Reason, calendar: Calendar, t: TFunction): string {
  const { reason: code, most, used, needed, until } = reason;
  if (!isKnown(code)) return t('advertising.reason.unknown', { code });
  const { currency } = calendar.project;
  const number = (value: number | null | undefined): string =>
    value === null || value === undefined ? '—' : OF_MONEY.includes(code) ? price(value, currency) : count(value);
  // What even pacing has released grows while it is read.
  const bound = code === 'paced' && most != null ? roughly(most, currency) : number(most);
  const values = { most: bound, used: number(used), needed: number(needed) };
  const when = until === null || until === undefined ? '' : whenText(until, calendar, t);
  const told = t(`advertising.reason.${code}`, values);
  // A date may end in a full stop of its own.
  return when === '' ? told : `${told} ${t('advertising.reason.until', { when })}`.replace(/\.\.$/, '.');
}

export function useReasonText(calendar: Calendar): (reason: Reason) => string {
  const { t } = useTranslation();
  return useCallback((reason) => reasonText(reason, calendar, t), [calendar, t]);
}
