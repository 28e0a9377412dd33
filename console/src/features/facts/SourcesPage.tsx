// Where facts come from, and how fresh they are.
import { Badge, Button, Group, Stack, Text } from '@mantine/core';
import { IconDatabase } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import { Latest } from '@/shared/report/Freshness';
import { mayAs, useProject } from '@/shared/session/viewer';
import { sourceText } from '@/shared/report/source';
import { EmptyState } from '@/shared/ui/EmptyState';
import { type Column, ListTable } from '@/shared/ui/ListTable';
import { Moment } from '@/shared/ui/Moment';
import { useProjectId } from '@/shared/url/filters';

import { type KnownSource, useAdvertiserNames, useSources } from './queries';

export function SourcesPage(): ReactNode {
  const { t } = useTranslation();
  const projectId = useProjectId();
  const mayImport = mayAs(useProject(projectId).data, 'marketer');
  const sources = useSources(projectId);
  const columns = useColumns(projectId);
  return (
    <ListTable
      label={t('data.page.sources')}
      columns={columns}
      query={sources}
      rowId={(source) => [source.facts, source.source, source.account].join('/')}
      empty={
        <EmptyState
          icon={IconDatabase}
          title={t('data.noSources')}
          hint={t('data.noSourcesHint')}
          action={
            mayImport && (
              <Button component={Link} to={`/projects/${projectId}/data/imports/new` as never} variant="light">
                {t('data.import')}
              </Button>
            )
          }
        />
      }
    />
  );
}

function useColumns(projectId: string): Column<KnownSource>[] {
  const { t } = useTranslation();
  const names = useAdvertiserNames(projectId);
  return useMemo<Column<KnownSource>[]>(
    () => [
      {
        id: 'source',
        header: t('report.source.name'),
        cell: ({ row: { original } }) => (
          <Stack gap={2} miw={140}>
            <Text size="sm" fw={500}>
              {sourceText(original.source)}
            </Text>
            {original.account !== '' && (
              <Text size="xs" c="dimmed">
                {names?.get(original.account) ?? original.account}
              </Text>
            )}
          </Stack>
        ),
      },
      {
        id: 'facts',
        header: t('report.source.facts'),
        cell: ({ row: { original } }) => t(`facts.${original.facts as 'orders'}`, { defaultValue: original.facts }),
      },
      {
        id: 'feeds',
        header: t('data.feeds'),
        cell: ({ row: { original } }) => (
          <Group gap={4}>
            {original.feeds.map((family) => (
              <Badge key={family} variant="light">
                {t(`data.family.${family as 'sales'}`, { defaultValue: family })}
              </Badge>
            ))}
          </Group>
        ),
      },
      { id: 'latest', header: t('report.source.latest'), cell: ({ row }) => <Latest latest={row.original.latest} /> },
      { id: 'arrived', header: t('report.source.arrived'), cell: ({ row }) => <Moment at={row.original.arrived_at} /> },
    ],
    [t, names],
  );
}
