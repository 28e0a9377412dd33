// Problems in the reader's language. Codes and field names are stable words of the API; what is new to this console is
// shown in the server's own words rather than not at all.
import i18next from 'i18next';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import { Problem, type ProblemField, Unreachable } from '../api/problem';
import { currentLanguage } from '../i18n/i18n';

export interface Explanation {
  title: string;
  hint: string;
}

export interface Explainer {
  problem: (error: unknown) => Explanation;
  field: (field: ProblemField) => string;
  fieldName: (pointer: string) => string;
}

/** The text of a key that may not exist. */
function known(key: string, values: Record<string, unknown> = {}): string | undefined {
  return i18next.exists(key) ? i18next.t(key, { ...values, defaultValue: '' }) : undefined;
}

export function explainProblem(error: unknown): Explanation {
  if (error instanceof Unreachable) return explained('unreachable', {});
  if (!(error instanceof Problem)) return explained('unexpected', {});
  const seconds = error.retryAfterSeconds ?? 1;
  const title = known(`problem.${error.code}.title`) ?? error.title;
  const hint = known(`problem.${error.code}.hint`, { count: seconds, seconds });
  // Where a field is at fault the fields are listed; the detail would say the same again.
  const detail = error.fields.length === 0 && currentLanguage() === 'en' ? error.message : '';
  return { title, hint: hint ?? (detail === title ? '' : detail) };
}

function explained(code: string, values: Record<string, unknown>): Explanation {
  return { title: known(`problem.${code}.title`, values) ?? code, hint: known(`problem.${code}.hint`, values) ?? '' };
}

/** Numbers in the server's message, which its translation needs: `must be 0 to 130`. */
function numbersIn(message: string): Record<string, string> {
  const numbers = message.match(/-?\d+(\.\d+)?/g) ?? [];
  return { first: numbers[0] ?? '', second: numbers[1] ?? '' };
}

/** Which of the ways to break a rule it is; a code alone often says too little. */
function shapeOf({ code, message }: ProblemField): string {
  const shapes: [RegExp, string][] = [
    [/^must be -?[\d.]+ to -?[\d.]+$/, 'between'],
    [/^must be an integer from/, 'between'],
    [/to \d+ characters/, 'lengthBetween'],
    [/^must be at most \d+ characters/, 'lengthAtMost'],
    [/^must not be empty/, 'required'],
    [/e-mail address/, 'email'],
    [/must not be the e-mail/, 'notEmail'],
    [/guessed first/, 'guessed'],
    [/is not the password/, 'wrongPassword'],
    [/time zone/, 'timeZone'],
    [/ISO 4217/, 'currency'],
    [/below age_from/, 'ageOrder'],
    [/before start_date/, 'dateOrder'],
    [/above impressions_limit/, 'clicksAboveImpressions'],
    [/below the \d+ already delivered/, 'belowDone'],
    [/already spent$/, 'belowSpent'],
    [/even pacing spreads/, 'needsDailyBudget'],
    [/already delivered|delivered or being delivered/, 'belowDelivered'],
    [/after the campaign's start/, 'frozenAfterStart'],
    [/in the past/, 'past'],
    [/in the future/, 'future'],
    [/six decimals/, 'sixDecimals'],
    [/at least one scope/, 'oneScope'],
    [/must begin with https|^must be a URL/, 'https'],
    [/must lead out of this machine/, 'publicAddress'],
    [/must not hold a user or a password/, 'noUserInUrl'],
    [/^must not be 0/, 'notZero'],
    [/^must be above 0/, 'aboveZero'],
    [/spent and not given back/, 'aboveSpent'],
    [/advertiser may still spend/, 'aboveSpendable'],
    [/below what the advertiser owes/, 'belowOwed'],
  ];
  return shapes.find(([pattern]) => pattern.test(message))?.[1] ?? code;
}

export function explainField(fault: ProblemField): string {
  return known(`fault.${shapeOf(fault)}`, numbersIn(fault.message)) ?? fault.message;
}

/** `/settings/attribution_window_days` as people call it. */
function fieldName(pointer: string): string {
  const name = pointer.split('/').findLast((part) => part !== '' && !/^\d+$/.test(part)) ?? '';
  return known(`field.${name}`) ?? name;
}

export function useExplain(): Explainer {
  const { i18n } = useTranslation();
  // eslint-disable-next-line react-hooks/exhaustive-deps -- texts change with the language
  return useMemo(() => ({ problem: explainProblem, field: explainField, fieldName }), [i18n.language]);
}
