// What administrators decide about the installation while it runs; the rest is configured.
import { Button, Group, Paper, Radio, Select, Skeleton, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import * as v from 'valibot';

import { answer, api, type Schema } from '@/shared/api/client';
import { currencies } from '@/shared/form/choices';
import { useProblemForm } from '@/shared/form/useProblemForm';
import { PageHeader } from '@/shared/ui/PageHeader';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';

type Settings = Schema<'InstallationSettings'>;

const schema = v.object({ registration: v.string(), default_ranking: v.string(), default_currency: v.string() });

export function SettingsPage(): ReactNode {
  const { t } = useTranslation();
  const settings = useQuery({
    queryKey: ['installation', 'settings'],
    queryFn: () => answer(api.GET('/api/v1/installation/settings')),
  });
  return (
    <>
      <PageHeader title={t('administration.settings.title')} description={t('administration.settings.lead')} />
      <ProblemAlert error={settings.error} onRetry={() => void settings.refetch()} />
      {settings.isPending && <Skeleton height={420} maw="40rem" />}
      {settings.data !== undefined && <SettingsForm key={JSON.stringify(settings.data)} settings={settings.data} />}
    </>
  );
}

interface Values extends Record<string, unknown> {
  registration: string;
  default_ranking: string;
  default_currency: string;
}

function SettingsForm({ settings }: { settings: Settings }): ReactNode {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const choices = useMemo(() => currencies(), []);
  const { registration, default_ranking, default_currency } = settings;
  const { form, submit, sending, problem } = useProblemForm<Values, Settings>({
    initial: { registration, default_ranking, default_currency },
    schema,
    send: (values) => answer(api.PATCH('/api/v1/installation/settings', { body: changedOnly(values, settings) })),
    onSuccess: (changed) => {
      queries.setQueryData(['installation', 'settings'], changed);
      void queries.invalidateQueries({ queryKey: ['installation'], exact: true });
      notifications.show({ message: t('common.saved'), color: 'green' });
    },
  });
  return (
    <form onSubmit={submit} noValidate>
      <Paper p="lg" maw="40rem">
        <Stack gap="lg">
          <ProblemAlert error={problem} />
          <Radio.Group label={t('administration.registration')} {...form.getInputProps('registration')}>
            <Stack gap="sm" mt="xs">
              {(['open', 'invite', 'closed'] as const).map((rule) => (
                <Radio
                  key={rule}
                  value={rule}
                  label={t(`administration.settings.register.${rule}`)}
                  description={t(`administration.settings.registerHint.${rule}`)}
                />
              ))}
            </Stack>
          </Radio.Group>
          <Select
            label={t('field.default_ranking')}
            data={(['expected_profit', 'blend'] as const).map((value) => ({
              value,
              label: t(`projects.ranking.${value}`),
            }))}
            allowDeselect={false}
            {...form.getInputProps('default_ranking')}
          />
          <Select
            label={t('field.default_currency')}
            data={choices}
            searchable
            limit={100}
            allowDeselect={false}
            {...form.getInputProps('default_currency')}
          />
          <Text size="sm" c="dimmed">
            {t('administration.settings.overshoot', { percent: settings.overshoot_percent })}
          </Text>
          <Group justify="flex-end">
            <Button variant="default" disabled={!form.isDirty()} onClick={form.reset}>
              {t('common.discard')}
            </Button>
            <Button type="submit" loading={sending.isPending} disabled={!form.isDirty()}>
              {t('common.save')}
            </Button>
          </Group>
        </Stack>
      </Paper>
    </form>
  );
}

/** What was changed; what is as it is configured is left to the configuration. */
function changedOnly(values: Values, { configured, ...present }: Settings): Record<string, string | null> {
  const names = ['registration', 'default_ranking', 'default_currency'] as const;
  const changed = names.filter((name) => values[name] !== present[name]);
  return Object.fromEntries(changed.map((name) => [name, values[name] === configured[name] ? null : values[name]]));
}
