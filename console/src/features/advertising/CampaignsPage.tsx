// All campaigns of a project.
import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { mayAs, useProject } from '@/shared/session/viewer';
import { PageHeader } from '@/shared/ui/PageHeader';
import { useProjectId } from '@/shared/url/filters';

import { CampaignTable } from './CampaignTable';

export function CampaignsPage(): ReactNode {
  const { t } = useTranslation();
  const projectId = useProjectId();
  const mayWork = mayAs(useProject(projectId).data, 'marketer');
  const create = (
    <Button component={Link} to={`/projects/${projectId}/campaigns/new` as never} leftSection={<IconPlus size={18} />}>
      {t('advertising.createCampaign')}
    </Button>
  );
  return (
    <>
      <PageHeader
        title={t('advertising.campaigns')}
        description={t('advertising.campaignsLead')}
        actions={mayWork && create}
      />
      <CampaignTable projectId={projectId} />
    </>
  );
}
