// The form of a campaign, with the ad as the client will see it beside it.
import { Alert, Box, Button, Grid, Group, Stack, Text } from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import { useRouter } from '@tanstack/react-router';
import { type ReactNode, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useProblemForm } from '@/shared/form/useProblemForm';
import type { Project } from '@/shared/session/viewer';
import { AdPreview } from '@/shared/ui/AdPreview';
import { isConflict } from '@/shared/ui/Conflict';
import { Leaving } from '@/shared/ui/Leaving';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';

import { CampaignConflict } from './CampaignConflict';
import { AdFields, Audience } from './CampaignFields';
import { campaignSchema } from './campaignRules';
import { dayValue, differing, rebased, type Values, valuesOf } from './campaignValues';
import { Flight, Limits, Spending } from './LimitFields';
import { type Campaign, useAllAdvertisers } from './queries';

interface Props {
  project: Project;
  today: number;
  initial: Values;
  /** What is edited, as it was when the form was opened; nothing: it is a new one. */
  before?: Campaign;
  /** Sends what the form holds, as a change to a version. */
  send: (values: Values, before: Campaign | undefined) => Promise<Campaign>;
  onDone: (campaign: Campaign) => void;
}

export function CampaignForm({ project, today, initial, before: first, send, onDone }: Props): ReactNode {
  const { t } = useTranslation();
  const isSandbox = project.is_sandbox;
  const isDone = useRef(false);
  // Another one once somebody else's version was taken in.
  const [before, setBefore] = useState(first);
  const began = before === undefined ? initial : valuesOf(before, isSandbox);
  const bounds = {
    today: dayValue(today, isSandbox),
    ...(before === undefined ? {} : { before: began, done: before }),
  };
  const { form, submit, sending, problem } = useProblemForm<Values, Campaign>({
    initial,
    schema: campaignSchema(t, bounds),
    send: (values) => send(values, before),
    onSuccess: (campaign) => {
      isDone.current = true;
      onDone(campaign);
    },
  });
  const takeIn = (theirs: Campaign, values: Values): void => {
    setBefore(theirs);
    form.setValues(values);
    form.clearErrors();
    sending.reset();
  };
  const isStarted = before !== undefined && before.start_day <= today && before.status !== 'draft';
  return (
    <form onSubmit={submit} noValidate>
      <Leaving
        isChanged={differing(form.values, began).length > 0}
        mayLeave={() => isDone.current}
        hint={t('advertising.leaveHint')}
      />
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, lg: 7 }}>
          <Stack gap="lg">
            {isStarted && (
              <Alert variant="light" color="gray" icon={<IconLock />}>
                {t('advertising.startedHint')}
              </Alert>
            )}
            <AdFields form={form} projectId={project.project_id} isEdited={before !== undefined} />
            <Flight form={form} project={project} today={today} isFrozen={isStarted} />
            <Limits form={form} project={project} done={before} />
            <Spending form={form} project={project} done={before} />
            <Audience form={form} />
            {before !== undefined && isConflict(problem) ? (
              <CampaignConflict
                project={project}
                before={before}
                mine={form.values}
                onMine={(theirs) =>
                  takeIn(theirs, rebased(form.getValues(), valuesOf(before, isSandbox), valuesOf(theirs, isSandbox)))
                }
                onTheirs={(theirs) => takeIn(theirs, valuesOf(theirs, isSandbox))}
              />
            ) : (
              <ProblemAlert error={problem} />
            )}
            <Buttons
              isNew={before === undefined}
              isDraft={began.isDraft}
              isPending={sending.isPending}
              onSend={(isDraft) => {
                form.setFieldValue('isDraft', isDraft);
                submit();
              }}
            />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 5 }}>
          <Preview projectId={project.project_id} values={form.values} />
        </Grid.Col>
      </Grid>
    </form>
  );
}

function Preview({ projectId, values }: { projectId: string; values: Values }): ReactNode {
  const { t } = useTranslation();
  const { rows = [] } = useAllAdvertisers(projectId).data ?? {};
  const by = rows.find(({ advertiser_id: id }) => id === values.advertiser_id)?.name;
  return (
    <Box pos="sticky" top={80}>
      <Text size="sm" c="dimmed" mb="xs">
        {t('advertising.form.preview')}
      </Text>
      <AdPreview title={values.ad_title} text={values.ad_text} by={by} />
    </Box>
  );
}

interface ButtonsProps {
  isNew: boolean;
  isDraft: boolean;
  isPending: boolean;
  onSend: (isDraft: boolean) => void;
}

/** What is shown to nobody yet is kept so, or launched. */
function Buttons({ isNew, isDraft, isPending, onSend }: ButtonsProps): ReactNode {
  const { t } = useTranslation();
  const { history } = useRouter();
  const mayBeDraft = isNew || isDraft;
  return (
    <Stack gap="xs">
      <Group justify="flex-end" gap="sm">
        <Button variant="subtle" onClick={() => history.back()}>
          {t('common.cancel')}
        </Button>
        {mayBeDraft && (
          <Button variant="default" loading={isPending} onClick={() => onSend(true)}>
            {t('advertising.keepDraft')}
          </Button>
        )}
        <Button type="submit" loading={isPending} {...(mayBeDraft ? { onClick: launching(onSend) } : {})}>
          {t(isNew ? 'advertising.createAndLaunch' : isDraft ? 'advertising.saveAndLaunch' : 'common.save')}
        </Button>
      </Group>
      {mayBeDraft && (
        <Text size="xs" c="dimmed" ta="right">
          {t('advertising.draftHint')}
        </Text>
      )}
    </Stack>
  );
}

function launching(onSend: (isDraft: boolean) => void): (event: React.MouseEvent) => void {
  return (event) => {
    event.preventDefault();
    onSend(false);
  };
}
