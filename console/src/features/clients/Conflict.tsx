// Somebody else has changed the client while the form was open: what they changed, and how to go on.
import { Alert, Button, Group, Skeleton, Stack, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { api, tagged, type Tagged } from '@/shared/api/client';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';

import { changesOf, FIELDS, type Values, valuesOf } from './clientRules';
import type { Client, Gender } from './queries';

interface Props {
  projectId: string;
  /** What the form began with. */
  before: Tagged<Client>;
  mine: Values;
  onMine: (theirs: Tagged<Client>) => void;
  onTheirs: (theirs: Tagged<Client>) => void;
}

export function Conflict({ projectId, before, mine, onMine, onTheirs }: Props): ReactNode {
  const { t } = useTranslation();
  const path = { projectId, clientId: before.data.client_id };
  const newest = useQuery({
    queryKey: ['client', projectId, before.data.client_id, 'conflict', before.tag],
    queryFn: () => tagged(api.GET('/api/v1/projects/{projectId}/clients/{clientId}', { params: { path } })),
    staleTime: 0,
    gcTime: 0,
  });
  const theirs = newest.data;
  if (newest.error !== null) return <ProblemAlert error={newest.error} onRetry={() => void newest.refetch()} />;
  return (
    <Alert color="orange" variant="light" title={t('problem.version-conflict.title')} role="alert">
      <Stack gap="sm">
        <Text size="sm">{t('advertising.conflict.hint')}</Text>
        {theirs === undefined ? (
          <Skeleton height={80} />
        ) : (
          <>
            <Changes before={before.data} theirs={theirs.data} mine={mine} />
            <Group gap="sm">
              <Button size="xs" onClick={() => onMine(theirs)}>
                {t('advertising.conflict.keepMine')}
              </Button>
              <Button size="xs" variant="default" onClick={() => onTheirs(theirs)}>
                {t('advertising.conflict.takeTheirs')}
              </Button>
            </Group>
          </>
        )}
      </Stack>
    </Alert>
  );
}

function Changes({ before, theirs, mine }: { before: Client; theirs: Client; mine: Values }): ReactNode {
  const { t } = useTranslation();
  const [changed, touched] = [changesOf(valuesOf(theirs), before), changesOf(mine, before)];
  const shown = (name: (typeof FIELDS)[number], value: unknown): string =>
    name === 'gender' ? t(`gender.one.${value as Gender}`) : String(value);
  return (
    <Table.ScrollContainer minWidth={0}>
      <Table aria-label={t('advertising.conflict.changes')} verticalSpacing={4}>
        <Table.Thead>
          <Table.Tr>
            {(['field', 'was', 'theirs', 'mine'] as const).map((column) => (
              <Table.Th key={column}>{t(`advertising.conflict.${column}`)}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {FIELDS.filter((name) => name in changed).map((name) => (
            <Table.Tr key={name}>
              <Table.Td>{t(`field.${name}`)}</Table.Td>
              <Table.Td>{shown(name, before[name])}</Table.Td>
              <Table.Td>{shown(name, theirs[name])}</Table.Td>
              <Table.Td>{name in touched ? shown(name, mine[name]) : t('advertising.conflict.untouched')}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
