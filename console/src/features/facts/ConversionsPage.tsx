// Which events are conversions, in every report from now on.
import { Button, Card, Group, Skeleton, Stack, TagsInput, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import * as v from 'valibot';

import { answer, api } from '@/shared/api/client';
import { useProblemForm } from '@/shared/form/useProblemForm';
import { mayAs, useProject } from '@/shared/session/viewer';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { useProjectId } from '@/shared/url/filters';

import { type ReportSettings, useReportSettings } from './queries';

const MAX_EVENTS = 100;
const FORM_PX = 180;
/** What shops and services often call what they wait for. */
const OFTEN = ['purchase', 'lead', 'signup', 'trial', 'subscribe', 'add_to_cart', 'begin_checkout'];

export function ConversionsPage(): ReactNode {
  const projectId = useProjectId();
  const settings = useReportSettings(projectId);
  if (settings.data === undefined) {
    return settings.error === null ? (
      <Skeleton height={FORM_PX} maw="40rem" />
    ) : (
      <ProblemAlert error={settings.error} onRetry={() => void settings.refetch()} />
    );
  }
  return <Form key={settings.data.conversion_events.join()} projectId={projectId} settings={settings.data} />;
}

function Form({ projectId, settings }: { projectId: string; settings: ReportSettings }): ReactNode {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const mayChange = mayAs(useProject(projectId).data, 'marketer');
  const { form, submit, sending, problem } = useProblemForm<{ conversion_events: string[] }, ReportSettings>({
    initial: { conversion_events: settings.conversion_events },
    schema: v.object({ conversion_events: v.pipe(v.array(v.string()), v.maxLength(MAX_EVENTS)) }),
    send: (body) =>
      answer(api.PUT('/api/v1/projects/{projectId}/reports/settings', { params: { path: { projectId } }, body })),
    onSuccess: (saved) => {
      queries.setQueryData(['report-settings', projectId], saved);
      // Every number that counts conversions is another one now.
      void queries.invalidateQueries({ queryKey: ['report', projectId] });
      notifications.show({ message: t('common.saved'), color: 'green' });
    },
  });
  return (
    <Card padding="lg" maw="40rem">
      <form onSubmit={submit} noValidate>
        <Stack>
          <ProblemAlert error={problem} />
          <TagsInput
            label={t('data.conversionEvents')}
            description={t('data.conversionEventsHint')}
            placeholder={mayChange ? t('data.conversionEventsPlaceholder') : ''}
            data={OFTEN}
            maxTags={MAX_EVENTS}
            readOnly={!mayChange}
            {...form.getInputProps('conversion_events')}
          />
          <Text size="sm" c="dimmed">
            {t(form.values.conversion_events.length === 0 ? 'data.ordersCount' : 'data.eventsCount')}
          </Text>
          {mayChange && (
            <Group justify="flex-end">
              <Button type="submit" loading={sending.isPending} disabled={!form.isDirty()}>
                {t('common.save')}
              </Button>
            </Group>
          )}
        </Stack>
      </form>
    </Card>
  );
}
