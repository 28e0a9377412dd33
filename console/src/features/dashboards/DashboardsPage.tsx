// All dashboards of a project.
import { Anchor, Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconLayoutDashboard, IconPlus } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { type ReactNode, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import * as v from 'valibot';

import { firstWords } from '@/shared/dashboard/first';
import { createDashboard, type Kept, useDashboards } from '@/shared/dashboard/queries';
import * as rules from '@/shared/form/rules';
import { useProblemForm } from '@/shared/form/useProblemForm';
import { mayAs, useProject } from '@/shared/session/viewer';
import { EmptyState } from '@/shared/ui/EmptyState';
import { FormEnd } from '@/shared/ui/FormEnd';
import { FOUND_PAGE_SIZE, useFound } from '@/shared/ui/found';
import { type Column, ListTable } from '@/shared/ui/ListTable';
import { Moment } from '@/shared/ui/Moment';
import { count } from '@/shared/ui/number';
import { NothingFound } from '@/shared/ui/NothingFound';
import { PageHeader } from '@/shared/ui/PageHeader';
import { SearchInput } from '@/shared/ui/SearchInput';
import { page, text, useFilters, useProjectId } from '@/shared/url/filters';

import { MoreMenu } from './MoreMenu';

const address = { search: text, page };
const wordsOf = ({ name }: Kept): string[] => [firstWords(name)];

export function DashboardsPage(): ReactNode {
  const { t } = useTranslation();
  const projectId = useProjectId();
  const { values, change, clear, isNarrowed } = useFilters(address);
  const [isCreating, { open, close }] = useDisclosure(false);
  const mayChange = mayAs(useProject(projectId).data, 'marketer');
  const dashboards = useDashboards(projectId);
  const found = useFound(dashboards, values, wordsOf);
  const create = mayChange && (
    <Button leftSection={<IconPlus size={18} />} onClick={open}>
      {t('dashboards.create')}
    </Button>
  );
  const columns = useColumns(projectId, mayChange);
  return (
    <>
      <PageHeader title={t('dashboards.list')} description={t('dashboards.lead')} actions={create} />
      <div>
        <SearchInput label={t('dashboards.search')} value={values.search} onChange={(search) => change({ search })} />
        <ListTable
          label={t('dashboards.list')}
          columns={columns}
          query={found}
          rowId={({ dashboard_id }) => dashboard_id}
          page={values.page}
          pageSize={FOUND_PAGE_SIZE}
          onPage={(next) => change({ page: next })}
          empty={
            !isNarrowed ? (
              <EmptyState
                icon={IconLayoutDashboard}
                title={t('dashboards.none')}
                hint={t('dashboards.noneHint')}
                action={create}
              />
            ) : (
              <NothingFound icon={IconLayoutDashboard} onClear={clear} />
            )
          }
        />
      </div>
      {isCreating && <CreateModal projectId={projectId} onClose={close} />}
    </>
  );
}

function useColumns(projectId: string, mayChange: boolean): Column<Kept>[] {
  const { t } = useTranslation();
  return useMemo<Column<Kept>[]>(
    () => [
      {
        id: 'name',
        header: t('field.name'),
        cell: ({ row: { original: each } }) => (
          <Stack gap={0} miw={140}>
            <Anchor
              component={Link}
              to="/projects/$projectId/dashboards/$dashboardId"
              params={{ projectId, dashboardId: each.dashboard_id } as never}
              size="sm"
              fw={500}
              className="break-anywhere"
            >
              {firstWords(each.name)}
            </Anchor>
            {each.description !== undefined && (
              <Text size="xs" c="dimmed" lineClamp={1} maw={480}>
                {each.description}
              </Text>
            )}
          </Stack>
        ),
      },
      {
        id: 'widgets',
        header: t('dashboards.widgets'),
        cell: ({ row: { original: each } }) => count((each.widgets ?? []).length),
      },
      {
        id: 'changed',
        header: t('dashboards.changed'),
        cell: ({ row: { original: each } }) => <Moment at={each.updated_at} dimmed />,
      },
      {
        id: 'actions',
        header: '',
        cell: ({ row: { original: each } }) =>
          mayChange && (
            <Group justify="flex-end">
              <MoreMenu projectId={projectId} dashboard={{ id: each.dashboard_id, name: firstWords(each.name) }} />
            </Group>
          ),
      },
    ],
    [t, projectId, mayChange],
  );
}

const schema = v.object({ name: rules.name });

function CreateModal({ projectId, onClose }: { projectId: string; onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const { form, submit, sending, problem } = useProblemForm({
    initial: { name: '' },
    schema,
    send: ({ name }) =>
      createDashboard(projectId, {
        name: name.trim(),
        period: { window: '30d', compare_to: 'previous_period' },
        widgets: [],
      }),
    onSuccess: (made) => {
      void queries.invalidateQueries({ queryKey: ['dashboards', projectId] });
      void navigate({
        to: '/projects/$projectId/dashboards/$dashboardId',
        params: { projectId, dashboardId: made.id } as never,
        search: { edit: true } as never,
      });
    },
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('dashboards.create')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form onSubmit={submit} noValidate>
        <Stack>
          <TextInput label={t('field.name')} data-autofocus {...form.getInputProps('name')} />
          <FormEnd
            problem={problem}
            submit={t('dashboards.createIt')}
            isSending={sending.isPending}
            onCancel={onClose}
          />
        </Stack>
      </form>
    </Modal>
  );
}
