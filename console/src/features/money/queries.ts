// What the screens of an advertiser's money ask the server.
import { keepPreviousData, useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query';
import { useCallback } from 'react';

import { answer, api, listed, type Listed, type Schema } from '@/shared/api/client';

export type Account = Schema<'Account'>;
export type Transaction = Schema<'Transaction'>;
export type Statement = Schema<'Statement'>;
export type StatementRow = Schema<'StatementRow'>;
export type Click = Schema<'Click'>;

export const KINDS = ['top_up', 'spend', 'refund', 'adjustment'] as const;
export type Kind = (typeof KINDS)[number];
export const SORTS = ['latest', 'earliest', 'amount'] as const;
export type Sort = (typeof SORTS)[number];
export const OUTCOMES = [
  'billed',
  'no_impression',
  'clicks_limit',
  'budget',
  'no_money',
  'link_expired',
  'prefetch',
  'bot',
  'invalid',
] as const;
export type Outcome = (typeof OUTCOMES)[number];

export const PAGE_SIZE = 50;
/** How often an account is read again while somebody looks: what is spent counts at once. */
const WATCH_MS = 15_000;
/** Campaigns whose titles are known to the list of clicks. */
const MAX_TITLES = 1_000;
/** Advertisers of a state whose names are known to the list of transactions. */
const MAX_NAMES = 1_000;

/** Whose money. */
export interface Whose {
  projectId: string;
  advertiserId: string;
}

/** Days from and to, as filters have them. */
export interface Days {
  date_from?: string;
  date_to?: string;
}

const keyOf = ({ projectId, advertiserId }: Whose, ...rest: unknown[]): unknown[] => [
  'money',
  projectId,
  advertiserId,
  ...rest,
];

export function useAccount(whose: Whose): UseQueryResult<Account> {
  return useQuery({
    queryKey: keyOf(whose, 'account'),
    queryFn: () =>
      answer(
        api.GET('/api/v1/projects/{projectId}/advertisers/{advertiserId}/account', { params: { path: { ...whose } } }),
      ),
    refetchInterval: WATCH_MS,
  });
}

/** What a list of transactions is narrowed to. */
export interface WantedTransactions extends Days {
  kind?: Kind;
  search?: string;
  sort?: Sort;
  page: number;
}

/** An advertiser's. */
export function useTransactions(whose: Whose, wanted: WantedTransactions): UseQueryResult<Listed<Transaction>> {
  return useQuery({
    queryKey: keyOf(whose, 'transactions', wanted),
    queryFn: () =>
      listed(
        api.GET('/api/v1/projects/{projectId}/advertisers/{advertiserId}/account/transactions', {
          params: { path: { ...whose }, query: { ...wanted, size: PAGE_SIZE } },
        }),
      ),
    placeholderData: keepPreviousData,
  });
}

/** Those of all advertisers of a project, or of one of them. */
export function useProjectTransactions(
  projectId: string,
  wanted: WantedTransactions & { advertiser_id?: string },
): UseQueryResult<Listed<Transaction>> {
  return useQuery({
    queryKey: ['money', projectId, 'transactions', wanted],
    queryFn: () =>
      listed(
        api.GET('/api/v1/projects/{projectId}/transactions', {
          params: { path: { projectId }, query: { ...wanted, size: PAGE_SIZE } },
        }),
      ),
    placeholderData: keepPreviousData,
  });
}

/** Names of advertisers by their ids: also of those that are archived, whose money stays. */
export function useAdvertiserNames(projectId: string): UseQueryResult<Map<string, string>> {
  return useQuery({
    queryKey: ['advertisers', projectId, 'names of all'],
    queryFn: async () => {
      const lists = await Promise.all(
        ['active', 'archived'].map((status) =>
          listed(
            api.GET('/api/v1/projects/{projectId}/advertisers', {
              params: { path: { projectId }, query: { size: MAX_NAMES, sort: 'name', status } },
            }),
          ),
        ),
      );
      return new Map(lists.flatMap(({ rows }) => rows).map(({ advertiser_id, name }) => [advertiser_id, name]));
    },
    staleTime: 60_000,
  });
}

export function useStatement(whose: Whose, days: Days | undefined): UseQueryResult<Statement> {
  return useQuery({
    queryKey: keyOf(whose, 'statement', days),
    queryFn: () =>
      answer(
        api.GET('/api/v1/projects/{projectId}/advertisers/{advertiserId}/account/statement', {
          params: { path: { ...whose }, query: { ...days } },
        }),
      ),
    enabled: days !== undefined,
    placeholderData: keepPreviousData,
  });
}

export function statementFile(whose: Whose, days: Days): Promise<Blob> {
  return answer(
    api.GET('/api/v1/projects/{projectId}/advertisers/{advertiserId}/account/statement', {
      params: { path: { ...whose }, query: { ...days, format: 'csv' } },
      parseAs: 'blob',
    }),
  );
}

export function useClicks(
  whose: Whose,
  wanted: Days & { campaign_id?: string; outcome?: Outcome; page: number },
): UseQueryResult<Listed<Click>> {
  return useQuery({
    queryKey: keyOf(whose, 'clicks', wanted),
    queryFn: () =>
      listed(
        api.GET('/api/v1/projects/{projectId}/advertisers/{advertiserId}/clicks', {
          params: { path: { ...whose }, query: { ...wanted, size: PAGE_SIZE } },
        }),
      ),
    placeholderData: keepPreviousData,
  });
}

/** The titles of an advertiser's campaigns by their ids, for clicks, which know only ids. */
export function useCampaignTitles({ projectId, advertiserId }: Whose): UseQueryResult<Map<string, string>> {
  return useQuery({
    queryKey: ['campaigns', projectId, 'titles', advertiserId],
    queryFn: () =>
      listed(
        api.GET('/api/v1/projects/{projectId}/campaigns', {
          params: { path: { projectId }, query: { advertiser_id: advertiserId, size: MAX_TITLES } },
        }),
      ),
    select: ({ rows }) => new Map(rows.map(({ campaign_id, ad_title }) => [campaign_id, ad_title])),
    staleTime: 60_000,
  });
}

/** To be called when money has moved, or may have: everything that shows it is read again. */
export function useMoneyMoved({ projectId }: Whose): () => Promise<unknown> {
  const queries = useQueryClient();
  return useCallback(
    () =>
      Promise.all(
        [
          // Also the list of all transactions.
          ['money', projectId],
          ['advertisers', projectId],
          ['statistics', projectId],
          ['campaigns', projectId],
        ].map((queryKey) => queries.invalidateQueries({ queryKey })),
      ),
    [queries, projectId],
  );
}
