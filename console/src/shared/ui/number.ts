// Numbers and money in the reader's language.
import { currentLanguage } from '../i18n/i18n';

export function count(value: number): string {
  return new Intl.NumberFormat(currentLanguage()).format(value);
}

/** As reports write it: by its own sign, where a currency has one. */
function of(currency: string): Pick<Intl.NumberFormatOptions, 'style' | 'currency' | 'currencyDisplay'> {
  return { style: 'currency', currency, currencyDisplay: 'narrowSymbol' };
}

export function money(value: number, currency: string): string {
  const format = { ...of(currency), minimumFractionDigits: 0, maximumFractionDigits: 2 };
  return new Intl.NumberFormat(currentLanguage(), format).format(value);
}

/** A price of one event may be a fraction of a cent: it is kept to six decimals. */
export function price(value: number, currency: string): string {
  const format = { ...of(currency), minimumFractionDigits: 0, maximumFractionDigits: 6 };
  return new Intl.NumberFormat(currentLanguage(), format).format(value);
}

export function percent(value: number): string {
  return new Intl.NumberFormat(currentLanguage(), { style: 'percent', maximumFractionDigits: 2 }).format(value);
}

/** A movement of money, to the last decimal that it has; with its sign where it says which way. */
export function movement(value: number, currency: string, isSigned = false): string {
  const format = { ...of(currency), minimumFractionDigits: 2, maximumFractionDigits: 6 };
  const signDisplay = isSigned ? 'exceptZero' : 'auto';
  return new Intl.NumberFormat(currentLanguage(), { ...format, signDisplay }).format(value);
}
