// Links by which anybody may look at a dashboard: made, shown once, revoked.
import { Alert, Badge, Button, Code, CopyButton, Group, Modal, Skeleton, Stack, Table, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconCheck, IconCopy, IconLink, IconShare } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { answer, api, done, type Schema } from '@/shared/api/client';
import { ConfirmModal } from '@/shared/ui/ConfirmModal';
import { Moment } from '@/shared/ui/Moment';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';

type Link = Schema<'Link'>;

interface Props {
  projectId: string;
  dashboardId: string;
}

export function ShareButton(props: Props): ReactNode {
  const { t } = useTranslation();
  const [isOpen, { open, close }] = useDisclosure(false);
  return (
    <>
      <Button variant="default" leftSection={<IconShare size={18} />} onClick={open}>
        {t('dashboards.share')}
      </Button>
      <Modal
        opened={isOpen}
        onClose={close}
        title={t('dashboards.share')}
        size="lg"
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        <Links {...props} />
      </Modal>
    </>
  );
}

const keyOf = ({ projectId, dashboardId }: Props): string[] => ['dashboard links', projectId, dashboardId];

function useLinks(props: Props): UseQueryResult<Link[]> {
  return useQuery({
    queryKey: keyOf(props),
    queryFn: () =>
      answer(
        api.GET('/api/v1/projects/{projectId}/dashboards/{dashboardId}/links', {
          params: { path: { projectId: props.projectId, dashboardId: props.dashboardId } },
        }),
      ),
  });
}

function Links(props: Props): ReactNode {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const links = useLinks(props);
  // Whether to revoke it, is asked once.
  const [asked, setAsked] = useState<Link>();
  const forget = (): Promise<void> => queries.invalidateQueries({ queryKey: keyOf(props) });
  const making = useMutation({
    mutationFn: () =>
      answer(
        api.POST('/api/v1/projects/{projectId}/dashboards/{dashboardId}/links', {
          params: { path: { projectId: props.projectId, dashboardId: props.dashboardId } },
        }),
      ),
    onSuccess: forget,
  });
  const revoking = useMutation({
    mutationFn: (linkId: string) =>
      done(
        api.DELETE('/api/v1/projects/{projectId}/dashboards/{dashboardId}/links/{linkId}', {
          params: { path: { projectId: props.projectId, dashboardId: props.dashboardId, linkId } },
        }),
      ),
    onSuccess: () => {
      setAsked(undefined);
      return forget();
    },
  });
  const isShown = making.data !== undefined && links.data?.some((link) => isOf(link, making.data.link_id));
  return (
    <Stack>
      <Text size="sm" c="dimmed">
        {t('dashboards.shareHint')}
      </Text>
      <ProblemAlert error={making.error ?? links.error} />
      {isShown === true && <Address token={making.data.token} />}
      <Working links={links.data} onRevoke={setAsked} />
      <Group justify="flex-end">
        <Button leftSection={<IconLink size={18} />} onClick={() => making.mutate()} loading={making.isPending}>
          {t('dashboards.makeLink')}
        </Button>
      </Group>
      <ConfirmModal
        isOpen={asked !== undefined}
        title={t('dashboards.revokeLinkAsk')}
        confirm={t('dashboards.revokeLink')}
        onConfirm={() => revoking.mutate(asked?.link_id ?? '')}
        onClose={() => {
          revoking.reset();
          setAsked(undefined);
        }}
        isPending={revoking.isPending}
        error={revoking.error}
      >
        {t('dashboards.revokeLinkHint')}
      </ConfirmModal>
    </Stack>
  );
}

/** Whether it is that link, and works. */
function isOf({ link_id, revoked_at }: Link, wanted: string): boolean {
  return link_id === wanted && (revoked_at ?? null) === null;
}

function Address({ token }: { token: string }): ReactNode {
  const { t } = useTranslation();
  // Behind the hash: no server on the way notes it.
  const address = `${window.location.origin}/shared#${token}`;
  return (
    <Alert color="yellow" variant="light" title={t('dashboards.linkShownOnce')}>
      <Stack gap="xs">
        <Code block className="break-anywhere" style={{ whiteSpace: 'pre-wrap' }} data-testid="link">
          {address}
        </Code>
        <CopyButton value={address}>
          {({ copied, copy }) => (
            <Button
              size="xs"
              w="fit-content"
              variant="default"
              leftSection={copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
              onClick={copy}
            >
              {copied ? t('common.copied') : t('common.copy')}
            </Button>
          )}
        </CopyButton>
      </Stack>
    </Alert>
  );
}

interface WorkingProps {
  links: Link[] | undefined;
  onRevoke: (link: Link) => void;
}

function Working({ links, onRevoke }: WorkingProps): ReactNode {
  const { t } = useTranslation();
  if (links === undefined) return <Skeleton height={60} />;
  if (links.length === 0) {
    return (
      <Text size="sm" fw={500}>
        {t('dashboards.noLinks')}
      </Text>
    );
  }
  return (
    <Table verticalSpacing="xs" aria-label={t('dashboards.links')}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t('common.created')}</Table.Th>
          <Table.Th>{t('common.state')}</Table.Th>
          <Table.Th />
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {links.map((link) => {
          const isWorking = (link.revoked_at ?? null) === null;
          return (
            <Table.Tr key={link.link_id}>
              <Table.Td>
                <Moment at={link.created_at} />
              </Table.Td>
              <Table.Td>
                <Badge color={isWorking ? 'green' : 'gray'} variant={isWorking ? 'light' : 'filled'}>
                  {t(isWorking ? 'dashboards.linkWorks' : 'dashboards.linkRevoked')}
                </Badge>
              </Table.Td>
              <Table.Td ta="right">
                {isWorking && (
                  <Button size="compact-sm" variant="subtle" color="red" onClick={() => onRevoke(link)}>
                    {t('dashboards.revokeLink')}
                  </Button>
                )}
              </Table.Td>
            </Table.Tr>
          );
        })}
      </Table.Tbody>
    </Table>
  );
}
