// Dashboards on the server.
import { useQuery, type UseQueryResult } from '@tanstack/react-query';

import { answer, api, done, listed, type Listed, type Schema } from '../api/client';
import { type Content, contentOf } from './content';

export type Kept = Schema<'Dashboard'>;

/** As many as a project may have. */
const MAX_DASHBOARDS = 200;

const list = (projectId: string): string[] => ['dashboards', projectId];
const one = (projectId: string, dashboardId: string): string[] => ['dashboard', projectId, dashboardId];

export function useDashboards(projectId: string, isNeeded = true): UseQueryResult<Listed<Kept>> {
  return useQuery({
    queryKey: list(projectId),
    queryFn: () =>
      listed(
        api.GET('/api/v1/projects/{projectId}/dashboards', {
          params: { path: { projectId }, query: { size: MAX_DASHBOARDS } },
        }),
      ),
    enabled: isNeeded,
  });
}

export interface Dashboard extends Content {
  id: string;
  version: number;
}

export function dashboardOf(kept: Kept): Dashboard {
  return { ...contentOf(kept), id: kept.dashboard_id, version: kept.version };
}

export function useDashboard(projectId: string, dashboardId: string): UseQueryResult<Dashboard> {
  return useQuery({
    queryKey: one(projectId, dashboardId),
    queryFn: async () =>
      dashboardOf(
        await answer(
          api.GET('/api/v1/projects/{projectId}/dashboards/{dashboardId}', {
            params: { path: { projectId, dashboardId } },
          }),
        ),
      ),
  });
}

/** What is not said is not sent. */
function sent({ name, description, period, filters, attribution, refresh_seconds, widgets }: Content): never {
  const said = { name, description, period, filters, attribution, refresh_seconds, widgets };
  return JSON.parse(JSON.stringify(said)) as never;
}

export async function createDashboard(projectId: string, content: Content): Promise<Dashboard> {
  const params = { path: { projectId } };
  const request = api.POST('/api/v1/projects/{projectId}/dashboards', { params, body: sent(content) });
  return dashboardOf(await answer(request));
}

/** Changes one; with a version, unless somebody else has changed it since then. */
export async function changeDashboard(
  projectId: string,
  { id, version }: { id: string; version?: number },
  content: Content,
): Promise<Dashboard> {
  const request = api.PUT('/api/v1/projects/{projectId}/dashboards/{dashboardId}', {
    params: { path: { projectId, dashboardId: id } },
    headers: version === undefined ? {} : { 'if-match': `"${version}"` },
    body: sent(content),
  });
  return dashboardOf(await answer(request));
}

export async function duplicateDashboard(projectId: string, dashboardId: string): Promise<Dashboard> {
  const params = { path: { projectId, dashboardId } };
  return dashboardOf(
    await answer(api.POST('/api/v1/projects/{projectId}/dashboards/{dashboardId}/duplicate', { params })),
  );
}

export function deleteDashboard(projectId: string, dashboardId: string): Promise<void> {
  const params = { path: { projectId, dashboardId } };
  return done(api.DELETE('/api/v1/projects/{projectId}/dashboards/{dashboardId}', { params }));
}
