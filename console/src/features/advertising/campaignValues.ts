// A campaign as its form holds it, and as the API has it.
import type { Schema } from '@/shared/api/client';
import { dayOfIso, isoOfDay } from '@/shared/ui/day';

import type { Campaign } from './queries';

export const PACINGS = ['asap', 'even'] as const;
export const WINDOWS = ['hour', 'day', 'week', 'flight'] as const;
export type Pacing = (typeof PACINGS)[number];
export type Window = (typeof WINDOWS)[number];

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
  /** Empty: no bound, as of the other budget. */
  total_budget: number | string;
  daily_budget: number | string;
  pacing: Pacing;
  /** Without a number of shows there is no cap. */
  frequency_cap: { impressions: number | string; per: Window };
  /** Of a new one and of a draft: it is shown to nobody until it is launched. */
  isDraft: boolean;
  targeting: { gender: string; age_from: number | string; age_to: number | string; location: string };
}

/** How long a campaign runs unless somebody says otherwise. */
export const USUAL_DAYS = 14;

/** A day as the form of the project holds it. */
export function dayValue(day: number, isSandbox: boolean): string | number {
  return isSandbox ? day : isoOfDay(day);
}

/** The number of a day that the form holds. */
export function dayOf(value: string | number, isSandbox: boolean): number {
  return isSandbox ? Number(value) : (dayOfIso(String(value)) ?? 0);
}

export function emptyValues(today: number, isSandbox: boolean, advertiserId: string | undefined): Values {
  return {
    advertiser_id: advertiserId ?? null,
    name: '',
    ad_title: '',
    ad_text: '',
    start_date: dayValue(today, isSandbox),
    end_date: dayValue(today + USUAL_DAYS - 1, isSandbox),
    impressions_limit: 1_000,
    clicks_limit: 100,
    cost_per_impression: 0.1,
    cost_per_click: 1,
    total_budget: '',
    daily_budget: '',
    pacing: 'asap',
    frequency_cap: { impressions: '', per: 'day' },
    isDraft: false,
    targeting: { gender: 'ALL', age_from: '', age_to: '', location: '' },
  };
}

export function valuesOf(campaign: Campaign, isSandbox: boolean): Values {
  return {
    advertiser_id: campaign.advertiser_id,
    name: campaign.name ?? '',
    ad_title: campaign.ad_title,
    ad_text: campaign.ad_text,
    start_date: dayValue(campaign.start_day, isSandbox),
    end_date: campaign.end_day == null ? '' : dayValue(campaign.end_day, isSandbox),
    impressions_limit: campaign.impressions_limit,
    clicks_limit: campaign.clicks_limit,
    cost_per_impression: campaign.cost_per_impression,
    cost_per_click: campaign.cost_per_click,
    total_budget: campaign.total_budget ?? '',
    daily_budget: campaign.daily_budget ?? '',
    pacing: campaign.pacing as Pacing,
    frequency_cap: capValues(campaign),
    isDraft: campaign.status === 'draft',
    targeting: audienceValues(campaign),
  };
}

function capValues({ frequency_cap: cap }: Campaign): Values['frequency_cap'] {
  return { impressions: cap?.impressions ?? '', per: (cap?.per ?? 'day') as Window };
}

function audienceValues({ targeting: { gender, age_from, age_to, location } }: Campaign): Values['targeting'] {
  return { gender: gender ?? 'ALL', age_from: age_from ?? '', age_to: age_to ?? '', location: location ?? '' };
}

/** What was left empty restricts nothing. */
function orNull(value: number | string): number | null {
  return value === '' ? null : Number(value);
}

function textOrNull(value: string): string | null {
  return value.trim() === '' ? null : value.trim();
}

type Body = Omit<Schema<'CampaignOfAdvertiser'>, 'advertiser_id'>;

export function bodyOf(values: Values, isSandbox: boolean): Body {
  const { gender, age_from, age_to, location } = values.targeting;
  const shows = orNull(values.frequency_cap.impressions);
  return {
    name: textOrNull(values.name),
    status: values.isDraft ? 'draft' : 'active',
    ad_title: values.ad_title.trim(),
    ad_text: values.ad_text.trim(),
    start_date: dayOf(values.start_date, isSandbox),
    end_date: values.end_date === '' ? null : dayOf(values.end_date, isSandbox),
    impressions_limit: Number(values.impressions_limit),
    clicks_limit: Number(values.clicks_limit),
    cost_per_impression: Number(values.cost_per_impression),
    cost_per_click: Number(values.cost_per_click),
    total_budget: orNull(values.total_budget),
    daily_budget: orNull(values.daily_budget),
    pacing: values.pacing,
    frequency_cap: shows === null ? null : { impressions: shows, per: values.frequency_cap.per },
    targeting: {
      gender: gender === 'ALL' ? null : (gender as 'MALE' | 'FEMALE'),
      age_from: orNull(age_from),
      age_to: orNull(age_to),
      location: textOrNull(location),
    },
  };
}

export function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** What of the form differs from what it began with; what is not sent stays as it is. */
export function changesOf(values: Values, before: Values, isSandbox: boolean): Schema<'CampaignChange'> {
  const [wanted, present] = [bodyOf(values, isSandbox), bodyOf(before, isSandbox)];
  const names = Object.keys(wanted) as (keyof Body)[];
  return Object.fromEntries(
    names.filter((name) => !isSame(wanted[name], present[name])).map((name) => [name, wanted[name]]),
  );
}

/** Names of what differs. */
export function differing(one: Values, other: Values): (keyof Values)[] {
  return Object.keys(one).filter((name) => !isSame(one[name], other[name]));
}

/** What somebody else has made of it, with what was changed here on top. */
export function rebased(mine: Values, before: Values, theirs: Values): Values {
  const own = Object.fromEntries(differing(mine, before).map((name) => [name, mine[name]]));
  return { ...theirs, ...own };
}
