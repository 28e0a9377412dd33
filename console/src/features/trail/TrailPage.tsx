// The audit log: of a project for its owners, of the installation for administrators. One screen for both.
import { Badge, Button, Group, Menu, Paper, Select, SimpleGrid, Stack, Text } from '@mantine/core';
import { IconDownload, IconFileSearch, IconX } from '@tabler/icons-react';
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { type ReactNode, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { answer, api, listed, type Listed, type Schema } from '@/shared/api/client';
import { saveFile } from '@/shared/ui/saveFile';
import { DayInput } from '@/shared/ui/DayInput';
import { EmptyState } from '@/shared/ui/EmptyState';
import { type Column, ListTable } from '@/shared/ui/ListTable';
import { Moment } from '@/shared/ui/Moment';
import { PageHeader } from '@/shared/ui/PageHeader';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { page, text, useFilters, useProjectId } from '@/shared/url/filters';

import { type Action, actionChoices } from './actions';
import { LineModal } from './LineModal';
import { useWho } from './who';

type Line = Schema<'TrailLine'>;

const PAGE_SIZE = 50;
const address = { action: text, user_id: text, subject_id: text, from: text, until: text, page };

interface Wanted {
  action?: string;
  user_id?: string;
  subject_id?: string;
  from?: string;
  before?: string;
}

/** A day of the reader's own calendar, from its beginning; the day after it, for the end. */
function instantOf(day: string, isEnd: boolean): string {
  const date = new Date(`${day}T00:00:00`);
  if (isEnd) date.setDate(date.getDate() + 1);
  return date.toISOString();
}

function wantedOf(values: Record<string, string | number | undefined>): Wanted {
  const { action, user_id, subject_id, from, until } = values as Record<string, string | undefined>;
  return {
    ...(action === undefined ? {} : { action }),
    ...(user_id === undefined ? {} : { user_id }),
    ...(subject_id === undefined ? {} : { subject_id }),
    ...(from === undefined ? {} : { from: instantOf(from, false) }),
    ...(until === undefined ? {} : { before: instantOf(until, true) }),
  };
}

function list(projectId: string, query: Wanted & { size: number; page: number }): Promise<Listed<Line>> {
  return listed(
    projectId === ''
      ? api.GET('/api/v1/audit', { params: { query } })
      : api.GET('/api/v1/projects/{projectId}/audit', { params: { path: { projectId }, query } }),
  );
}

function download(projectId: string, query: Wanted & { format: 'csv' | 'ndjson' }): Promise<Blob> {
  const as = { parseAs: 'blob' } as const;
  return answer(
    projectId === ''
      ? api.GET('/api/v1/audit/export', { params: { query }, ...as })
      : api.GET('/api/v1/projects/{projectId}/audit/export', { params: { path: { projectId }, query }, ...as }),
  );
}

export function TrailPage(): ReactNode {
  const { t } = useTranslation();
  const projectId = useProjectId();
  const filters = useFilters(address);
  const { values, change, isNarrowed, clear } = filters;
  const wanted = useMemo(() => wantedOf(values), [values]);
  const [opened, setOpened] = useState<Line>();
  const trail = useQuery({
    queryKey: ['trail', projectId, wanted, values.page],
    queryFn: () => list(projectId, { ...wanted, size: PAGE_SIZE, page: values.page }),
    placeholderData: keepPreviousData,
  });
  const columns = useColumns(projectId, setOpened);
  return (
    <>
      <PageHeader
        title={t('trail.title')}
        description={t(projectId === '' ? 'trail.leadInstallation' : 'trail.lead')}
        actions={<Export projectId={projectId} wanted={wanted} />}
      />
      <FilterBar values={values} change={change} />
      <ListTable
        label={t('trail.title')}
        columns={columns}
        query={trail}
        rowId={(line) => line.id}
        page={values.page}
        pageSize={PAGE_SIZE}
        onPage={(next) => change({ page: next })}
        empty={
          <EmptyState
            icon={IconFileSearch}
            title={t(isNarrowed ? 'common.nothingFits' : 'trail.none')}
            hint={t(isNarrowed ? 'common.nothingFitsHint' : 'trail.noneHint')}
            action={
              isNarrowed && (
                <Button variant="light" onClick={clear}>
                  {t('common.clearFilters')}
                </Button>
              )
            }
          />
        }
      />
      <LineModal line={opened} projectId={projectId} onClose={() => setOpened(undefined)} onNarrow={change} />
    </>
  );
}

interface BarProps {
  values: ReturnType<typeof useFilters<typeof address>>['values'];
  change: ReturnType<typeof useFilters<typeof address>>['change'];
}

function FilterBar({ values, change }: BarProps): ReactNode {
  const { t } = useTranslation();
  const choices = useMemo(() => actionChoices(t), [t]);
  return (
    <Paper p="md" mb="md">
      <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }} spacing="md">
        <Select
          label={t('trail.action')}
          placeholder={t('common.all')}
          data={choices}
          searchable
          clearable
          value={values.action ?? null}
          onChange={(action) => change({ action: action ?? undefined })}
        />
        <DayInput
          isOptional
          label={t('common.from')}
          value={values.from ?? ''}
          onChange={(day) => change({ from: day || undefined })}
        />
        <DayInput
          isOptional
          label={t('common.until')}
          value={values.until ?? ''}
          onChange={(day) => change({ until: day || undefined })}
        />
      </SimpleGrid>
      <Group gap="xs" mt={(values.user_id ?? values.subject_id) ? 'md' : 0}>
        {values.user_id !== undefined && (
          <Chosen label={t('trail.onlyWho')} onClear={() => change({ user_id: undefined })} />
        )}
        {values.subject_id !== undefined && (
          <Chosen label={t('trail.onlySubject')} onClear={() => change({ subject_id: undefined })} />
        )}
      </Group>
    </Paper>
  );
}

function Chosen({ label, onClear }: { label: string; onClear: () => void }): ReactNode {
  return (
    <Button size="compact-sm" variant="light" rightSection={<IconX size={14} />} onClick={onClear}>
      {label}
    </Button>
  );
}

function Export({ projectId, wanted }: { projectId: string; wanted: Wanted }): ReactNode {
  const { t } = useTranslation();
  const exporting = useMutation({
    mutationFn: (format: 'csv' | 'ndjson') => download(projectId, { ...wanted, format }),
    onSuccess: (file, format) => saveFile(file, `audit.${format}`),
  });
  return (
    <Stack gap="xs" align="flex-end">
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" leftSection={<IconDownload size={18} />} loading={exporting.isPending}>
            {t('common.export')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => exporting.mutate('csv')}>CSV</Menu.Item>
          <Menu.Item onClick={() => exporting.mutate('ndjson')}>NDJSON</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <ProblemAlert error={exporting.error} />
    </Stack>
  );
}

function useColumns(projectId: string, onOpen: (line: Line) => void): Column<Line>[] {
  const { t } = useTranslation();
  const who = useWho(projectId);
  return useMemo<Column<Line>[]>(
    () => [
      { id: 'when', header: t('trail.when'), cell: ({ row }) => <Moment at={row.original.occurred_at} exact /> },
      { id: 'who', header: t('trail.who'), cell: ({ row }) => <Text size="sm">{who(row.original)}</Text> },
      {
        id: 'action',
        header: t('trail.action'),
        cell: ({ row }) => (
          <Badge variant="light" color={colorOf(row.original.action)} tt="none" fw={500}>
            {t(`trail.actions.${row.original.action as Action}`, { defaultValue: row.original.action })}
          </Badge>
        ),
      },
      {
        id: 'address',
        header: t('trail.address'),
        cell: ({ row }) => (
          <Text size="sm" c="dimmed" className="numeric">
            {row.original.address ?? '—'}
          </Text>
        ),
      },
      {
        id: 'open',
        header: '',
        cell: ({ row }) => (
          <Button size="compact-sm" variant="subtle" onClick={() => onOpen(row.original)}>
            {t('trail.details')}
          </Button>
        ),
      },
    ],
    [t, who, onOpen],
  );
}

function colorOf(action: string): string {
  if (/refused|reused|blocked/.test(action)) return 'red';
  if (/deleted|erased|revoked|archived|removed|withdrawn/.test(action)) return 'orange';
  return /created|started|accepted/.test(action) ? 'green' : 'plum';
}
