// Links by which anybody may look at a dashboard: made, shown once, revoked.
import { Alert, Badge, Button, Code, CopyButton, Group, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconCheck, IconCopy, IconLink, IconShare } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query';
import i18next from 'i18next';
import { type ReactNode, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { answer, api, done, type Schema } from '@/shared/api/client';
import { currentLanguage } from '@/shared/i18n/i18n';
import { ConfirmModal } from '@/shared/ui/ConfirmModal';
import { EmptyState } from '@/shared/ui/EmptyState';
import { FOUND_PAGE_SIZE, useFound } from '@/shared/ui/found';
import { type Column, ListTable } from '@/shared/ui/ListTable';
import { dateTime, Moment } from '@/shared/ui/Moment';
import { NothingFound } from '@/shared/ui/NothingFound';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { SearchInput } from '@/shared/ui/SearchInput';

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
  const isShown =
    making.data !== undefined && links.data?.some((link) => link.link_id === making.data.link_id && isWorking(link));
  return (
    <Stack>
      <Text size="sm" c="dimmed">
        {t('dashboards.shareHint')}
      </Text>
      <ProblemAlert error={making.error} />
      {isShown === true && <Address token={making.data.token} />}
      <Working query={links} onRevoke={setAsked} />
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
  query: UseQueryResult<Link[]>;
  onRevoke: (link: Link) => void;
}

const isWorking = ({ revoked_at }: Link): boolean => (revoked_at ?? null) === null;

function stateOf(link: Link): string {
  return i18next.t(isWorking(link) ? 'dashboards.linkWorks' : 'dashboards.linkRevoked');
}

const wordsOf = (link: Link): string[] => [dateTime(Date.parse(link.created_at), currentLanguage()), stateOf(link)];

/** Revoked ones stay in the list: so it grows. */
function Working({ query, onRevoke }: WorkingProps): ReactNode {
  const { t } = useTranslation();
  const [wanted, setWanted] = useState<{ search?: string | undefined; page: number }>({ page: 1 });
  const { data, error, refetch } = query;
  const whole = useMemo(
    () => ({ data: data && { rows: data, total: data.length }, error, refetch }),
    [data, error, refetch],
  );
  const found = useFound(whole, wanted, wordsOf);
  const columns = useColumns(onRevoke);
  return (
    <div>
      {data !== undefined && data.length > 0 && (
        <SearchInput
          label={t('dashboards.searchLinks')}
          value={wanted.search}
          onChange={(search) => setWanted({ search, page: 1 })}
        />
      )}
      <ListTable
        label={t('dashboards.links')}
        columns={columns}
        query={found}
        rowId={({ link_id }) => link_id}
        page={wanted.page}
        pageSize={FOUND_PAGE_SIZE}
        onPage={(page) => setWanted({ ...wanted, page })}
        empty={
          wanted.search === undefined ? (
            <EmptyState icon={IconLink} title={t('dashboards.noLinks')} hint={t('dashboards.noLinksHint')} />
          ) : (
            <NothingFound icon={IconLink} onClear={() => setWanted({ page: 1 })} />
          )
        }
      />
    </div>
  );
}

function useColumns(onRevoke: (link: Link) => void): Column<Link>[] {
  const { t } = useTranslation();
  return useMemo<Column<Link>[]>(
    () => [
      { id: 'created', header: t('common.created'), cell: ({ row }) => <Moment at={row.original.created_at} exact /> },
      {
        id: 'state',
        header: t('common.state'),
        cell: ({ row: { original: link } }) => (
          <Badge color={isWorking(link) ? 'green' : 'gray'} variant={isWorking(link) ? 'light' : 'filled'}>
            {stateOf(link)}
          </Badge>
        ),
      },
      {
        id: 'revoke',
        header: '',
        cell: ({ row: { original: link } }) =>
          isWorking(link) && (
            <Button size="compact-sm" variant="subtle" color="red" onClick={() => onRevoke(link)}>
              {t('dashboards.revokeLink')}
            </Button>
          ),
      },
    ],
    [t, onRevoke],
  );
}
