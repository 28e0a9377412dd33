// Who is signed in, and what they may do.
import { queryOptions, useQuery, type UseQueryResult } from '@tanstack/react-query';

import { answer, api, listed, type Schema } from '../api/client';

export type User = Schema<'User'>;
export type Project = Schema<'Project'>;
export type Role = 'owner' | 'marketer' | 'viewer';

export const ROLES = ['viewer', 'marketer', 'owner'] as const satisfies readonly Role[];

/** Most projects that the switcher lists; beyond it, an administrator searches in the list of all projects. */
const MAX_PROJECTS = 1_000;

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: () => answer(api.GET('/api/v1/me')),
  staleTime: 60_000,
});

export function useMe(): UseQueryResult<User> {
  return useQuery(meQuery);
}

/** Everything somebody may open: their own projects; for an administrator, all of them. */
// eslint-disable-next-line @typescript-eslint/explicit-module-boundary-types -- the type is what queryOptions makes of it
export function projectsQuery(isAdministrator: boolean) {
  const path = isAdministrator ? '/api/v1/installation/projects' : '/api/v1/projects';
  return queryOptions({
    queryKey: ['projects', path],
    queryFn: () => listed(api.GET(path, { params: { query: { size: MAX_PROJECTS } } })),
    staleTime: 60_000,
  });
}

// eslint-disable-next-line @typescript-eslint/explicit-module-boundary-types -- the type is what queryOptions makes of it
export function projectQuery(projectId: string) {
  return queryOptions({
    queryKey: ['project', projectId],
    queryFn: () => answer(api.GET('/api/v1/projects/{projectId}', { params: { path: { projectId } } })),
    staleTime: 60_000,
  });
}

export function useProject(projectId: string): UseQueryResult<Project> {
  return useQuery({ ...projectQuery(projectId), enabled: projectId !== '' });
}

/** Whether whoever is signed in may do what asks for this role in the project. */
export function mayAs(project: Project | undefined, role: Role): boolean {
  const own = ROLES.indexOf((project?.role ?? 'none') as Role);
  return own >= ROLES.indexOf(role);
}
