// What day it is in a project. A live one has a time zone; of a sandbox the server alone knows which date its day stands for.
import { useQuery } from '@tanstack/react-query';

import { useProject } from '../session/viewer';
import { askReport } from './question';

/** `2026-11-21` in a time zone. */
export function todayIn(timeZone: string): string {
  // Swedes write dates as ISO 8601 does.
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format();
}

/** The project's today; nothing while it is not known. */
export function useCivilToday(projectId: string, isNeeded: boolean): string | undefined {
  const project = useProject(projectId).data;
  const isSandbox = project?.is_sandbox === true;
  const asked = useQuery({
    queryKey: ['day', projectId, 'date'],
    queryFn: () => askReport(projectId, { metrics: ['cost'], window: '1d' }),
    enabled: isNeeded && isSandbox,
    select: (report) => report.date_to,
  });
  if (project === undefined) return undefined;
  return isSandbox ? asked.data : todayIn(project.time_zone ?? 'UTC');
}
