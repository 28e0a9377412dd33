// What can be asked for: metrics and dimensions, as the server knows them.
import { useQuery, type UseQueryResult } from '@tanstack/react-query';

import { answer, api, type Schema } from '../api/client';
import { currentLanguage } from '../i18n/i18n';

export type Catalogue = Schema<'Catalogue'>;

/** It changes with the server alone. */
const FRESH_MS = 3_600_000;

export function useCatalogue(projectId: string, isNeeded = true): UseQueryResult<Catalogue> {
  return useQuery({
    queryKey: ['catalogue', projectId],
    queryFn: () => answer(api.GET('/api/v1/projects/{projectId}/reports/metrics', { params: { path: { projectId } } })),
    enabled: isNeeded,
    staleTime: FRESH_MS,
  });
}

/** What people call it. */
export function labelOf(label: { en: string; ru: string }): string {
  return label[currentLanguage()];
}
