// What the screens of webhooks ask the server.
import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';

import { answer, api, listed, type Listed, type Schema } from '@/shared/api/client';

export type Webhook = Schema<'Webhook'>;
export type Delivery = Schema<'Delivery'>;

/** What a webhook may be told; every one is told `ping`. */
export const EVENTS = ['campaign.finished', 'balance.low', 'money.ended'] as const;
export type Event = (typeof EVENTS)[number];
export const STATES = ['pending', 'delivered', 'failed'] as const;
export type State = (typeof STATES)[number];

export const PAGE_SIZE = 50;
/** How often deliveries are read again while one is on its way. */
const WATCH_MS = 2_000;

/** Which webhook. */
export interface Which {
  projectId: string;
  webhookId: string;
}

export function useWebhooks(projectId: string): UseQueryResult<Listed<Webhook>> {
  return useQuery({
    queryKey: ['webhooks', projectId],
    queryFn: () => listed(api.GET('/api/v1/projects/{projectId}/webhooks', { params: { path: { projectId } } })),
  });
}

export function useWebhook(which: Which): UseQueryResult<Webhook> {
  return useQuery({
    queryKey: ['webhooks', which.projectId, which.webhookId],
    queryFn: () =>
      answer(api.GET('/api/v1/projects/{projectId}/webhooks/{webhookId}', { params: { path: { ...which } } })),
  });
}

export function useDeliveries(which: Which, wanted: { state?: State; page: number }): UseQueryResult<Listed<Delivery>> {
  return useQuery({
    queryKey: ['webhooks', which.projectId, which.webhookId, 'deliveries', wanted],
    queryFn: () =>
      listed(
        api.GET('/api/v1/projects/{projectId}/webhooks/{webhookId}/deliveries', {
          params: { path: { ...which }, query: { ...wanted, size: PAGE_SIZE } },
        }),
      ),
    placeholderData: keepPreviousData,
    // Where what is on its way is looked for, more may come at any time.
    refetchInterval: (query) =>
      [wanted, ...(query.state.data?.rows ?? [])].some(({ state }) => state === 'pending') ? WATCH_MS : false,
  });
}
