// One advertiser: the frame around its pages, and the first of them: what its campaigns delivered together, and the campaigns.
import { Badge, Button, Group, Skeleton, Stack, Tabs, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPencil, IconPlus } from '@tabler/icons-react';
import { Link, Outlet, useLocation, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import type { Tagged } from '@/shared/api/client';
import { mayAs, useProject } from '@/shared/session/viewer';
import { PageHeader } from '@/shared/ui/PageHeader';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { usePathPart, useProjectId } from '@/shared/url/filters';

import { ArchiveAdvertiser } from './ArchiveAdvertiser';
import { CampaignTable } from './CampaignTable';
import { type Advertiser, useAdvertiser } from './queries';
import { RenameModal } from './RenameModal';
import { StatisticsPanel } from './StatisticsPanel';

/** Pages of an advertiser, by the end of their address. */
const PAGES = ['campaigns', 'money', 'statement', 'clicks'] as const;

export function AdvertiserPage(): ReactNode {
  const { t } = useTranslation();
  const projectId = useProjectId();
  const advertiserId = usePathPart('advertiserId');
  const project = useProject(projectId);
  const advertiser = useAdvertiser(projectId, advertiserId);
  if (advertiser.error !== null && advertiser.data === undefined) {
    return <ProblemAlert error={advertiser.error} onRetry={() => void advertiser.refetch()} />;
  }
  const mayWork = mayAs(project.data, 'marketer');
  const shown = advertiser.data?.data;
  return (
    <>
      <PageHeader
        title={shown?.name ?? ' '}
        description={t('advertising.advertiser')}
        actions={mayWork && <Actions projectId={projectId} known={advertiser.data} />}
        badge={
          shown?.status === 'archived' && (
            <Badge variant="light" color="gray">
              {t('advertising.advertiserArchived')}
            </Badge>
          )
        }
      />
      <Pages projectId={projectId} advertiserId={advertiserId} maySeeClicks={mayWork} />
    </>
  );
}

interface ActionsProps {
  projectId: string;
  known: Tagged<Advertiser> | undefined;
}

function Actions({ projectId, known }: ActionsProps): ReactNode {
  const { t } = useTranslation();
  const [isRenaming, { open, close }] = useDisclosure(false);
  const advertiser = known?.data;
  return (
    <Group gap="sm">
      <Button variant="default" leftSection={<IconPencil size={18} />} onClick={open} disabled={known === undefined}>
        {t('advertising.rename')}
      </Button>
      {known !== undefined && <ArchiveAdvertiser projectId={projectId} known={known} />}
      {advertiser?.status === 'active' && (
        <Button
          component={Link}
          to={`/projects/${projectId}/campaigns/new?advertiser_id=${advertiser.advertiser_id}` as never}
          leftSection={<IconPlus size={18} />}
        >
          {t('advertising.createCampaign')}
        </Button>
      )}
      {isRenaming && known !== undefined && <RenameModal projectId={projectId} known={known} onClose={close} />}
    </Group>
  );
}

interface PagesProps {
  projectId: string;
  advertiserId: string;
  maySeeClicks: boolean;
}

function Pages({ projectId, advertiserId, maySeeClicks }: PagesProps): ReactNode {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const opened = PAGES.find((name) => pathname.endsWith(`/${name}`)) ?? 'campaigns';
  const open = (name: string | null): void => {
    const end = name === null || name === 'campaigns' ? '' : `/${name}`;
    void navigate({ to: `/projects/${projectId}/advertisers/${advertiserId}${end}` as never });
  };
  return (
    <Tabs value={opened} onChange={open} keepMounted={false}>
      <Tabs.List mb="lg" className="one-line" aria-label={t('advertising.advertiser')}>
        {PAGES.filter((name) => name !== 'clicks' || maySeeClicks).map((name) => (
          <Tabs.Tab key={name} value={name}>
            {t(`advertising.page.${name}`)}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value={opened}>
        <Outlet />
      </Tabs.Panel>
    </Tabs>
  );
}

/** What stands there when no other page of the advertiser is opened. */
export function AdvertiserCampaigns(): ReactNode {
  const { t } = useTranslation();
  const projectId = useProjectId();
  const advertiserId = usePathPart('advertiserId');
  const project = useProject(projectId).data;
  return (
    <Stack gap="xl">
      {project === undefined ? (
        <Skeleton height={380} />
      ) : (
        <StatisticsPanel kind="advertiser" id={advertiserId} project={project} />
      )}
      <div>
        <Title order={2} size="h3" mb="sm">
          {t('advertising.campaigns')}
        </Title>
        <CampaignTable projectId={projectId} advertiserId={advertiserId} />
      </div>
    </Stack>
  );
}
