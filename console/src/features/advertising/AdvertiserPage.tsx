// One advertiser: the frame around its pages, and the first of them: what its campaigns delivered together, and the campaigns.
import { Badge, Button, Group, Modal, Skeleton, Stack, Tabs, TextInput, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPencil, IconPlus } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { Link, Outlet, useLocation, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import * as v from 'valibot';

import * as rules from '@/shared/form/rules';
import { useProblemForm } from '@/shared/form/useProblemForm';
import { mayAs, useProject } from '@/shared/session/viewer';
import { PageHeader } from '@/shared/ui/PageHeader';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { usePathPart, useProjectId } from '@/shared/url/filters';

import { ArchiveAdvertiser } from './ArchiveAdvertiser';
import { CampaignTable } from './CampaignTable';
import { type Advertiser, changeAdvertiser, useAdvertiser } from './queries';
import { StatisticsPanel } from './StatisticsPanel';

/** Pages of an advertiser, by the end of their address. */
const PAGES = ['campaigns', 'money', 'statement', 'clicks'] as const;

export function AdvertiserPage(): ReactNode {
  const { t } = useTranslation();
  const projectId = useProjectId();
  const advertiserId = usePathPart('advertiserId');
  const project = useProject(projectId);
  const advertiser = useAdvertiser(projectId, advertiserId);
  const [isRenaming, { open, close }] = useDisclosure(false);
  if (advertiser.error !== null && advertiser.data === undefined) {
    return <ProblemAlert error={advertiser.error} onRetry={() => void advertiser.refetch()} />;
  }
  const mayWork = mayAs(project.data, 'marketer');
  return (
    <>
      <PageHeader
        title={advertiser.data?.name ?? ' '}
        description={t('advertising.advertiser')}
        actions={mayWork && <Actions projectId={projectId} advertiser={advertiser.data} onRename={open} />}
        badge={
          advertiser.data?.status === 'archived' && (
            <Badge variant="light" color="gray">
              {t('advertising.advertiserArchived')}
            </Badge>
          )
        }
      />
      <Pages projectId={projectId} advertiserId={advertiserId} maySeeClicks={mayWork} />
      <Modal
        opened={isRenaming}
        onClose={close}
        title={t('advertising.rename')}
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        {advertiser.data !== undefined && <Rename projectId={projectId} advertiser={advertiser.data} onClose={close} />}
      </Modal>
    </>
  );
}

interface ActionsProps {
  projectId: string;
  advertiser: Advertiser | undefined;
  onRename: () => void;
}

function Actions({ projectId, advertiser, onRename }: ActionsProps): ReactNode {
  const { t } = useTranslation();
  return (
    <Group gap="sm">
      <Button
        variant="default"
        leftSection={<IconPencil size={18} />}
        onClick={onRename}
        disabled={advertiser === undefined}
      >
        {t('advertising.rename')}
      </Button>
      {advertiser !== undefined && <ArchiveAdvertiser projectId={projectId} advertiser={advertiser} />}
      {advertiser?.status === 'active' && (
        <Button
          component={Link}
          to={`/projects/${projectId}/campaigns/new?advertiser_id=${advertiser.advertiser_id}` as never}
          leftSection={<IconPlus size={18} />}
        >
          {t('advertising.createCampaign')}
        </Button>
      )}
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

const schema = v.object({ name: rules.name });

interface RenameProps {
  projectId: string;
  advertiser: Advertiser;
  onClose: () => void;
}

function Rename({ projectId, advertiser, onClose }: RenameProps): ReactNode {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const { form, submit, sending, problem } = useProblemForm<{ name: string }, Advertiser>({
    initial: { name: advertiser.name },
    schema,
    send: (body) => changeAdvertiser(projectId, advertiser.advertiser_id, body),
    onSuccess: (renamed) => {
      queries.setQueryData(['advertiser', projectId, advertiser.advertiser_id], renamed);
      void queries.invalidateQueries({ queryKey: ['advertisers', projectId] });
      onClose();
    },
  });
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <ProblemAlert error={problem} />
        <TextInput label={t('advertising.name')} data-autofocus {...form.getInputProps('name')} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" loading={sending.isPending}>
            {t('common.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
