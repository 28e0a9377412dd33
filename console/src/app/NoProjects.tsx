// For somebody who has no project yet.
import { Button } from '@mantine/core';
import { IconRocket } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { EmptyState } from '@/shared/ui/EmptyState';
import { PageHeader } from '@/shared/ui/PageHeader';

export function NoProjects(): ReactNode {
  const { t } = useTranslation();
  return (
    <>
      <PageHeader title={t('home.title')} />
      <EmptyState
        icon={IconRocket}
        title={t('home.noProjects')}
        hint={t('home.noProjectsHint')}
        action={
          <Button component={Link} to="/projects/new" mt="sm">
            {t('projects.create.submit')}
          </Button>
        }
      />
    </>
  );
}
