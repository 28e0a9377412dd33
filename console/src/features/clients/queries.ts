// What the screens of clients ask the server.
import { keepPreviousData, useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query';
import { useCallback } from 'react';

import { answer, api, done, listed, type Listed, type Schema, type Tagged, tagged } from '@/shared/api/client';

export type Client = Schema<'Client'>;
export type Change = Schema<'ClientPatch'>;

export const GENDERS = ['FEMALE', 'MALE'] as const;
export type Gender = (typeof GENDERS)[number];
export const SORTS = ['id', 'login', 'age'] as const;
export type Sort = (typeof SORTS)[number];

export const PAGE_SIZE = 50;

export interface Wanted {
  search?: string;
  gender?: Gender;
  location?: string;
  age_from?: number;
  age_to?: number;
  sort?: Sort;
  page: number;
}

export function useClients(projectId: string, wanted: Wanted): UseQueryResult<Listed<Client>> {
  return useQuery({
    queryKey: ['clients', projectId, wanted],
    queryFn: () =>
      listed(
        api.GET('/api/v1/projects/{projectId}/clients', {
          params: { path: { projectId }, query: { ...wanted, size: PAGE_SIZE } },
        }),
      ),
    placeholderData: keepPreviousData,
  });
}

/** One of them as they are now, with the tag of that. What was so a moment ago is no start for a change. */
export function useClient(projectId: string, clientId: string): UseQueryResult<Tagged<Client>> {
  return useQuery({
    queryKey: ['client', projectId, clientId],
    queryFn: () =>
      tagged(api.GET('/api/v1/projects/{projectId}/clients/{clientId}', { params: { path: { projectId, clientId } } })),
    staleTime: Infinity,
    gcTime: 0,
  });
}

export function createClient(projectId: string, body: Schema<'NewClient'>): Promise<Client> {
  return answer(api.POST('/api/v1/projects/{projectId}/clients', { params: { path: { projectId } }, body }));
}

/** A change to the state that was looked at. */
export function changeClient(projectId: string, { data, tag }: Tagged<Client>, body: Change): Promise<Client> {
  return answer(
    api.PATCH('/api/v1/projects/{projectId}/clients/{clientId}', {
      params: { path: { projectId, clientId: data.client_id } },
      body,
      headers: { 'If-Match': tag },
    }),
  );
}

export function eraseClient(projectId: string, clientId: string): Promise<void> {
  return done(
    api.DELETE('/api/v1/projects/{projectId}/clients/{clientId}', { params: { path: { projectId, clientId } } }),
  );
}

/** To be called when clients have changed: the playground knows them, too. */
export function useClientsChanged(projectId: string): () => Promise<unknown> {
  const queries = useQueryClient();
  return useCallback(
    () =>
      Promise.all(
        ['clients', 'played client', 'candidates'].map((name) =>
          queries.invalidateQueries({ queryKey: [name, projectId] }),
        ),
      ),
    [queries, projectId],
  );
}
