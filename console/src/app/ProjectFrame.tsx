// What surrounds the pages of a project: whether it may be seen at all, and whether it was put away.
import { Alert } from '@mantine/core';
import { IconArchive } from '@tabler/icons-react';
import { Outlet } from '@tanstack/react-router';
import { type ReactNode, useEffect } from 'react';
import { useTranslation } from 'react-i18next';

import { useProject } from '@/shared/session/viewer';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { useProjectId } from '@/shared/url/filters';

import { rememberProject } from './home';

export function ProjectFrame(): ReactNode {
  const { t } = useTranslation();
  const projectId = useProjectId();
  const project = useProject(projectId);
  useEffect(() => {
    if (project.data !== undefined) rememberProject(projectId);
  }, [project.data, projectId]);
  if (project.error !== null && project.data === undefined) {
    return <ProblemAlert error={project.error} onRetry={() => void project.refetch()} />;
  }
  return (
    <>
      {project.data?.is_archived === true && (
        <Alert mb="md" color="gray" icon={<IconArchive />} title={t('projects.archivedTitle')}>
          {t('projects.archivedHint')}
        </Alert>
      )}
      <Outlet />
    </>
  );
}
