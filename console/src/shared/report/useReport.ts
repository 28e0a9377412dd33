// A report that is asked again when its question changes; the answer before stays in sight until then.
import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';

import { askReport, type Question, type Report } from './question';

export function useReport(projectId: string, question: Question | undefined): UseQueryResult<Report> {
  return useQuery({
    queryKey: ['report', projectId, question],
    queryFn: () => askReport(projectId, question ?? {}),
    enabled: question !== undefined,
    placeholderData: keepPreviousData,
  });
}
