// Where somebody starts: in the project they were in last, or the first one they have.
import type { QueryClient } from '@tanstack/react-query';
import { redirect } from '@tanstack/react-router';

import { meQuery, projectsQuery } from '@/shared/session/viewer';

const KEPT = 'barker.project';

export function rememberProject(projectId: string): void {
  localStorage.setItem(KEPT, projectId);
}

/** The address that the home page will most likely lead to. */
export function rememberedHome(): string[] {
  const last = localStorage.getItem(KEPT);
  return last === null ? [] : [`/projects/${last}`];
}

export async function openHome(queries: QueryClient): Promise<void> {
  const me = await queries.query({ ...meQuery, staleTime: 'static' });
  const projects = await queries.query({ ...projectsQuery(me.is_administrator), staleTime: 'static' });
  const open = projects.rows.filter((project) => !project.is_archived);
  const last = localStorage.getItem(KEPT);
  const wanted = open.find((project) => project.project_id === last) ?? open[0];
  if (wanted === undefined) return;

  throw redirect({ to: '/projects/$projectId', params: { projectId: wanted.project_id } as never, replace: true });
}
