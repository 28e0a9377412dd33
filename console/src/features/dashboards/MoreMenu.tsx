// A dashboard is copied, or deleted for good.
import { ActionIcon, Menu } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconCopy, IconDots, IconTrash } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { type Dashboard, deleteDashboard, duplicateDashboard } from '@/shared/dashboard/queries';
import { ConfirmModal } from '@/shared/ui/ConfirmModal';

interface Props {
  projectId: string;
  dashboard: Pick<Dashboard, 'id' | 'name'>;
}

export function MoreMenu({ projectId, dashboard }: Props): ReactNode {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [isDeleting, deletion] = useDisclosure(false);
  const forget = (): Promise<void> => queries.invalidateQueries({ queryKey: ['dashboards', projectId] });
  const copying = useMutation({
    mutationFn: () => duplicateDashboard(projectId, dashboard.id),
    onSuccess: async (copy) => {
      await forget();
      await navigate({
        to: '/projects/$projectId/dashboards/$dashboardId',
        params: { projectId, dashboardId: copy.id } as never,
      });
    },
  });
  const deleting = useMutation({
    mutationFn: () => deleteDashboard(projectId, dashboard.id),
    onSuccess: async () => {
      deletion.close();
      await navigate({ to: '/projects/$projectId/dashboards', params: { projectId } as never });
      queries.removeQueries({ queryKey: ['dashboard', projectId, dashboard.id] });
      await forget();
    },
  });
  return (
    <>
      <Menu position="bottom-end" width={220}>
        <Menu.Target>
          <ActionIcon variant="default" size={36} aria-label={t('dashboards.actions', { title: dashboard.name })}>
            <IconDots size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconCopy size={16} />} onClick={() => copying.mutate()}>
            {t('dashboards.duplicate')}
          </Menu.Item>
          <Menu.Item leftSection={<IconTrash size={16} />} color="red" onClick={deletion.open}>
            {t('dashboards.delete')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <ConfirmModal
        isOpen={isDeleting}
        title={t('dashboards.deleteAsk', { name: dashboard.name })}
        confirm={t('dashboards.delete')}
        onConfirm={() => deleting.mutate()}
        onClose={deletion.close}
        isPending={deleting.isPending}
        error={deleting.error}
      >
        {t('dashboards.deleteHint')}
      </ConfirmModal>
    </>
  );
}
