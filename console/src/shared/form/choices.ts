// Currencies and time zones, as the browser knows them, in the reader's language.
import { currentLanguage } from '../i18n/i18n';

interface Choice {
  value: string;
  label: string;
}

/** Shown first: what most projects are in. */
const COMMON_CURRENCIES = ['RUB', 'USD', 'EUR', 'KZT', 'BYN', 'CNY', 'GBP', 'TRY', 'AED'];

export function currencies(): Choice[] {
  const names = new Intl.DisplayNames(currentLanguage(), { type: 'currency' });
  const others = Intl.supportedValuesOf('currency').filter((code) => !COMMON_CURRENCIES.includes(code));
  return [...COMMON_CURRENCIES, ...others].map((code) => ({
    value: code,
    label: `${code} — ${names.of(code) ?? code}`,
  }));
}

function offsetOf(zone: string): string {
  const parts = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' }).formatToParts();
  return (parts.find((part) => part.type === 'timeZoneName')?.value ?? '').replace('GMT', 'UTC');
}

export function timeZones(): Choice[] {
  return ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')].map((zone) => ({
    value: zone,
    label: `${zone.replaceAll('_', ' ')} (${offsetOf(zone)})`,
  }));
}

export function ownTimeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
