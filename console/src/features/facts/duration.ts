// How long something takes, in words.
import { useTranslation } from 'react-i18next';

const MINUTE = 60;
const HOUR = 3_600;

export function useDurationText(): (seconds: number) => string {
  const { t } = useTranslation();
  return (seconds) => {
    if (seconds < MINUTE) return t('data.seconds', { count: Math.ceil(seconds) });
    if (seconds < HOUR) return t('data.minutes', { count: Math.round(seconds / MINUTE) });
    return t('data.hours', { count: Math.round(seconds / HOUR) });
  };
}
