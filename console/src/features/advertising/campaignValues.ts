// A campaign as its form holds it, and as the API has it.
import type { Schema } from '@/shared/api/client';
import { dayOfIso, isoOfDay } from '@/shared/ui/day';

import type { Campaign } from './queries';

export interface Values extends Record<string, unknown> {
  advertiser_id: string | null;
  /** What people call it; empty: by the title of its ad. */
  name: string;
  ad_title: string;
  ad_text: string;
  /** A date, or the number of a day of a sandbox. */
  start_date: string | number;
  /** Empty: the end is open. */
  end_date: string | number;
  impressions_limit: number | string;
  clicks_limit: number | string;
  cost_per_impression: number | string;
  cost_per_click: number | string;
  /** Of a new one: it is shown to nobody until it is launched. */
  isDraft?: boolean;
  targeting: { gender: string; age_from: number | string; age_to: number | string; location: string };
}

/** How long a campaign runs unless somebody says otherwise. */
const USUAL_DAYS = 14;

export function emptyValues(today: number, isSandbox: boolean, advertiserId: string | undefined): Values {
  const shown = (day: number): string | number => (isSandbox ? day : isoOfDay(day));
  return {
    advertiser_id: advertiserId ?? null,
    name: '',
    ad_title: '',
    ad_text: '',
    start_date: shown(today),
    end_date: shown(today + USUAL_DAYS - 1),
    impressions_limit: 1_000,
    clicks_limit: 100,
    cost_per_impression: 0.1,
    cost_per_click: 1,
    isDraft: false,
    targeting: { gender: 'ALL', age_from: '', age_to: '', location: '' },
  };
}

export function valuesOf(campaign: Campaign, isSandbox: boolean): Values {
  const shown = (day: number): string | number => (isSandbox ? day : isoOfDay(day));
  const { targeting } = campaign;
  return {
    advertiser_id: campaign.advertiser_id,
    name: campaign.name ?? '',
    ad_title: campaign.ad_title,
    ad_text: campaign.ad_text,
    start_date: shown(campaign.start_day),
    end_date: campaign.end_day == null ? '' : shown(campaign.end_day),
    impressions_limit: campaign.impressions_limit,
    clicks_limit: campaign.clicks_limit,
    cost_per_impression: campaign.cost_per_impression,
    cost_per_click: campaign.cost_per_click,
    targeting: {
      gender: targeting.gender ?? 'ALL',
      age_from: targeting.age_from ?? '',
      age_to: targeting.age_to ?? '',
      location: targeting.location ?? '',
    },
  };
}

function dayOf(value: string | number, isSandbox: boolean): number {
  return isSandbox ? Number(value) : (dayOfIso(String(value)) ?? 0);
}

/** What was left empty restricts nothing. */
function orNull(value: number | string): number | null {
  return value === '' ? null : Number(value);
}

export function bodyOf(
  values: Values,
  isSandbox: boolean,
): Omit<Schema<'CampaignOfAdvertiser'>, 'advertiser_id' | 'status' | 'pacing'> {
  const { gender, age_from, age_to, location } = values.targeting;
  return {
    name: values.name.trim() === '' ? null : values.name.trim(),
    ad_title: values.ad_title.trim(),
    ad_text: values.ad_text.trim(),
    start_date: dayOf(values.start_date, isSandbox),
    end_date: values.end_date === '' ? null : dayOf(values.end_date, isSandbox),
    impressions_limit: Number(values.impressions_limit),
    clicks_limit: Number(values.clicks_limit),
    cost_per_impression: Number(values.cost_per_impression),
    cost_per_click: Number(values.cost_per_click),
    targeting: {
      gender: gender === 'ALL' ? null : (gender as 'MALE' | 'FEMALE'),
      age_from: orNull(age_from),
      age_to: orNull(age_to),
      location: location.trim() === '' ? null : location.trim(),
    },
  };
}
