// Every project of the installation, archived ones too.
import { Anchor, Badge, Group, Text } from '@mantine/core';
import { IconFolders } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import { api, listed } from '@/shared/api/client';
import type { Project } from '@/shared/session/viewer';
import { EmptyState } from '@/shared/ui/EmptyState';
import { ALL, FOUND_PAGE_SIZE, useFound } from '@/shared/ui/found';
import { type Column, ListTable } from '@/shared/ui/ListTable';
import { Moment } from '@/shared/ui/Moment';
import { NothingFound } from '@/shared/ui/NothingFound';
import { PageHeader } from '@/shared/ui/PageHeader';
import { SearchInput } from '@/shared/ui/SearchInput';
import { page, text, useFilters } from '@/shared/url/filters';

const address = { search: text, page };
const wordsOf = ({ name }: Project): string[] => [name];

export function AllProjectsPage(): ReactNode {
  const { t } = useTranslation();
  const { values, change, clear, isNarrowed } = useFilters(address);
  const projects = useQuery({
    queryKey: ['projects', 'all'],
    queryFn: () => listed(api.GET('/api/v1/installation/projects', { params: { query: { size: ALL } } })),
  });
  const found = useFound(projects, values, wordsOf);
  const columns = useMemo<Column<Project>[]>(
    () => [
      {
        id: 'name',
        header: t('projects.name'),
        cell: ({ row: { original: project } }) => (
          <Group gap={6}>
            <Anchor
              component={Link}
              to="/projects/$projectId"
              params={{ projectId: project.project_id } as never}
              size="sm"
              fw={500}
            >
              {project.name}
            </Anchor>
            {project.is_sandbox && (
              <Badge size="sm" variant="light" color="orange">
                {t('projects.sandboxBadge')}
              </Badge>
            )}
            {project.is_archived && (
              <Badge size="sm" variant="light" color="gray">
                {t('projects.archivedBadge')}
              </Badge>
            )}
          </Group>
        ),
      },
      {
        id: 'currency',
        header: t('field.currency'),
        cell: ({ row }) => <Text size="sm">{row.original.currency}</Text>,
      },
      {
        id: 'zone',
        header: t('field.time_zone'),
        cell: ({ row }) => <Text size="sm">{row.original.time_zone ?? '—'}</Text>,
      },
      { id: 'created', header: t('common.created'), cell: ({ row }) => <Moment at={row.original.created_at} dimmed /> },
    ],
    [t],
  );
  return (
    <>
      <PageHeader title={t('administration.projects.title')} description={t('administration.projects.lead')} />
      <SearchInput
        label={t('administration.projects.search')}
        value={values.search}
        onChange={(search) => change({ search })}
      />
      <ListTable
        label={t('administration.projects.title')}
        columns={columns}
        query={found}
        rowId={(project) => project.project_id}
        page={values.page}
        pageSize={FOUND_PAGE_SIZE}
        onPage={(next) => change({ page: next })}
        empty={
          isNarrowed ? (
            <NothingFound icon={IconFolders} onClear={clear} />
          ) : (
            <EmptyState icon={IconFolders} title={t('administration.projects.none')} />
          )
        }
      />
    </>
  );
}
