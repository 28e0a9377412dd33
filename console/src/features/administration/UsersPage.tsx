// Everybody with an account on this installation.
import { Avatar, Badge, Button, Group, Menu, Stack, Text } from '@mantine/core';
import { IconDots, IconUsers } from '@tabler/icons-react';
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { answer, api, listed, type Schema } from '@/shared/api/client';
import { useMe, type User } from '@/shared/session/viewer';
import { ConfirmModal } from '@/shared/ui/ConfirmModal';
import { EmptyState } from '@/shared/ui/EmptyState';
import { type Column, ListTable } from '@/shared/ui/ListTable';
import { Moment } from '@/shared/ui/Moment';
import { PageHeader } from '@/shared/ui/PageHeader';
import { SearchInput } from '@/shared/ui/SearchInput';
import { page, text, useFilters } from '@/shared/url/filters';

const PAGE_SIZE = 50;
const address = { search: text, page };
type Step = 'block' | 'unblock' | 'promote' | 'demote';

interface Wanted {
  user: User;
  step: Step;
}

const CHANGES: Record<Step, Schema<'UserPatch'>> = {
  block: { is_blocked: true },
  unblock: { is_blocked: false },
  promote: { is_administrator: true },
  demote: { is_administrator: false },
};

export function UsersPage(): ReactNode {
  const { t } = useTranslation();
  const { values, change } = useFilters(address);
  const [wanted, setWanted] = useState<Wanted>();
  const users = useQuery({
    queryKey: ['users', values.search, values.page],
    queryFn: () => {
      const search = values.search === undefined ? {} : { search: values.search };
      return listed(api.GET('/api/v1/users', { params: { query: { ...search, size: PAGE_SIZE, page: values.page } } }));
    },
    placeholderData: keepPreviousData,
  });
  const columns = useColumns(setWanted);
  return (
    <>
      <PageHeader title={t('administration.users.title')} description={t('administration.users.lead')} />
      <SearchInput
        label={t('administration.users.search')}
        value={values.search}
        onChange={(search) => change({ search })}
      />
      <ListTable
        label={t('administration.users.title')}
        columns={columns}
        query={users}
        rowId={(user) => user.user_id}
        page={values.page}
        pageSize={PAGE_SIZE}
        onPage={(next) => change({ page: next })}
        empty={<EmptyState icon={IconUsers} title={t('common.nothingFits')} hint={t('common.nothingFitsHint')} />}
      />
      <ChangeUser wanted={wanted} onClose={() => setWanted(undefined)} />
    </>
  );
}

function useColumns(onStep: (wanted: Wanted) => void): Column<User>[] {
  const { t } = useTranslation();
  const me = useMe();
  return useMemo<Column<User>[]>(
    () => [
      {
        id: 'who',
        header: t('members.who'),
        cell: ({ row: { original: user } }) => (
          <Group gap="sm" wrap="nowrap">
            <Avatar name={user.name || user.email} color="initials" size="sm" alt="" />
            <Stack gap={0}>
              <Text size="sm" fw={500}>
                {user.name || user.email}
              </Text>
              {user.name !== '' && (
                <Text size="xs" c="dimmed">
                  {user.email}
                </Text>
              )}
            </Stack>
          </Group>
        ),
      },
      {
        id: 'state',
        header: t('common.state'),
        cell: ({ row }) => <UserState user={row.original} isMe={row.original.user_id === me.data?.user_id} />,
      },
      {
        id: 'since',
        header: t('administration.users.since'),
        cell: ({ row }) => <Moment at={row.original.created_at} dimmed />,
      },
      {
        id: 'steps',
        header: '',
        cell: ({ row }) => row.original.user_id !== me.data?.user_id && <Steps user={row.original} onStep={onStep} />,
      },
    ],
    [t, me.data?.user_id, onStep],
  );
}

function UserState({ user, isMe }: { user: User; isMe: boolean }): ReactNode {
  const { t } = useTranslation();
  return (
    <Group gap={4}>
      {user.is_administrator && <Badge variant="light">{t('administration.users.administrator')}</Badge>}
      {user.is_blocked && (
        <Badge variant="light" color="red">
          {t('administration.users.blocked')}
        </Badge>
      )}
      {isMe && (
        <Badge variant="light" color="gray">
          {t('members.you')}
        </Badge>
      )}
      {!user.is_administrator && !user.is_blocked && !isMe && (
        <Text size="sm" c="dimmed">
          —
        </Text>
      )}
    </Group>
  );
}

function Steps({ user, onStep }: { user: User; onStep: (wanted: Wanted) => void }): ReactNode {
  const { t } = useTranslation();
  const steps: Step[] = [user.is_blocked ? 'unblock' : 'block', user.is_administrator ? 'demote' : 'promote'];
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          variant="subtle"
          color="gray"
          size="compact-sm"
          aria-label={t('administration.users.stepsFor', { who: user.email })}
        >
          <IconDots size={18} />
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {steps.map((step) => (
          <Menu.Item key={step} onClick={() => onStep({ user, step })} {...(step === 'block' ? { color: 'red' } : {})}>
            {t(`administration.users.${step}.submit`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function ChangeUser({ wanted, onClose }: { wanted: Wanted | undefined; onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const changing = useMutation({
    mutationFn: ({ user, step }: Wanted) =>
      answer(api.PATCH('/api/v1/users/{userId}', { params: { path: { userId: user.user_id } }, body: CHANGES[step] })),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['users'] });
      close();
    },
  });
  const close = (): void => {
    changing.reset();
    onClose();
  };
  const step = wanted?.step ?? 'block';
  return (
    <ConfirmModal
      isOpen={wanted !== undefined}
      title={t(`administration.users.${step}.ask`, { who: wanted?.user.name || wanted?.user.email })}
      confirm={t(`administration.users.${step}.submit`)}
      onConfirm={() => wanted !== undefined && changing.mutate(wanted)}
      onClose={close}
      isPending={changing.isPending}
      error={changing.error}
      isHarmless={step !== 'block'}
    >
      {t(`administration.users.${step}.hint`)}
    </ConfirmModal>
  );
}
