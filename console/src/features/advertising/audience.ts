// Whom a campaign is shown to, how often and when, in words.
import type { TFunction } from 'i18next';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';

import type { Schema } from '@/shared/api/client';

import { dayText } from '@/shared/ui/day';

import type { Window } from './campaignValues';
import type { Campaign } from './queries';

type Targeting = Schema<'Targeting'>;

function agesOf(targeting: Targeting): [number | undefined, number | undefined] {
  return [targeting.age_from ?? undefined, targeting.age_to ?? undefined];
}

function ages(t: TFunction, [from, to]: [number | undefined, number | undefined]): string | undefined {
  if (from !== undefined && to !== undefined) return t('advertising.ages', { from, to });
  if (from !== undefined) return t('advertising.agesFrom', { from });
  return to === undefined ? undefined : t('advertising.agesTo', { to });
}

export function useAudienceText(): (targeting: Targeting | null | undefined) => string {
  const { t } = useTranslation();
  return useCallback(
    (targeting) => {
      if (targeting === null || targeting === undefined) return t('advertising.everybody');
      const { gender, location } = targeting;
      const men = gender === 'MALE' || gender === 'FEMALE' ? t(`gender.${gender}`) : undefined;
      const parts = [men, ages(t, agesOf(targeting)), location ?? undefined].filter((part) => part !== undefined);
      return parts.length === 0 ? t('advertising.everybody') : parts.join(', ');
    },
    [t],
  );
}

/** How often one client is shown it. */
export function useCapText(): (campaign: Pick<Campaign, 'frequency_cap'>) => string {
  const { t } = useTranslation();
  return useCallback(
    ({ frequency_cap: cap }) => {
      if (cap === null || cap === undefined) return t('advertising.cap.none');
      return t('advertising.cap.some', { count: cap.impressions, per: t(`advertising.window.${cap.per as Window}`) });
    },
    [t],
  );
}

/** From when to when it runs. */
export function useFlightText(isSandbox: boolean): (campaign: Pick<Campaign, 'start_day' | 'end_day'>) => string {
  const { t } = useTranslation();
  return useCallback(
    ({ start_day, end_day }) => {
      const to = end_day == null ? t('advertising.openEnd') : dayText(end_day, isSandbox);
      const flight = `${dayText(start_day, isSandbox)} – ${to}`;
      return isSandbox ? t('advertising.days', { flight }) : flight;
    },
    [t, isSandbox],
  );
}
