// The keys of a project, with which programs come.
import { Badge, Button, Code, Group, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconKey, IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { api, done, listed, type Schema } from '@/shared/api/client';
import { ConfirmModal } from '@/shared/ui/ConfirmModal';
import { EmptyState } from '@/shared/ui/EmptyState';
import { ALL, FOUND_PAGE_SIZE, useFound } from '@/shared/ui/found';
import { type Column, ListTable } from '@/shared/ui/ListTable';
import { Moment } from '@/shared/ui/Moment';
import { useNow } from '@/shared/ui/now';
import { NothingFound } from '@/shared/ui/NothingFound';
import { PageHeader } from '@/shared/ui/PageHeader';
import { SearchInput } from '@/shared/ui/SearchInput';
import { page, text, useFilters, useProjectId } from '@/shared/url/filters';

import { CreateKeyModal } from './CreateKeyModal';
import { type Scope } from './scopes';

type Key = Schema<'ApiKey'>;

const address = { search: text, page };
const wordsOf = ({ name, prefix }: Key): string[] => [name, prefix];

export function KeysPage(): ReactNode {
  const { t } = useTranslation();
  const projectId = useProjectId();
  const { values, change, clear, isNarrowed } = useFilters(address);
  const [isCreating, { open, close }] = useDisclosure(false);
  const [revoking, setRevoking] = useState<Key>();
  const keys = useQuery({
    queryKey: ['keys', projectId],
    queryFn: () =>
      listed(
        api.GET('/api/v1/projects/{projectId}/keys', {
          params: { path: { projectId }, query: { size: ALL } },
        }),
      ),
  });
  const found = useFound(keys, values, wordsOf);
  const columns = useColumns(setRevoking);
  const create = (
    <Button leftSection={<IconPlus size={18} />} onClick={open}>
      {t('keys.create')}
    </Button>
  );
  return (
    <>
      <PageHeader title={t('keys.title')} description={t('keys.lead')} actions={create} />
      <SearchInput label={t('keys.search')} value={values.search} onChange={(search) => change({ search })} />
      <ListTable
        label={t('keys.title')}
        columns={columns}
        query={found}
        rowId={(key) => key.key_id}
        page={values.page}
        pageSize={FOUND_PAGE_SIZE}
        onPage={(next) => change({ page: next })}
        empty={
          isNarrowed ? (
            <NothingFound icon={IconKey} onClear={clear} />
          ) : (
            <EmptyState icon={IconKey} title={t('keys.none')} hint={t('keys.noneHint')} action={create} />
          )
        }
      />
      <CreateKeyModal projectId={projectId} isOpen={isCreating} onClose={close} />
      <RevokeKey projectId={projectId} revoked={revoking} onClose={() => setRevoking(undefined)} />
    </>
  );
}

function useColumns(onRevoke: (key: Key) => void): Column<Key>[] {
  const { t } = useTranslation();
  return useMemo<Column<Key>[]>(
    () => [
      {
        id: 'name',
        header: t('keys.name'),
        cell: ({ row: { original: key } }) => (
          <Stack gap={2}>
            <Text size="sm" fw={500}>
              {key.name}
            </Text>
            <Code w="fit-content">{key.prefix}…</Code>
          </Stack>
        ),
      },
      {
        id: 'scopes',
        header: t('keys.scopes'),
        cell: ({ row: { original: key } }) => (
          <Group gap={4}>
            {key.scopes.map((scope) => (
              <Badge key={scope} variant="light">
                {t(`keys.scope.${scope as Scope}.name`)}
              </Badge>
            ))}
          </Group>
        ),
      },
      {
        id: 'used',
        header: t('keys.lastUsed'),
        cell: ({ row: { original: key } }) => <Moment at={key.last_used_at} dimmed />,
      },
      {
        id: 'created',
        header: t('common.created'),
        cell: ({ row: { original: key } }) => <Moment at={key.created_at} dimmed />,
      },
      { id: 'state', header: t('common.state'), cell: ({ row: { original: key } }) => <KeyState held={key} /> },
      {
        id: 'revoke',
        header: '',
        cell: ({ row: { original: key } }) =>
          (key.revoked_at ?? null) === null && (
            <Button
              size="compact-sm"
              variant="subtle"
              color="red"
              onClick={() => onRevoke(key)}
              aria-label={t('keys.revokeWhich', { name: key.name })}
            >
              {t('keys.revoke')}
            </Button>
          ),
      },
    ],
    [t, onRevoke],
  );
}

function KeyState({ held }: { held: Key }): ReactNode {
  const { t } = useTranslation();
  const now = useNow();
  if ((held.revoked_at ?? null) !== null) return <Badge color="gray">{t('keys.state.revoked')}</Badge>;
  const ends = held.expires_at ?? null;
  if (ends === null)
    return (
      <Badge color="green" variant="light">
        {t('keys.state.active')}
      </Badge>
    );
  if (Date.parse(ends) < now) return <Badge color="gray">{t('keys.state.expired')}</Badge>;
  return (
    <Text size="xs" c="dimmed">
      {t('keys.state.until')} <Moment at={ends} exact />
    </Text>
  );
}

interface RevokeProps {
  projectId: string;
  revoked: Key | undefined;
  onClose: () => void;
}

function RevokeKey({ projectId, revoked, onClose }: RevokeProps): ReactNode {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const revoking = useMutation({
    mutationFn: (keyId: string) =>
      done(api.DELETE('/api/v1/projects/{projectId}/keys/{keyId}', { params: { path: { projectId, keyId } } })),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['keys', projectId] });
      onClose();
    },
  });
  return (
    <ConfirmModal
      isOpen={revoked !== undefined}
      title={t('keys.revokeAsk', { name: revoked?.name ?? '' })}
      confirm={t('keys.revoke')}
      onConfirm={() => revoked !== undefined && revoking.mutate(revoked.key_id)}
      onClose={onClose}
      isPending={revoking.isPending}
      error={revoking.error}
    >
      {t('keys.revokeHint')}
    </ConfirmModal>
  );
}
