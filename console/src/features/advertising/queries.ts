// What the screens of advertising ask the server.
import { keepPreviousData, queryOptions, useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';

import { answer, api, listed, type Listed, type Schema, type Tagged, tagged } from '@/shared/api/client';

export type Advertiser = Schema<'AdvertiserShown'>;
export type AdvertiserWithBalance = Schema<'AdvertiserWithBalance'>;
export type Campaign = Schema<'CampaignOverview'>;
export type Statistics = Schema<'Statistics'>;

/** Whose statistics. */
export type StatisticsKind = 'advertiser' | 'campaign' | 'ad';

export const STAGES = ['upcoming', 'running', 'full', 'over'] as const;
export type Stage = (typeof STAGES)[number];
/** What its owner wants of a campaign; `finished` follows from its days and counters. */
export const STATUSES = ['active', 'paused', 'draft', 'finished', 'archived'] as const;
export type Status = (typeof STATUSES)[number];
export const SORTS = ['created', 'title', 'start_date', 'end_date', 'impressions', 'clicks'] as const;
export type Sort = (typeof SORTS)[number];

/** Of advertisers and creatives: in use, or put away. */
export const KEPT_STATUSES = ['active', 'archived'] as const;
export type KeptStatus = (typeof KEPT_STATUSES)[number];
export const ADVERTISER_SORTS = ['created', 'name'] as const;
export type AdvertiserSort = (typeof ADVERTISER_SORTS)[number];

export const PAGE_SIZE = 50;
/** Advertisers that a choice offers; beyond it, one is found by typing in their list. */
const MAX_CHOICES = 1_000;

export interface WantedCampaigns {
  advertiser_id?: string;
  stage?: Stage;
  status?: Status;
  search?: string;
  sort?: Sort;
  page: number;
}

/** What is asked of a list of which some are put away. */
export interface WantedOfKept<Sort> {
  search?: string;
  status?: KeptStatus;
  sort?: Sort;
  page: number;
}

export function useAdvertisers(
  projectId: string,
  wanted: WantedOfKept<AdvertiserSort>,
): UseQueryResult<Listed<AdvertiserWithBalance>> {
  return useQuery({
    queryKey: ['advertisers', projectId, wanted],
    queryFn: () =>
      listed(
        api.GET('/api/v1/projects/{projectId}/advertisers', {
          params: { path: { projectId }, query: { ...wanted, size: PAGE_SIZE } },
        }),
      ),
    placeholderData: keepPreviousData,
  });
}

/** One of them with the tag of what it is now. */
export function useAdvertiser(projectId: string, advertiserId: string): UseQueryResult<Tagged<Advertiser>> {
  return useQuery({
    queryKey: ['advertiser', projectId, advertiserId],
    queryFn: () => askAdvertiser(projectId, advertiserId),
  });
}

export function askAdvertiser(projectId: string, advertiserId: string): Promise<Tagged<Advertiser>> {
  const path = { projectId, advertiserId };
  return tagged(api.GET('/api/v1/projects/{projectId}/advertisers/{advertiserId}', { params: { path } }));
}

/** A change to the state that was looked at. */
export function changeAdvertiser(
  projectId: string,
  { data, tag }: Tagged<Advertiser>,
  body: Schema<'AdvertiserPatch'>,
): Promise<Tagged<Advertiser>> {
  return tagged(
    api.PATCH('/api/v1/projects/{projectId}/advertisers/{advertiserId}', {
      params: { path: { projectId, advertiserId: data.advertiser_id } },
      body,
      headers: { 'If-Match': tag },
    }),
  );
}

/** To be called with what an advertiser has become; without it, to read anew what became of it. */
export function useAdvertiserChanged(projectId: string): (advertiserId: string, now?: Tagged<Advertiser>) => void {
  const queries = useQueryClient();
  return useCallback(
    (advertiserId, now) => {
      const queryKey = ['advertiser', projectId, advertiserId];
      if (now === undefined) void queries.invalidateQueries({ queryKey });
      else queries.setQueryData(queryKey, now);
      void queries.invalidateQueries({ queryKey: ['advertisers', projectId] });
    },
    [queries, projectId],
  );
}

export function useAllAdvertisers(projectId: string): UseQueryResult<Listed<AdvertiserWithBalance>> {
  return useQuery({
    queryKey: ['advertisers', projectId, 'all'],
    queryFn: () =>
      listed(
        api.GET('/api/v1/projects/{projectId}/advertisers', {
          params: { path: { projectId }, query: { size: MAX_CHOICES } },
        }),
      ),
    staleTime: 60_000,
  });
}

/** Names by id, for lists that know only ids. */
export function useAdvertiserNames(projectId: string): Map<string, string> {
  const { data } = useAllAdvertisers(projectId);
  return useMemo(() => new Map((data?.rows ?? []).map(({ advertiser_id, name }) => [advertiser_id, name])), [data]);
}

export function useCampaigns(projectId: string, wanted: WantedCampaigns): UseQueryResult<Listed<Campaign>> {
  return useQuery({
    queryKey: ['campaigns', projectId, wanted],
    queryFn: () =>
      listed(
        api.GET('/api/v1/projects/{projectId}/campaigns', {
          params: { path: { projectId }, query: { ...wanted, size: PAGE_SIZE } },
        }),
      ),
    placeholderData: keepPreviousData,
  });
}

export function useCampaign(projectId: string, campaignId: string): UseQueryResult<Campaign> {
  return useQuery({
    queryKey: ['campaign', projectId, campaignId],
    queryFn: () =>
      answer(
        api.GET('/api/v1/projects/{projectId}/campaigns/{campaignId}', { params: { path: { projectId, campaignId } } }),
      ),
  });
}

// eslint-disable-next-line @typescript-eslint/explicit-module-boundary-types -- the type is what queryOptions makes of it
export function statisticsOf(kind: StatisticsKind, projectId: string, id: string) {
  return queryOptions<Statistics>({
    queryKey: ['statistics', projectId, kind, id],
    queryFn: () => askStatistics(kind, projectId, id),
  });
}

function askStatistics(kind: StatisticsKind, projectId: string, id: string): Promise<Statistics> {
  const query = { fill: 'none' } as const;
  if (kind === 'advertiser') {
    const path = { projectId, advertiserId: id };
    return answer(
      api.GET('/api/v1/projects/{projectId}/advertisers/{advertiserId}/statistics', { params: { path, query } }),
    );
  }
  if (kind === 'ad') {
    const path = { projectId, adId: id };
    return answer(api.GET('/api/v1/projects/{projectId}/ads/{adId}/statistics', { params: { path, query } }));
  }
  const path = { projectId, campaignId: id };
  return answer(api.GET('/api/v1/projects/{projectId}/campaigns/{campaignId}/statistics', { params: { path, query } }));
}

/** How often a campaign that somebody looks at is read again. */
const WATCH_MS = 15_000;

/** Whether it is given now, and what keeps it from that. */
export function useDelivery(projectId: string, campaignId: string): UseQueryResult<Schema<'CampaignDelivery'>> {
  return useQuery({
    queryKey: ['campaign', projectId, campaignId, 'delivery'],
    queryFn: () =>
      answer(
        api.GET('/api/v1/projects/{projectId}/campaigns/{campaignId}/delivery', {
          params: { path: { projectId, campaignId } },
        }),
      ),
    refetchInterval: WATCH_MS,
  });
}

export function useToday(projectId: string): UseQueryResult<number> {
  return useQuery({
    queryKey: ['day', projectId],
    queryFn: () => answer(api.GET('/api/v1/projects/{projectId}/time', { params: { path: { projectId } } })),
    select: (day) => day.current_date,
  });
}

/** What is done to several campaigns at once. */
export type Together = 'pause' | 'resume' | 'archive';

/** All of them, or none. */
export function actTogether(projectId: string, campaignIds: string[], action: Together): Promise<Campaign[]> {
  return answer(
    api.POST('/api/v1/projects/{projectId}/campaigns/bulk', {
      params: { path: { projectId } },
      body: { campaign_ids: campaignIds, action },
    }),
  );
}

/** To be called when campaigns have changed: whatever shows them is read again. */
export function useCampaignsChanged(projectId: string): () => Promise<unknown> {
  const queries = useQueryClient();
  return useCallback(
    () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ['campaigns', projectId] }),
        queries.invalidateQueries({ queryKey: ['campaign', projectId] }),
      ]),
    [queries, projectId],
  );
}
