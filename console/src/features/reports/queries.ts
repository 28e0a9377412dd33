// What the explorer keeps on the server.
import { useQuery, type UseQueryResult } from '@tanstack/react-query';

import { answer, api, listed, type Listed, type Schema } from '@/shared/api/client';
import { type Question, sent } from '@/shared/report/question';

export type SavedReport = Schema<'SavedReport'>;

/** As many as a project may have. */
const MAX_SAVED = 1_000;

export function useSavedReports(projectId: string): UseQueryResult<Listed<SavedReport>> {
  return useQuery({
    queryKey: ['saved reports', projectId],
    queryFn: () =>
      listed(
        api.GET('/api/v1/projects/{projectId}/saved_reports', {
          params: { path: { projectId }, query: { size: MAX_SAVED } },
        }),
      ),
    staleTime: 30_000,
  });
}

export interface Kept {
  name: string;
  description: string;
  query: Question;
  view: string;
}

export function keepReport(projectId: string, kept: Kept): Promise<SavedReport> {
  const params = { path: { projectId } };
  return answer(api.POST('/api/v1/projects/{projectId}/saved_reports', { params, body: sent(kept as never) }));
}

/** Changes one that is kept, unless somebody else has changed it in the meantime. */
export function changeReport(projectId: string, saved: SavedReport, kept: Kept): Promise<SavedReport> {
  return answer(
    api.PUT('/api/v1/projects/{projectId}/saved_reports/{savedReportId}', {
      params: { path: { projectId, savedReportId: saved.saved_report_id } },
      headers: { 'if-match': `"${saved.version}"` },
      body: sent(kept as never),
    }),
  );
}
