// A new project: a live one in real time, or a sandbox to try things in.
import { Button, Group, Paper, Radio, Select, Stack, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import * as v from 'valibot';

import { answer, api, type Schema } from '@/shared/api/client';
import { currencies, ownTimeZone, timeZones } from '@/shared/form/choices';
import * as rules from '@/shared/form/rules';
import { useProblemForm } from '@/shared/form/useProblemForm';
import { currentLanguage } from '@/shared/i18n/i18n';
import { PageHeader } from '@/shared/ui/PageHeader';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';

const schema = v.object({ name: rules.name, currency: rules.currency, kind: v.string(), time_zone: v.string() });

interface Values extends Record<string, unknown> {
  name: string;
  currency: string;
  kind: string;
  time_zone: string;
}

function create({ name, currency, kind, time_zone }: Values): Promise<Schema<'Project'>> {
  const body = { name: name.trim(), currency, ...(kind === 'live' ? { time_zone } : {}) };
  return answer(api.POST('/api/v1/projects', { body }));
}

export function CreateProjectPage(): ReactNode {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const choices = useMemo(() => ({ currencies: currencies(), zones: timeZones() }), []);
  const { form, submit, sending, problem } = useProblemForm<Values, Schema<'Project'>>({
    initial: { name: '', currency: currentLanguage() === 'ru' ? 'RUB' : 'USD', kind: 'live', time_zone: ownTimeZone() },
    schema,
    send: create,
    onSuccess: ({ project_id }) => {
      void queries.invalidateQueries({ queryKey: ['projects'] });
      void navigate({ to: '/projects/$projectId', params: { projectId: project_id } });
    },
  });
  const isLive = form.getValues().kind === 'live';
  return (
    <>
      <PageHeader title={t('projects.create.title')} description={t('projects.create.lead')} />
      <Paper p="lg" maw="36rem">
        <form onSubmit={submit} noValidate>
          <Stack gap="lg">
            <ProblemAlert error={problem} />
            <TextInput
              label={t('projects.name')}
              placeholder={t('projects.namePlaceholder')}
              autoFocus
              {...form.getInputProps('name')}
            />
            <Radio.Group label={t('projects.kind')} {...form.getInputProps('kind')}>
              <Stack gap="sm" mt="xs">
                {(['live', 'sandbox'] as const).map((kind) => (
                  <Radio
                    key={kind}
                    value={kind}
                    label={t(`projects.${kind}`)}
                    description={t(`projects.${kind}Hint`)}
                  />
                ))}
              </Stack>
            </Radio.Group>
            {isLive && (
              <Select
                label={t('field.time_zone')}
                description={t('projects.timeZoneHint')}
                data={choices.zones}
                searchable
                limit={100}
                allowDeselect={false}
                {...form.getInputProps('time_zone')}
              />
            )}
            <Select
              label={t('field.currency')}
              description={t('projects.currencyHint')}
              data={choices.currencies}
              searchable
              limit={100}
              allowDeselect={false}
              {...form.getInputProps('currency')}
            />
            <Group justify="flex-end">
              <Button type="submit" loading={sending.isPending}>
                {t('projects.create.submit')}
              </Button>
            </Group>
          </Stack>
        </form>
      </Paper>
    </>
  );
}
