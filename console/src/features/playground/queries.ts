// What the playground asks the server.
import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';

import { answer, api, listed, type Listed, type Schema } from '@/shared/api/client';
import { dayOfIso } from '@/shared/ui/day';

export type Client = Schema<'Client'>;
export type Candidate = Schema<'DecisionCandidate'>;

export const PAGE_SIZE = 50;
/** Clients that a choice offers at a time; others are found by what is typed. */
const OFFERED = 50;

/** Some client or other; another one each time it is asked. */
export function useRandomClient(projectId: string): UseQueryResult<Client> {
  return useQuery({
    queryKey: ['played client', projectId],
    queryFn: () => answer(api.GET('/api/v1/projects/{projectId}/clients/random', { params: { path: { projectId } } })),
    staleTime: Infinity,
    retry: false,
  });
}

/** Clients whose login has this in it; of any, where nothing is looked for. */
export function useClients(projectId: string, search: string): UseQueryResult<Listed<Client>> {
  return useQuery({
    queryKey: ['clients', projectId, 'offered', search],
    queryFn: () =>
      listed(
        api.GET('/api/v1/projects/{projectId}/clients', {
          params: { path: { projectId }, query: { size: OFFERED, ...(search === '' ? {} : { search }) } },
        }),
      ),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
}

/** What campaigns are to a client now. */
export function useCandidates(
  projectId: string,
  clientId: string,
  { search, page }: { search?: string | undefined; page: number },
): UseQueryResult<Listed<Candidate>> {
  return useQuery({
    queryKey: ['candidates', projectId, clientId, { search, page }],
    queryFn: () =>
      listed(
        api.GET('/api/v1/projects/{projectId}/decisions/preview', {
          params: {
            path: { projectId },
            query: { client_id: clientId, page, size: PAGE_SIZE, ...(search === undefined ? {} : { search }) },
          },
        }),
      ),
    enabled: clientId !== '',
    placeholderData: keepPreviousData,
    // What was so a moment ago foretells nothing.
    refetchOnMount: 'always',
  });
}

/** The civil day that day 0 of a sandbox stands for: campaigns have both. */
export function useEpoch(projectId: string, isSandbox: boolean): number | undefined {
  const { data } = useQuery({
    queryKey: ['campaigns', projectId, 'epoch'],
    queryFn: () =>
      listed(
        api.GET('/api/v1/projects/{projectId}/campaigns', { params: { path: { projectId }, query: { size: 1 } } }),
      ),
    enabled: isSandbox,
    staleTime: Infinity,
  });
  const campaign = data?.rows[0];
  const day = campaign === undefined ? undefined : dayOfIso(campaign.start_date);
  return campaign === undefined || day === undefined ? undefined : day - campaign.start_day;
}
