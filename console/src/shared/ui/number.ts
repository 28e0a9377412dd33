// Numbers and money in the reader's language.
import { currentLanguage } from '../i18n/i18n';

/**
 * How a field writes large numbers, as elsewhere on the page. Where a comma stands between thousands, a typed one is no decimal point:
 * `1,000` would be one.
 */
export function grouped(): { thousandSeparator: string; allowedDecimalSeparators: string[] } {
  return {
    en: { thousandSeparator: ',', allowedDecimalSeparators: ['.'] },
    ru: { thousandSeparator: '\u00a0', allowedDecimalSeparators: ['.', ','] },
  }[currentLanguage()];
}

export function count(value: number): string {
  return new Intl.NumberFormat(currentLanguage()).format(value);
}

/** As reports write it: by its own sign, where a currency has one. */
function of(currency: string): Pick<Intl.NumberFormatOptions, 'style' | 'currency' | 'currencyDisplay'> {
  return { style: 'currency', currency, currencyDisplay: 'narrowSymbol' };
}

/** Whole sums stand without decimals, all others with two at least: 9, but 9.50. */
const TIDY: Intl.NumberFormatOptions = { minimumFractionDigits: 2, trailingZeroDisplay: 'stripIfInteger' };

export function money(value: number, currency: string): string {
  const format = { ...of(currency), ...TIDY, maximumFractionDigits: 2 };
  return new Intl.NumberFormat(currentLanguage(), format).format(value);
}

/** A price of one event may be a fraction of a cent: it is kept to six decimals. */
export function price(value: number, currency: string): string {
  const format = { ...of(currency), ...TIDY, maximumFractionDigits: 6 };
  return new Intl.NumberFormat(currentLanguage(), format).format(value);
}

/** About how much: of something that changes while it is read, three digits are enough. */
export function roughly(value: number, currency: string): string {
  if (Math.abs(value) >= 1) return money(value, currency);
  return new Intl.NumberFormat(currentLanguage(), { ...of(currency), maximumSignificantDigits: 3 }).format(value);
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
