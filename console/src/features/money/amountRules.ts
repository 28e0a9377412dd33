// What an amount must hold to; the server's rules, told before anything is sent.
import type { TFunction } from 'i18next';
import * as v from 'valibot';

/** As the server has it: the largest amount that is moved, lent or kept at once. */
export const MAX_AMOUNT = 9_000_000_000;
export const MAX_NOTE_CHARS = 1_000;

/** What can be done with money by hand. */
export const MOVES = ['top_up', 'refund', 'adjustment'] as const;
export type Move = (typeof MOVES)[number];

/** Only an adjustment may take something away. */
export function moveSchema(t: TFunction, move: Move): v.GenericSchema {
  const within = t('fault.between', { first: move === 'adjustment' ? -MAX_AMOUNT : 0, second: MAX_AMOUNT });
  const amount = v.pipe(v.number(t('fault.required')), v.maxValue(MAX_AMOUNT, within));
  const signed =
    move === 'adjustment'
      ? v.pipe(
          amount,
          v.minValue(-MAX_AMOUNT, within),
          v.check((value) => value !== 0, t('fault.notZero')),
        )
      : v.pipe(
          amount,
          v.check((value) => value > 0, t('fault.aboveZero')),
        );
  const note = v.pipe(v.string(), v.maxLength(MAX_NOTE_CHARS, t('fault.lengthAtMost', { first: MAX_NOTE_CHARS })));
  return v.object({ amount: signed, note });
}

/** The terms of an account: only who pays afterwards may go without a limit. */
export function termsSchema(t: TFunction): v.GenericSchema {
  const between = t('fault.between', { first: 0, second: MAX_AMOUNT });
  const limit = v.pipe(v.number(between), v.minValue(0, between), v.maxValue(MAX_AMOUNT, between));
  const low = v.union([v.literal(''), limit], between);
  const limited = v.object({ kind: v.string(), isLimited: v.literal(true), credit_limit: limit, low_balance: low });
  const unlimited = v.object({ kind: v.literal('postpaid'), isLimited: v.literal(false), credit_limit: v.unknown() });
  return v.variant('isLimited', [limited, unlimited]);
}
