// Work in the background, of a project or of the whole installation: how far it is, what failed for good, what to do.
import { Badge, Button, Code, Group, Modal, Paper, Progress, Stack, Text } from '@mantine/core';
import { IconListCheck } from '@tabler/icons-react';
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { answer, api, listed, type Listed, type Schema } from '@/shared/api/client';
import { mayAs, useProject } from '@/shared/session/viewer';
import { EmptyState } from '@/shared/ui/EmptyState';
import { type Column, ListTable } from '@/shared/ui/ListTable';
import { Moment } from '@/shared/ui/Moment';
import { PageHeader } from '@/shared/ui/PageHeader';
import { count } from '@/shared/ui/number';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { useFilters, useProjectId } from '@/shared/url/filters';

import { jobsAddress, Narrowing, type State } from './Narrowing';
import { errorText, progressText } from './progress';

type Job = Schema<'Job'>;

const COLORS: Record<State, string> = {
  waiting: 'blue',
  running: 'plum',
  done: 'green',
  dead: 'red',
  cancelled: 'gray',
};
const PAGE_SIZE = 50;
/** How often a list with work under way is read again. */
const WATCH_MS = 2_000;

function list(
  projectId: string,
  query: { state?: State; kind?: string; size: number; page: number },
): Promise<Listed<Job>> {
  return listed(
    projectId === ''
      ? api.GET('/api/v1/jobs', { params: { query } })
      : api.GET('/api/v1/projects/{projectId}/jobs', { params: { path: { projectId }, query } }),
  );
}

function act(projectId: string, jobId: string, step: 'retry' | 'cancel'): Promise<Job> {
  const ofProject = { params: { path: { projectId, jobId } } };
  const ofAll = { params: { path: { jobId } } };
  if (step === 'retry') {
    return answer(
      projectId === ''
        ? api.POST('/api/v1/jobs/{jobId}/retry', ofAll)
        : api.POST('/api/v1/projects/{projectId}/jobs/{jobId}/retry', ofProject),
    );
  }
  return answer(
    projectId === ''
      ? api.POST('/api/v1/jobs/{jobId}/cancel', ofAll)
      : api.POST('/api/v1/projects/{projectId}/jobs/{jobId}/cancel', ofProject),
  );
}

function isActive({ state }: { state?: string | undefined }): boolean {
  return state === 'waiting' || state === 'running';
}

export function JobsPage(): ReactNode {
  const { t } = useTranslation();
  const projectId = useProjectId();
  const { values, change, clear, isNarrowed } = useFilters(jobsAddress);
  const [openedId, setOpenedId] = useState<string>();
  const jobs = useQuery({
    queryKey: ['jobs', projectId, values.state, values.kind, values.page],
    queryFn: () =>
      list(projectId, {
        ...(values.state === undefined ? {} : { state: values.state }),
        ...(values.kind === undefined ? {} : { kind: values.kind }),
        size: PAGE_SIZE,
        page: values.page,
      }),
    placeholderData: keepPreviousData,
    // Where work under way is looked for, some may begin at any time.
    refetchInterval: (query) => (isActive(values) || (query.state.data?.rows ?? []).some(isActive) ? WATCH_MS : false),
  });
  const columns = useColumns(setOpenedId);
  const opened = jobs.data?.rows.find((job) => job.job_id === openedId);
  return (
    <>
      <PageHeader title={t('jobs.title')} description={t('jobs.lead')} />
      <Narrowing values={values} change={change} />
      <ListTable
        label={t('jobs.title')}
        columns={columns}
        query={jobs}
        rowId={(job) => job.job_id}
        page={values.page}
        pageSize={PAGE_SIZE}
        onPage={(next) => change({ page: next })}
        empty={
          <EmptyState
            icon={IconListCheck}
            title={t(isNarrowed ? 'common.nothingFits' : 'jobs.none')}
            hint={t(values.state === 'dead' ? 'jobs.noneDead' : 'jobs.noneHint')}
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
      <JobModal job={opened} projectId={projectId} onClose={() => setOpenedId(undefined)} />
    </>
  );
}

function useColumns(onOpen: (jobId: string) => void): Column<Job>[] {
  const { t } = useTranslation();
  return useMemo<Column<Job>[]>(
    () => [
      {
        id: 'kind',
        header: t('jobs.kind'),
        cell: ({ row: { original: job } }) => (
          <Stack gap={2}>
            <Text size="sm" fw={500}>
              {t(`jobs.kinds.${job.kind as 'invitation.mail'}`, { defaultValue: job.kind })}
            </Text>
            {job.state === 'dead' && (
              <Text size="xs" c="var(--tone-bad)" className="clamp-2" maw={360}>
                {job.error}
              </Text>
            )}
          </Stack>
        ),
      },
      { id: 'state', header: t('common.state'), cell: ({ row }) => <StateBadge job={row.original} /> },
      { id: 'progress', header: t('jobs.progress'), cell: ({ row }) => <JobProgress job={row.original} /> },
      { id: 'created', header: t('common.created'), cell: ({ row }) => <Moment at={row.original.created_at} dimmed /> },
      {
        id: 'finished',
        header: t('jobs.finished'),
        cell: ({ row }) => <Moment at={row.original.finished_at} dimmed />,
      },
      {
        id: 'open',
        header: '',
        cell: ({ row }) => (
          <Button size="compact-sm" variant="subtle" onClick={() => onOpen(row.original.job_id)}>
            {t('jobs.open')}
          </Button>
        ),
      },
    ],
    [t, onOpen],
  );
}

function StateBadge({ job }: { job: Job }): ReactNode {
  const { t } = useTranslation();
  const state = job.state as State;
  return (
    <Badge variant="light" color={COLORS[state]}>
      {job.is_cancel_asked && isActive(job) ? t('jobs.stopping') : t(`jobs.state.${state}`)}
    </Badge>
  );
}

function JobProgress({ job }: { job: Job }): ReactNode {
  const { t } = useTranslation();
  const { done } = job.progress;
  const message = progressText(job.progress.message, t);
  const total = job.progress.total ?? null;
  if (total === null || total === 0) {
    return (
      <Text size="sm" c="dimmed">
        {message || (job.state === 'waiting' && job.attempts > 0 ? t('jobs.again', { count: job.attempts }) : '—')}
      </Text>
    );
  }
  return (
    <Stack gap={4} w={180}>
      <Progress value={(done / total) * 100} aria-label={t('jobs.progress')} animated={job.state === 'running'} />
      <Text size="xs" c="dimmed" className="numeric">
        {message || t('jobs.doneOf', { done: count(done), total: count(total) })}
      </Text>
    </Stack>
  );
}

interface ModalProps {
  job: Job | undefined;
  projectId: string;
  onClose: () => void;
}

function JobModal({ job, projectId, onClose }: ModalProps): ReactNode {
  const { t } = useTranslation();
  return (
    <Modal
      opened={job !== undefined}
      onClose={onClose}
      size="lg"
      title={job === undefined ? '' : t(`jobs.kinds.${job.kind as 'invitation.mail'}`, { defaultValue: job.kind })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      {job !== undefined && <JobDetails job={job} projectId={projectId} />}
    </Modal>
  );
}

function LastError({ error }: { error: string }): ReactNode {
  const { t } = useTranslation();
  if (error === '') return null;
  const told = errorText(error, t);
  return (
    <Paper p="sm">
      <Text size="xs" c="dimmed" mb={4}>
        {t('jobs.lastError')}
      </Text>
      <Text size="sm" className="break-anywhere">
        {told}
      </Text>
      {told !== error && (
        <Text size="xs" c="dimmed" mt={4} className="break-anywhere">
          {error}
        </Text>
      )}
    </Paper>
  );
}

function JobDetails({ job, projectId }: { job: Job; projectId: string }): ReactNode {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const project = useProject(projectId);
  const mayAct = projectId === '' || mayAs(project.data, 'marketer');
  const acting = useMutation({
    mutationFn: (step: 'retry' | 'cancel') => act(projectId, job.job_id, step),
    onSettled: () => queries.invalidateQueries({ queryKey: ['jobs', projectId] }),
  });
  return (
    <Stack>
      <Group gap="sm">
        <StateBadge job={job} />
        <Text size="sm" c="dimmed">
          {t('jobs.attempts', { attempts: job.attempts, most: job.max_attempts })}
        </Text>
      </Group>
      <JobProgress job={job} />
      <LastError error={job.error ?? ''} />
      <Text size="sm">
        {t('common.created')}: <Moment at={job.created_at} exact /> · {t('jobs.due')}: <Moment at={job.due_at} exact />
      </Text>
      <Text size="xs" c="dimmed" className="break-anywhere">
        <Code>{job.kind}</Code> {job.job_id}
      </Text>
      <ProblemAlert error={acting.error} />
      {mayAct && (
        <Group justify="flex-end">
          {isActive(job) && (
            <Button
              variant="light"
              color="red"
              loading={acting.isPending}
              disabled={job.is_cancel_asked}
              onClick={() => acting.mutate('cancel')}
            >
              {t('jobs.cancel')}
            </Button>
          )}
          {(job.state === 'dead' || job.state === 'cancelled') && (
            <Button loading={acting.isPending} onClick={() => acting.mutate('retry')}>
              {t('jobs.retry')}
            </Button>
          )}
        </Group>
      )}
    </Stack>
  );
}
