// What the screens of ads and creatives ask the server.
import { keepPreviousData, useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query';
import { useCallback } from 'react';

import { answer, api, listed, type Listed, type Schema } from '@/shared/api/client';

import type { WantedOfKept } from './queries';

export type Ad = Schema<'AdOfCampaign'>;
export type AdChange = Schema<'AdOfCampaignChange'>;
export type Creative = Schema<'CreativeShown'>;

export const AD_STATUSES = ['active', 'paused', 'archived'] as const;
export type AdStatus = (typeof AD_STATUSES)[number];
export const CREATIVE_SORTS = ['created', 'title'] as const;
export type CreativeSort = (typeof CREATIVE_SORTS)[number];

export const PAGE_SIZE = 50;
export const MAX_WEIGHT = 1_000;
/** Of a campaign, but for archived ones. */
const MAX_ADS = 100;
/** Creatives that a choice offers for what was typed. */
const MAX_CHOICES = 20;

/** Whose ads. */
export interface WhoseAds {
  projectId: string;
  campaignId: string;
}

export function useAds(
  { projectId, campaignId }: WhoseAds,
  wanted: { status?: AdStatus; search?: string; page: number },
): UseQueryResult<Listed<Ad>> {
  return useQuery({
    queryKey: ['ads', projectId, campaignId, wanted],
    queryFn: () =>
      listed(
        api.GET('/api/v1/projects/{projectId}/campaigns/{campaignId}/ads', {
          params: { path: { projectId, campaignId }, query: { ...wanted, size: PAGE_SIZE } },
        }),
      ),
    placeholderData: keepPreviousData,
  });
}

/** Those that are not archived: no campaign has more of them than fit into one answer. */
export function useAllAds({ projectId, campaignId }: WhoseAds, isNeeded: boolean): UseQueryResult<Listed<Ad>> {
  return useQuery({
    queryKey: ['ads', projectId, campaignId, 'all'],
    queryFn: () =>
      listed(
        api.GET('/api/v1/projects/{projectId}/campaigns/{campaignId}/ads', {
          params: { path: { projectId, campaignId }, query: { size: MAX_ADS } },
        }),
      ),
    enabled: isNeeded,
  });
}

export function useAd(projectId: string, adId: string): UseQueryResult<Ad> {
  return useQuery({ queryKey: ['ad', projectId, adId], queryFn: () => askAd(projectId, adId) });
}

export function askAd(projectId: string, adId: string): Promise<Ad> {
  return answer(api.GET('/api/v1/projects/{projectId}/ads/{adId}', { params: { path: { projectId, adId } } }));
}

export function createAd({ projectId, campaignId }: WhoseAds, body: Schema<'NewAdOfCampaign'>): Promise<Ad> {
  return answer(
    api.POST('/api/v1/projects/{projectId}/campaigns/{campaignId}/ads', {
      params: { path: { projectId, campaignId } },
      body,
    }),
  );
}

/** A change to the version that was looked at. */
export function changeAd(projectId: string, ad: Ad, body: AdChange): Promise<Ad> {
  return answer(
    api.PATCH('/api/v1/projects/{projectId}/ads/{adId}', {
      params: { path: { projectId, adId: ad.ad_id } },
      body,
      headers: { 'If-Match': `"${ad.version}"` },
    }),
  );
}

export function useCreatives(projectId: string, wanted: WantedOfKept<CreativeSort>): UseQueryResult<Listed<Creative>> {
  return useQuery({
    queryKey: ['creatives', projectId, wanted],
    queryFn: () =>
      listed(
        api.GET('/api/v1/projects/{projectId}/creatives', {
          params: { path: { projectId }, query: { ...wanted, size: PAGE_SIZE } },
        }),
      ),
    placeholderData: keepPreviousData,
  });
}

/** Creatives whose title or text contains what was typed. */
export function useCreativeChoices(projectId: string, search: string): UseQueryResult<Listed<Creative>> {
  return useQuery({
    queryKey: ['creatives', projectId, 'choices', search],
    queryFn: () =>
      listed(
        api.GET('/api/v1/projects/{projectId}/creatives', {
          params: { path: { projectId }, query: { size: MAX_CHOICES, ...(search === '' ? {} : { search }) } },
        }),
      ),
    placeholderData: keepPreviousData,
  });
}

export function askCreative(projectId: string, creativeId: string): Promise<Creative> {
  const path = { projectId, creativeId };
  return answer(api.GET('/api/v1/projects/{projectId}/creatives/{creativeId}', { params: { path } }));
}

export function createCreative(projectId: string, body: Schema<'CreativeWords'>): Promise<Creative> {
  return answer(api.POST('/api/v1/projects/{projectId}/creatives', { params: { path: { projectId } }, body }));
}

export function changeCreative(
  projectId: string,
  creative: Creative,
  body: Schema<'CreativeShownChange'>,
): Promise<Creative> {
  return answer(
    api.PATCH('/api/v1/projects/{projectId}/creatives/{creativeId}', {
      params: { path: { projectId, creativeId: creative.creative_id } },
      body,
      headers: { 'If-Match': `"${creative.version}"` },
    }),
  );
}

/** To be called when ads or creatives have changed: a campaign shows the title and text of its first ad. */
export function useAdsChanged(projectId: string): () => Promise<unknown> {
  const queries = useQueryClient();
  return useCallback(
    () =>
      Promise.all(
        ['ads', 'ad', 'creatives', 'campaign', 'campaigns'].map((name) =>
          queries.invalidateQueries({ queryKey: [name, projectId] }),
        ),
      ),
    [queries, projectId],
  );
}
