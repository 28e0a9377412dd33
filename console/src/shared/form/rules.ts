// Rules that several forms share. They repeat the server's, so that nobody waits for an answer to learn of a typing error;
// the server has the last word. Messages are keys of texts: they are translated where they are shown.
import i18next from 'i18next';
import * as v from 'valibot';

const text =
  (key: string, values: Record<string, unknown> = {}) =>
  (): string =>
    i18next.t(`fault.${key}` as 'fault.required', values);

export const MIN_PASSWORD_CHARS = 10;

export const email = v.pipe(
  v.string(),
  v.trim(),
  v.nonEmpty(text('required')),
  v.regex(/^[^\s@]+@[^\s@]+$/, text('email')),
);
export const password = v.pipe(
  v.string(),
  v.minLength(MIN_PASSWORD_CHARS, text('lengthBetween', { first: MIN_PASSWORD_CHARS, second: 128 })),
  v.maxLength(128, text('lengthBetween', { first: MIN_PASSWORD_CHARS, second: 128 })),
);
export const presentPassword = v.pipe(v.string(), v.nonEmpty(text('required')));
export const name = v.pipe(
  v.string(),
  v.trim(),
  v.nonEmpty(text('required')),
  v.maxLength(255, text('lengthAtMost', { first: 255 })),
);
export const optionalName = v.pipe(v.string(), v.maxLength(255, text('lengthAtMost', { first: 255 })));
export const currency = v.pipe(v.string(), v.regex(/^[A-Z]{3}$/, text('currency')));

export function integer(min: number, max: number): v.GenericSchema<unknown, number> {
  const message = text('between', { first: min, second: max });
  return v.pipe(v.number(message), v.integer(message), v.minValue(min, message), v.maxValue(max, message));
}

export function amount(max: number): v.GenericSchema<unknown, number> {
  const message = text('between', { first: 0, second: max });
  return v.pipe(v.number(message), v.minValue(0, message), v.maxValue(max, message));
}
