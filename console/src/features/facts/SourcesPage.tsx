// Where facts come from, and how fresh they are.
import { Badge, Button, Group, Stack, Text } from '@mantine/core';
import { IconDatabase } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import { Latest } from '@/shared/report/Freshness';
import { mayAs, useProject } from '@/shared/session/viewer';
import { sourceText } from '@/shared/report/source';
import { EmptyState } from '@/shared/ui/EmptyState';
import { FOUND_PAGE_SIZE, useFound } from '@/shared/ui/found';
import { type Column, ListTable } from '@/shared/ui/ListTable';
import { Moment } from '@/shared/ui/Moment';
import { NothingFound } from '@/shared/ui/NothingFound';
import { SearchInput } from '@/shared/ui/SearchInput';
import { page, text, useFilters, useProjectId } from '@/shared/url/filters';

import { type KnownSource, useAdvertiserNames, useSources } from './queries';

const address = { search: text, page };

export function SourcesPage(): ReactNode {
  const { t } = useTranslation();
  const projectId = useProjectId();
  const mayImport = mayAs(useProject(projectId).data, 'marketer');
  const sources = useSources(projectId);
  const { values, change, clear, isNarrowed } = useFilters(address);
  const names = useAdvertiserNames(projectId);
  const wordsOf = useWords(names);
  const found = useFound(sources, values, wordsOf);
  const columns = useColumns(names);
  const table = (
    <ListTable
      label={t('data.page.sources')}
      columns={columns}
      query={found}
      page={values.page}
      pageSize={FOUND_PAGE_SIZE}
      onPage={(next) => change({ page: next })}
      rowId={(source) => [source.facts, source.source, source.account].join('/')}
      empty={
        isNarrowed ? (
          <NothingFound icon={IconDatabase} onClear={clear} />
        ) : (
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
        )
      }
    />
  );
  return (
    <>
      <SearchInput label={t('data.searchSources')} value={values.search} onChange={(search) => change({ search })} />
      {table}
    </>
  );
}

/** What a source is found by: all that its row says in words. */
function useWords(names: Map<string, string> | undefined): (source: KnownSource) => (string | undefined)[] {
  const { t } = useTranslation();
  return useCallback(
    ({ source, account, facts }) => [
      sourceText(source),
      account,
      names?.get(account),
      t(`facts.${facts as 'orders'}`, { defaultValue: facts }),
    ],
    [t, names],
  );
}

function useColumns(names: Map<string, string> | undefined): Column<KnownSource>[] {
  const { t } = useTranslation();
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
