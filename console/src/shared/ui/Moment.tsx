// Instants as people read them: in their language and time zone, with the exact instant at hand.
import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { currentLanguage } from '../i18n/i18n';
import { useNow } from './now';

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];
/** Beyond this, a date says more than a number of days. */
const NEAR_MS = 7 * 86_400_000;

/** How far away an instant is, in words. */
export function distance(at: number, now: number, language: string): string {
  const format = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  const away = at - now;
  const step = STEPS.find(([, length]) => Math.abs(away) >= length);
  return step === undefined ? format.format(0, 'second') : format.format(Math.trunc(away / step[1]), step[0]);
}

/** A date with its time. */
export function dateTime(at: number, language: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }).format(at);
}

interface Props {
  at: string | null | undefined;
  /** Always the date, even when it was a moment ago. */
  exact?: boolean;
  dimmed?: boolean;
}

export function Moment({ at, exact = false, dimmed = false }: Props): ReactNode {
  useTranslation();
  const now = useNow();
  if (at === null || at === undefined)
    return (
      <Text span c="dimmed" inherit>
        —
      </Text>
    );
  const instant = Date.parse(at);
  const language = currentLanguage();
  const isNear = Math.abs(instant - now) < NEAR_MS;
  const text = exact || !isNear ? dateTime(instant, language) : distance(instant, now, language);
  return (
    <Text
      component="time"
      dateTime={at}
      title={`${dateTime(instant, language)} · ${at}`}
      inherit
      {...(dimmed ? { c: 'dimmed' } : {})}
      style={{ whiteSpace: 'nowrap' }}
    >
      {text}
    </Text>
  );
}
