// What may be done with a campaign: launched, paused, resumed, duplicated, put away, deleted.
import { Button, Group, Menu } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import {
  IconArchive,
  IconChevronDown,
  IconCopy,
  IconPencil,
  IconPlayerPause,
  IconPlayerPlay,
  IconRestore,
  IconTrash,
} from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { answer, api, done } from '@/shared/api/client';
import { ConfirmModal } from '@/shared/ui/ConfirmModal';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';

import { NEXT, useCampaignStatus } from './campaignStatus';
import { type Campaign, type Status, useCampaignsChanged } from './queries';

interface Props {
  campaign: Campaign;
  projectId: string;
}

export function CampaignSteps({ campaign, projectId }: Props): ReactNode {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const changed = useCampaignsChanged(projectId);
  const [isAsking, { open, close }] = useDisclosure(false);
  const path = { projectId, campaignId: campaign.campaign_id };
  const setting = useCampaignStatus(projectId);
  const copying = useMutation({
    mutationFn: () =>
      answer(api.POST('/api/v1/projects/{projectId}/campaigns/{campaignId}/duplicate', { params: { path } })),
    onSuccess: async ({ campaign_id: campaignId }) => {
      await changed();
      notifications.show({ message: t('advertising.duplicated'), color: 'green' });
      await navigate({ to: '/projects/$projectId/campaigns/$campaignId', params: { projectId, campaignId } as never });
    },
  });
  const deleting = useMutation({
    mutationFn: () => done(api.DELETE('/api/v1/projects/{projectId}/campaigns/{campaignId}', { params: { path } })),
    onSuccess: async () => {
      await navigate({ to: '/projects/$projectId/campaigns', params: { projectId } as never });
      await changed();
    },
  });
  const isArchived = campaign.status === 'archived';
  const next = NEXT[campaign.status as Status];
  return (
    <>
      <Group gap="sm">
        {next !== undefined && (
          <Button
            variant={next.text === 'pause' ? 'default' : 'filled'}
            leftSection={next.text === 'pause' ? <IconPlayerPause size={18} /> : <IconPlayerPlay size={18} />}
            loading={setting.isPending}
            onClick={() => setting.mutate({ campaign, status: next.status })}
          >
            {t(`advertising.${next.text}`)}
          </Button>
        )}
        <Button
          component={Link}
          to="/projects/$projectId/campaigns/$campaignId/edit"
          params={path as never}
          variant="default"
          leftSection={<IconPencil size={18} />}
        >
          {t('advertising.edit')}
        </Button>
        <Menu position="bottom-end">
          <Menu.Target>
            <Button variant="default" rightSection={<IconChevronDown size={16} />} loading={copying.isPending}>
              {t('common.more')}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<IconCopy size={16} />} onClick={() => copying.mutate()}>
              {t('advertising.duplicate')}
            </Menu.Item>
            <Menu.Item
              leftSection={isArchived ? <IconRestore size={16} /> : <IconArchive size={16} />}
              onClick={() => setting.mutate({ campaign, status: isArchived ? 'paused' : 'archived' })}
            >
              {t(isArchived ? 'advertising.restore' : 'advertising.archive')}
            </Menu.Item>
            <Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={open}>
              {t('advertising.delete')}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </Group>
      <ProblemAlert error={setting.error ?? copying.error} />
      <ConfirmModal
        isOpen={isAsking}
        title={t('advertising.deleteAsk', { title: campaign.name ?? campaign.ad_title })}
        confirm={t('advertising.delete')}
        onConfirm={() => deleting.mutate()}
        onClose={close}
        isPending={deleting.isPending}
        error={deleting.error}
      >
        {t('advertising.deleteHint')}
      </ConfirmModal>
    </>
  );
}
