// Imports: what is on its way, how far it is, what became of what came before.
import { Badge, Button, Stack, Text } from '@mantine/core';
import { IconFileImport } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import { EmptyState } from '@/shared/ui/EmptyState';
import { useFound } from '@/shared/ui/found';
import { type Column, ListTable } from '@/shared/ui/ListTable';
import { Moment } from '@/shared/ui/Moment';
import { NothingFound } from '@/shared/ui/NothingFound';
import { SearchInput } from '@/shared/ui/SearchInput';
import { page, text, useFilters, useProjectId } from '@/shared/url/filters';

import { ImportProgress } from './ImportProgress';
import { ImportSteps } from './ImportSteps';
import { type Import, isActive, type Kind, PAGE_SIZE, type State, useImports } from './queries';
import { Uploads } from './Uploads';

const COLORS: Record<State, string> = {
  waiting: 'blue',
  running: 'plum',
  done: 'green',
  dead: 'red',
  cancelled: 'gray',
};
const address = { search: text, page };

export function ImportsPage(): ReactNode {
  const { t } = useTranslation();
  const projectId = useProjectId();
  const { values, change, clear, isNarrowed } = useFilters(address);
  const imports = useImports(projectId, values.page, isNarrowed);
  const found = useFound(imports, values, useWords());
  const columns = useColumns(projectId);
  return (
    <Stack>
      <Uploads projectId={projectId} />
      <SearchInput label={t('data.searchImports')} value={values.search} onChange={(search) => change({ search })} />
      <ListTable
        label={t('data.page.imports')}
        columns={columns}
        query={isNarrowed ? found : imports}
        rowId={(one) => one.job_id}
        page={values.page}
        pageSize={PAGE_SIZE}
        onPage={(next) => change({ page: next })}
        empty={
          isNarrowed ? (
            <NothingFound icon={IconFileImport} onClear={clear} />
          ) : (
            <EmptyState
              icon={IconFileImport}
              title={t('data.noImports')}
              hint={t('data.noImportsHint')}
              action={
                <Button component={Link} to={`/projects/${projectId}/data/imports/new` as never} variant="light">
                  {t('data.import')}
                </Button>
              }
            />
          )
        }
      />
    </Stack>
  );
}

/** What an import is found by: its file, and what it holds. */
function useWords(): (one: Import) => string[] {
  const { t } = useTranslation();
  return useCallback(
    (one) => [one.file_name, t(`data.kind.${one.kind as Kind}.name`, { defaultValue: one.kind })],
    [t],
  );
}

function useColumns(projectId: string): Column<Import>[] {
  const { t } = useTranslation();
  return useMemo<Column<Import>[]>(
    () => [
      {
        id: 'file',
        header: t('data.file'),
        cell: ({ row: { original: one } }) => (
          <Stack gap={2} miw={150} maw={280}>
            <Text size="sm" fw={500} className="break-anywhere">
              {one.file_name || t('data.unnamed')}
            </Text>
            <Text size="xs" c="dimmed">
              {t(`data.kind.${one.kind as Kind}.name`, { defaultValue: one.kind })}
            </Text>
          </Stack>
        ),
      },
      { id: 'state', header: t('common.state'), cell: ({ row }) => <StateBadge one={row.original} /> },
      { id: 'progress', header: t('jobs.progress'), cell: ({ row }) => <ImportProgress one={row.original} /> },
      { id: 'created', header: t('common.created'), cell: ({ row }) => <Moment at={row.original.created_at} dimmed /> },
      {
        id: 'steps',
        header: '',
        cell: ({ row }) => <ImportSteps projectId={projectId} one={row.original} />,
      },
    ],
    [t, projectId],
  );
}

function StateBadge({ one }: { one: Import }): ReactNode {
  const { t } = useTranslation();
  const state = one.state as State;
  return (
    <Badge variant="light" color={COLORS[state]}>
      {one.is_cancel_asked && isActive(one) ? t('jobs.stopping') : t(`jobs.state.${state}`)}
    </Badge>
  );
}
