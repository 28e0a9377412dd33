// Where somebody is signed in.
import { Badge, Button, Group, Stack, Text, Title } from '@mantine/core';
import { IconDevices } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { api, done, listed, type Schema } from '@/shared/api/client';
import { ConfirmModal } from '@/shared/ui/ConfirmModal';
import { EmptyState } from '@/shared/ui/EmptyState';
import { FOUND_PAGE_SIZE, useFound } from '@/shared/ui/found';
import { type Column, ListTable } from '@/shared/ui/ListTable';
import { Moment } from '@/shared/ui/Moment';
import { NothingFound } from '@/shared/ui/NothingFound';
import { SearchInput } from '@/shared/ui/SearchInput';
import { page, text, useFilters } from '@/shared/url/filters';

import { deviceOf } from './device';

type Session = Schema<'Session'>;

const address = { search: text, page };
const wordsOf = ({ agent, address }: Session): (string | null | undefined)[] => [deviceOf(agent ?? ''), agent, address];

export function Sessions(): ReactNode {
  const { t } = useTranslation();
  const sessions = useQuery({ queryKey: ['sessions'], queryFn: () => listed(api.GET('/api/v1/me/sessions')) });
  const { values, change, clear, isNarrowed } = useFilters(address);
  const found = useFound(sessions, values, wordsOf);
  // Which one is ended, is asked once.
  const [asked, setAsked] = useState<Session>();
  const columns = useMemo<Column<Session>[]>(
    () => [
      {
        id: 'device',
        header: t('profile.sessions.device'),
        cell: ({ row: { original: session } }) => (
          <Stack gap={2}>
            <Group gap={6}>
              <Text size="sm" fw={500} title={session.agent ?? ''}>
                {deviceOf(session.agent ?? '') || t('profile.sessions.unknown')}
              </Text>
              {session.is_current && (
                <Badge size="xs" variant="light" color="green">
                  {t('profile.sessions.this')}
                </Badge>
              )}
            </Group>
            <Text size="xs" c="dimmed" className="numeric">
              {session.address}
            </Text>
          </Stack>
        ),
      },
      {
        id: 'since',
        header: t('profile.sessions.since'),
        cell: ({ row }) => <Moment at={row.original.created_at} dimmed />,
      },
      {
        id: 'used',
        header: t('profile.sessions.used'),
        cell: ({ row }) => <Moment at={row.original.refreshed_at} dimmed />,
      },
      {
        id: 'end',
        header: '',
        cell: ({ row: { original: session } }) =>
          !session.is_current && (
            <Button size="compact-sm" variant="subtle" color="red" onClick={() => setAsked(session)}>
              {t('profile.sessions.end')}
            </Button>
          ),
      },
    ],
    [t],
  );
  return (
    <section>
      <Title order={2} size="h4" mb="sm">
        {t('profile.sessions.title')}
      </Title>
      <EndSession session={asked} onClose={() => setAsked(undefined)} />
      <SearchInput
        label={t('profile.sessions.search')}
        value={values.search}
        onChange={(search) => change({ search })}
      />
      <ListTable
        label={t('profile.sessions.title')}
        columns={columns}
        query={found}
        page={values.page}
        pageSize={FOUND_PAGE_SIZE}
        onPage={(next) => change({ page: next })}
        rowId={(session) => session.session_id}
        empty={
          isNarrowed ? (
            <NothingFound icon={IconDevices} onClear={clear} />
          ) : (
            <EmptyState icon={IconDevices} title={t('profile.sessions.none')} />
          )
        }
      />
    </section>
  );
}

/** Asks once. */
function EndSession({ session, onClose }: { session: Session | undefined; onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const ending = useMutation({
    mutationFn: (sessionId: string) =>
      done(api.DELETE('/api/v1/me/sessions/{sessionId}', { params: { path: { sessionId } } })),
    onSuccess: onClose,
    onSettled: () => queries.invalidateQueries({ queryKey: ['sessions'] }),
  });
  return (
    <ConfirmModal
      isOpen={session !== undefined}
      title={t('profile.sessions.endAsk')}
      confirm={t('profile.sessions.end')}
      onConfirm={() => ending.mutate(session?.session_id ?? '')}
      onClose={() => {
        ending.reset();
        onClose();
      }}
      isPending={ending.isPending}
      error={ending.error}
    >
      {t('profile.sessions.endHint', { device: deviceOf(session?.agent ?? '') || t('profile.sessions.unknown') })}
    </ConfirmModal>
  );
}
