// Where somebody is signed in.
import { Badge, Button, Group, Stack, Text, Title } from '@mantine/core';
import { IconDevices } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import { api, done, listed, type Schema } from '@/shared/api/client';
import { EmptyState } from '@/shared/ui/EmptyState';
import { FOUND_PAGE_SIZE, useFound } from '@/shared/ui/found';
import { type Column, ListTable } from '@/shared/ui/ListTable';
import { Moment } from '@/shared/ui/Moment';
import { NothingFound } from '@/shared/ui/NothingFound';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { SearchInput } from '@/shared/ui/SearchInput';
import { page, text, useFilters } from '@/shared/url/filters';

import { deviceOf } from './device';

type Session = Schema<'Session'>;

const address = { search: text, page };
const wordsOf = ({ agent, address }: Session): (string | null | undefined)[] => [deviceOf(agent ?? ''), agent, address];

export function Sessions(): ReactNode {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const sessions = useQuery({ queryKey: ['sessions'], queryFn: () => listed(api.GET('/api/v1/me/sessions')) });
  const { values, change, clear, isNarrowed } = useFilters(address);
  const found = useFound(sessions, values, wordsOf);
  const ending = useMutation({
    mutationFn: (sessionId: string) =>
      done(api.DELETE('/api/v1/me/sessions/{sessionId}', { params: { path: { sessionId } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: ['sessions'] }),
  });
  const { mutate: end, isPending, variables } = ending;
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
            <Button
              size="compact-sm"
              variant="subtle"
              color="red"
              loading={isPending && variables === session.session_id}
              onClick={() => end(session.session_id)}
            >
              {t('profile.sessions.end')}
            </Button>
          ),
      },
    ],
    [t, isPending, variables, end],
  );
  return (
    <section>
      <Title order={2} size="h4" mb="sm">
        {t('profile.sessions.title')}
      </Title>
      <ProblemAlert error={ending.error} />
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
