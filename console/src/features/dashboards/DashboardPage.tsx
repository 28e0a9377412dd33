// One dashboard: looked at, or changed. The address says which, and when and of what.
import { Skeleton, Stack } from '@mantine/core';
import { lazy, type ReactNode, Suspense, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import * as v from 'valibot';

import { inOurWords } from '@/shared/dashboard/first';
import { useDashboard } from '@/shared/dashboard/queries';
import { mayAs, useProject } from '@/shared/session/viewer';
import { PageHeader } from '@/shared/ui/PageHeader';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { useFilters, usePathPart, useProjectId } from '@/shared/url/filters';

import { Viewing } from './Viewing';

const Editing = lazy(() => import('./Editing').then(({ Editing }) => ({ default: Editing })));
const address = { edit: v.fallback(v.optional(v.boolean()), undefined) };

export function DashboardPage(): ReactNode {
  const projectId = useProjectId();
  const dashboardId = usePathPart('dashboardId');
  const dashboard = useDashboard(projectId, dashboardId);
  const { language } = useTranslation().i18n;
  // Other words for another language, and the same ones as long as it stays.
  const shown = useMemo(
    () => language !== '' && dashboard.data && inOurWords(dashboard.data),
    [language, dashboard.data],
  );
  const mayChange = mayAs(useProject(projectId).data, 'marketer');
  const { values, change } = useFilters(address);
  if (!shown) {
    return (
      <>
        <PageHeader title=" " />
        {dashboard.error === null ? (
          <Waiting />
        ) : (
          <ProblemAlert error={dashboard.error} onRetry={() => void dashboard.refetch()} />
        )}
      </>
    );
  }
  if (values.edit === true && mayChange) {
    return (
      <Suspense fallback={<Waiting />}>
        <Editing key={dashboardId} projectId={projectId} dashboard={shown} onDone={() => change({ edit: undefined })} />
      </Suspense>
    );
  }
  return (
    <Viewing
      key={dashboardId}
      projectId={projectId}
      dashboard={shown}
      mayChange={mayChange}
      onEdit={() => change({ edit: true }, true)}
    />
  );
}

function Waiting(): ReactNode {
  return (
    <Stack gap="md">
      <Skeleton height={36} width={360} radius="md" />
      <Skeleton height={128} radius="md" />
      <Skeleton height={344} radius="md" />
    </Stack>
  );
}
