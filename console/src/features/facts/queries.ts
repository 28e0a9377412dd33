// What the screens of data ask the server.
import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';

import { answer, api, listed, type Listed, type Schema } from '@/shared/api/client';
import { askReport, type Source } from '@/shared/report/question';
import { ALL } from '@/shared/ui/found';

export type Import = Schema<'Import'>;
export type Rejects = Schema<'ImportRejects'>;
export type Preview = Schema<'ImportPreview'>;
export type ChannelRules = Schema<'ChannelRules'>;
export type ChannelRule = Schema<'ChannelRule'>;
export type Visit = Schema<'ChannelVisit'>;
export type Verdict = Schema<'ChannelVerdict'>;
export type ReportSettings = Schema<'ReportSettings'>;

export const KINDS = ['orders', 'spend', 'events', 'refunds', 'deals', 'rates'] as const;
export type Kind = (typeof KINDS)[number];
export type State = 'waiting' | 'running' | 'done' | 'dead' | 'cancelled';

export const PAGE_SIZE = 50;
/** How often imports are read again while one of them is under way. */
const WATCH_MS = 1_500;
/** One metric of each family: so that a report names every source there is. */
const ONE_OF_EACH = ['cost', 'revenue', 'leads', 'sessions'];

export function isActive({ state }: Import): boolean {
  return state === 'waiting' || state === 'running';
}

/** A page of them; with `isWhole`, the newest thousand, to be searched here: the server does not search them. */
export function useImports(projectId: string, page: number, isWhole: boolean): UseQueryResult<Listed<Import>> {
  return useQuery({
    queryKey: ['imports', projectId, isWhole ? 'whole' : page],
    queryFn: () =>
      listed(
        api.GET('/api/v1/projects/{projectId}/imports', {
          params: { path: { projectId }, query: isWhole ? { size: ALL } : { page, size: PAGE_SIZE } },
        }),
      ),
    placeholderData: keepPreviousData,
    // Programs bring files, too.
    staleTime: 0,
    refetchInterval: (query) => ((query.state.data?.rows ?? []).some(isActive) ? WATCH_MS : false),
  });
}

/** Cancels an import, or begins it anew. */
export function actOn(projectId: string, jobId: string, step: 'cancel' | 'retry'): Promise<unknown> {
  const init = { params: { path: { projectId, jobId } } };
  return answer(
    step === 'cancel'
      ? api.POST('/api/v1/projects/{projectId}/jobs/{jobId}/cancel', init)
      : api.POST('/api/v1/projects/{projectId}/jobs/{jobId}/retry', init),
  );
}

export function rejectsOf(projectId: string, jobId: string): Promise<Blob> {
  return answer(
    api.GET('/api/v1/projects/{projectId}/imports/{jobId}/rejects', {
      params: { path: { projectId, jobId } },
      parseAs: 'blob',
    }),
  );
}

/** The first rows that were not kept, each with why. */
export function useRejects(projectId: string, jobId: string): UseQueryResult<Rejects> {
  return useQuery({
    queryKey: ['imports', projectId, 'rejects', jobId],
    queryFn: async () => {
      const params = { path: { projectId, jobId }, query: { format: 'json' } };
      const found = await answer(api.GET('/api/v1/projects/{projectId}/imports/{jobId}/rejects', { params }));
      return found as unknown as Rejects;
    },
  });
}

/** What a file is taken for. `held` says which column holds a field, as far as somebody has said so. */
export function usePreview(
  projectId: string,
  wanted: { kind: Kind; file: File; beginning: Blob } | undefined,
): UseQueryResult<Preview> {
  const { kind, file, beginning } = wanted ?? {};
  return useQuery({
    queryKey: ['preview', projectId, kind, file?.name, file?.size, file?.lastModified],
    queryFn: ({ signal }) =>
      answer(
        api.POST('/api/v1/projects/{projectId}/imports/preview', {
          params: { path: { projectId }, query: { kind: kind ?? 'orders' } },
          body: beginning as never,
          bodySerializer: (body: unknown) => body as Blob,
          headers: { 'content-type': 'application/octet-stream' },
          signal,
        }),
      ),
    enabled: wanted !== undefined,
    staleTime: Infinity,
    gcTime: 0,
  });
}

/** Every source of facts, once for all the metrics that it feeds. */
export interface KnownSource extends Omit<Source, 'feeds'> {
  feeds: string[];
}

export function merged(sources: Source[]): KnownSource[] {
  const known = new Map<string, KnownSource>();
  for (const { feeds, ...source } of sources) {
    const key = JSON.stringify([source.facts, source.source, source.account]);
    const found = known.get(key);
    if (found === undefined) known.set(key, { ...source, feeds: [feeds] });
    else if (!found.feeds.includes(feeds)) found.feeds.push(feeds);
  }
  return [...known.values()];
}

export function useSources(projectId: string): UseQueryResult<Listed<KnownSource>> {
  return useQuery({
    queryKey: ['sources', projectId],
    queryFn: () => askReport(projectId, { metrics: ONE_OF_EACH, window: '1d' }),
    select: ({ sources }) => {
      const rows = merged(sources);
      return { rows, total: rows.length };
    },
  });
}

/** Most advertisers whose names are known to the list of sources. */
const MAX_NAMES = 1_000;

/** Barker's own campaigns are facts too, by advertiser: their names by the ids that stand as accounts. */
export function useAdvertiserNames(projectId: string): Map<string, string> | undefined {
  return useQuery({
    queryKey: ['advertisers', projectId, 'names'],
    queryFn: () =>
      listed(
        api.GET('/api/v1/projects/{projectId}/advertisers', {
          params: { path: { projectId }, query: { size: MAX_NAMES } },
        }),
      ),
    select: ({ rows }) => new Map(rows.map(({ advertiser_id, name }) => [advertiser_id, name])),
    staleTime: 60_000,
  }).data;
}

export function useChannelRules(projectId: string): UseQueryResult<ChannelRules> {
  return useQuery({
    queryKey: ['channel-rules', projectId],
    queryFn: () => answer(api.GET('/api/v1/projects/{projectId}/channels/rules', { params: { path: { projectId } } })),
    staleTime: 60_000,
  });
}

export function tryVisit(projectId: string, visit: Visit): Promise<Verdict> {
  return answer(
    api.POST('/api/v1/projects/{projectId}/channels/test', { params: { path: { projectId } }, body: visit }),
  );
}

export function useReportSettings(projectId: string): UseQueryResult<ReportSettings> {
  return useQuery({
    queryKey: ['report-settings', projectId],
    queryFn: () =>
      answer(api.GET('/api/v1/projects/{projectId}/reports/settings', { params: { path: { projectId } } })),
  });
}
