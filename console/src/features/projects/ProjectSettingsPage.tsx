// What the owners of a project decide, and putting it away.
import {
  Button,
  Group,
  NumberInput,
  Paper,
  Select,
  Skeleton,
  Stack,
  Switch,
  Text,
  TextInput,
  Title,
} from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import * as v from 'valibot';

import { answer, api, type Schema } from '@/shared/api/client';
import { currencies, timeZones } from '@/shared/form/choices';
import * as rules from '@/shared/form/rules';
import { useProblemForm } from '@/shared/form/useProblemForm';
import { mayAs, type Project, useProject } from '@/shared/session/viewer';
import { PageHeader } from '@/shared/ui/PageHeader';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { useProjectId } from '@/shared/url/filters';

import { ArchiveProject } from './ArchiveProject';

const settings = v.object({
  ranking: v.string(),
  is_moderated: v.boolean(),
  attribution_model: v.string(),
  attribution_window_days: rules.integer(1, 365),
});
const schema = v.object({ name: rules.name, currency: rules.currency, time_zone: v.nullable(v.string()), settings });

export function ProjectSettingsPage(): ReactNode {
  const { t } = useTranslation();
  const project = useProject(useProjectId());
  return (
    <>
      <PageHeader title={t('projects.settings.title')} description={t('projects.settings.lead')} />
      <ProblemAlert error={project.error} onRetry={() => void project.refetch()} />
      {project.isPending && <Skeleton height={480} maw="40rem" />}
      {project.data !== undefined && (
        <Stack maw="40rem" gap="lg">
          <SettingsForm key={`${project.data.project_id}${project.data.is_archived}`} project={project.data} />
          {mayAs(project.data, 'owner') && <ArchiveProject project={project.data} />}
        </Stack>
      )}
    </>
  );
}

interface Values extends Record<string, unknown> {
  name: string;
  currency: string;
  time_zone: string | null;
  settings: Schema<'Settings'>;
}

function useChange(project: Project): (values: Values) => Promise<Project> {
  const path = { projectId: project.project_id };
  return ({ time_zone, ...rest }) => {
    const body = { ...rest, name: rest.name.trim(), ...(time_zone === null ? {} : { time_zone }) };
    return answer(api.PATCH('/api/v1/projects/{projectId}', { params: { path }, body }));
  };
}

function SettingsForm({ project }: { project: Project }): ReactNode {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const choices = useMemo(() => ({ currencies: currencies(), zones: timeZones() }), []);
  const isFrozen = !mayAs(project, 'owner') || project.is_archived;
  const { form, submit, sending, problem } = useProblemForm<Values, Project>({
    initial: {
      name: project.name,
      currency: project.currency,
      time_zone: project.time_zone ?? null,
      settings: project.settings,
    },
    schema,
    send: useChange(project),
    onSuccess: (changed) => {
      queries.setQueryData(['project', project.project_id], changed);
      void queries.invalidateQueries({ queryKey: ['projects'] });
      form.resetDirty();
      notifications.show({ message: t('common.saved'), color: 'green' });
    },
  });
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="lg">
        <ProblemAlert error={problem} />
        <Paper p="lg">
          <Stack>
            <Title order={2} size="h4">
              {t('projects.settings.general')}
            </Title>
            <TextInput label={t('projects.name')} disabled={isFrozen} {...form.getInputProps('name')} />
            <Select
              label={t('field.currency')}
              description={t('projects.settings.currencyHint')}
              data={choices.currencies}
              searchable
              limit={100}
              allowDeselect={false}
              disabled={isFrozen}
              {...form.getInputProps('currency')}
            />
            {project.is_sandbox ? (
              <Text size="sm" c="dimmed">
                {t('projects.settings.sandboxTime')}
              </Text>
            ) : (
              <Select
                label={t('field.time_zone')}
                data={choices.zones}
                searchable
                limit={100}
                allowDeselect={false}
                disabled={isFrozen}
                {...form.getInputProps('time_zone')}
              />
            )}
          </Stack>
        </Paper>
        <Advertising form={form} isFrozen={isFrozen} />
        {!isFrozen && (
          <Group justify="flex-end">
            <Button variant="default" disabled={!form.isDirty()} onClick={form.reset}>
              {t('common.discard')}
            </Button>
            <Button type="submit" loading={sending.isPending} disabled={!form.isDirty()}>
              {t('common.save')}
            </Button>
          </Group>
        )}
      </Stack>
    </form>
  );
}

function Advertising({ form, isFrozen }: { form: UseFormReturnType<Values>; isFrozen: boolean }): ReactNode {
  const { t } = useTranslation();
  return (
    <Paper p="lg">
      <Stack>
        <Title order={2} size="h4">
          {t('projects.settings.advertising')}
        </Title>
        <Select
          label={t('field.ranking')}
          description={t('projects.settings.rankingHint')}
          data={(['expected_profit', 'blend'] as const).map((value) => ({
            value,
            label: t(`projects.ranking.${value}`),
          }))}
          allowDeselect={false}
          disabled={isFrozen}
          {...form.getInputProps('settings.ranking')}
        />
        <Switch
          label={t('field.is_moderated')}
          description={t('projects.settings.moderationHint')}
          disabled={isFrozen}
          {...form.getInputProps('settings.is_moderated', { type: 'checkbox' })}
        />
        <Select
          label={t('field.attribution_model')}
          description={t('projects.settings.attributionHint')}
          data={(['last_click', 'first_click', 'linear'] as const).map((value) => ({
            value,
            label: t(`projects.attribution.${value}`),
          }))}
          allowDeselect={false}
          disabled={isFrozen}
          {...form.getInputProps('settings.attribution_model')}
        />
        <NumberInput
          label={t('field.attribution_window_days')}
          description={t('projects.settings.windowHint')}
          min={1}
          max={365}
          disabled={isFrozen}
          {...form.getInputProps('settings.attribution_window_days')}
        />
      </Stack>
    </Paper>
  );
}
