// The people of a project: members with their roles, and invitations under way.
import { ActionIcon, Avatar, Badge, Button, Group, Select, Stack, Text, Title, Tooltip } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconTrash, IconUserPlus, IconUsers } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { answer, api, done, listed, type Schema } from '@/shared/api/client';
import { mayAs, type Role, ROLES, useMe, useProject } from '@/shared/session/viewer';
import { ConfirmModal } from '@/shared/ui/ConfirmModal';
import { EmptyState } from '@/shared/ui/EmptyState';
import { ALL, FOUND_PAGE_SIZE, useFound } from '@/shared/ui/found';
import { type Column, ListTable } from '@/shared/ui/ListTable';
import { Moment } from '@/shared/ui/Moment';
import { NothingFound } from '@/shared/ui/NothingFound';
import { PageHeader } from '@/shared/ui/PageHeader';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { SearchInput } from '@/shared/ui/SearchInput';
import { page, text, useFilters, useProjectId } from '@/shared/url/filters';

import { Invitations } from './Invitations';
import { InviteModal } from './InviteModal';

type Member = Schema<'ProjectMember'>;

const address = { search: text, page };
const wordsOf = ({ name, email }: Member): string[] => [name, email];

export function MembersPage(): ReactNode {
  const { t } = useTranslation();
  const projectId = useProjectId();
  const project = useProject(projectId);
  const mayDecide = mayAs(project.data, 'owner');
  const [isInviting, { open, close }] = useDisclosure(false);
  return (
    <>
      <PageHeader
        title={t('members.title')}
        description={t('members.lead')}
        actions={
          mayDecide && (
            <Button leftSection={<IconUserPlus size={18} />} onClick={open}>
              {t('members.invite')}
            </Button>
          )
        }
      />
      <Stack gap="xl">
        <MemberTable projectId={projectId} mayDecide={mayDecide} />
        {mayDecide && (
          <div>
            <Title order={2} size="h3" mb="sm">
              {t('members.invitations.title')}
            </Title>
            <Invitations projectId={projectId} onInvite={open} />
          </div>
        )}
      </Stack>
      <InviteModal projectId={projectId} isOpen={isInviting} onClose={close} />
    </>
  );
}

function MemberTable({ projectId, mayDecide }: { projectId: string; mayDecide: boolean }): ReactNode {
  const { t } = useTranslation();
  const me = useMe();
  const { values, change, clear, isNarrowed } = useFilters(address);
  const [leaving, setLeaving] = useState<Member>();
  const members = useQuery({
    queryKey: ['members', projectId],
    queryFn: () =>
      listed(
        api.GET('/api/v1/projects/{projectId}/members', {
          params: { path: { projectId }, query: { size: ALL } },
        }),
      ),
  });
  const found = useFound(members, values, wordsOf);
  const columns = useMemo<Column<Member>[]>(
    () => [
      {
        id: 'who',
        header: t('members.who'),
        cell: ({ row }) => <Who member={row.original} isMe={row.original.user_id === me.data?.user_id} />,
      },
      {
        id: 'role',
        header: t('members.role'),
        cell: ({ row }) => <RoleCell projectId={projectId} member={row.original} mayDecide={mayDecide} />,
      },
      { id: 'since', header: t('members.since'), cell: ({ row }) => <Moment at={row.original.since} dimmed /> },
      ...(mayDecide
        ? [
            {
              id: 'remove',
              header: '',
              cell: ({ row }: { row: { original: Member } }) => (
                <Tooltip label={t('members.remove')}>
                  <ActionIcon
                    variant="subtle"
                    color="red"
                    aria-label={t('members.removeWho', { who: row.original.email })}
                    onClick={() => setLeaving(row.original)}
                  >
                    <IconTrash size={18} />
                  </ActionIcon>
                </Tooltip>
              ),
            },
          ]
        : []),
    ],
    [t, me.data?.user_id, mayDecide, projectId],
  );
  return (
    <div>
      <SearchInput label={t('members.search')} value={values.search} onChange={(search) => change({ search })} />
      <ListTable
        label={t('members.title')}
        columns={columns}
        query={found}
        rowId={(member) => member.user_id}
        page={values.page}
        pageSize={FOUND_PAGE_SIZE}
        onPage={(next) => change({ page: next })}
        empty={
          isNarrowed ? (
            <NothingFound icon={IconUsers} onClear={clear} />
          ) : (
            <EmptyState icon={IconUsers} title={t('members.none')} hint={t('members.noneHint')} />
          )
        }
      />
      <RemoveMember projectId={projectId} member={leaving} onClose={() => setLeaving(undefined)} />
    </div>
  );
}

function Who({ member, isMe }: { member: Member; isMe: boolean }): ReactNode {
  const { t } = useTranslation();
  return (
    <Group gap="sm" wrap="nowrap">
      <Avatar name={member.name || member.email} color="initials" size="sm" alt="" />
      <div>
        <Group gap={6}>
          <Text size="sm" fw={500}>
            {member.name || member.email}
          </Text>
          {isMe && (
            <Badge size="xs" variant="light">
              {t('members.you')}
            </Badge>
          )}
        </Group>
        {member.name !== '' && (
          <Text size="xs" c="dimmed">
            {member.email}
          </Text>
        )}
      </div>
    </Group>
  );
}

interface RoleProps {
  projectId: string;
  member: Member;
  mayDecide: boolean;
}

function RoleCell({ projectId, member, mayDecide }: RoleProps): ReactNode {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const appointing = useMutation({
    mutationFn: (role: Role) =>
      answer(
        api.PUT('/api/v1/projects/{projectId}/members/{userId}', {
          params: { path: { projectId, userId: member.user_id } },
          body: { role },
        }),
      ),
    onSettled: () => queries.invalidateQueries({ queryKey: ['members', projectId] }),
  });
  if (!mayDecide) return <Badge variant="light">{t(`roles.${member.role as Role}`)}</Badge>;
  return (
    <Stack gap={4}>
      <Select
        size="xs"
        w={150}
        aria-label={t('members.roleOf', { who: member.email })}
        data={ROLES.map((role) => ({ value: role, label: t(`roles.${role}`) }))}
        value={appointing.isPending ? appointing.variables : member.role}
        onChange={(role) => role !== null && appointing.mutate(role as Role)}
        allowDeselect={false}
        disabled={appointing.isPending}
      />
      <ProblemAlert error={appointing.error} />
    </Stack>
  );
}

interface RemoveProps {
  projectId: string;
  member: Member | undefined;
  onClose: () => void;
}

function RemoveMember({ projectId, member, onClose }: RemoveProps): ReactNode {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const removing = useMutation({
    mutationFn: (userId: string) =>
      done(api.DELETE('/api/v1/projects/{projectId}/members/{userId}', { params: { path: { projectId, userId } } })),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['members', projectId] });
      close();
    },
  });
  const close = (): void => {
    removing.reset();
    onClose();
  };
  return (
    <ConfirmModal
      isOpen={member !== undefined}
      title={t('members.removeAsk', { who: member?.name || member?.email })}
      confirm={t('members.remove')}
      onConfirm={() => member !== undefined && removing.mutate(member.user_id)}
      onClose={close}
      isPending={removing.isPending}
      error={removing.error}
    >
      {t('members.removeHint')}
    </ConfirmModal>
  );
}
