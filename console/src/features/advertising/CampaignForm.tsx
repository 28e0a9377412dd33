// The form of a campaign, with the ad as the client will see it beside it.
import {
  Alert,
  Box,
  Button,
  Checkbox,
  Grid,
  Group,
  NumberInput,
  Paper,
  SegmentedControl,
  Select,
  SimpleGrid,
  Stack,
  Text,
  Textarea,
  TextInput,
  Title,
} from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { IconLock } from '@tabler/icons-react';
import { useRouter } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useProblemForm } from '@/shared/form/useProblemForm';
import type { Project } from '@/shared/session/viewer';
import { AdPreview } from '@/shared/ui/AdPreview';
import { money } from '@/shared/ui/number';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';

import { campaignSchema } from './campaignRules';
import type { Values } from './campaignValues';
import { type Campaign, useAllAdvertisers } from './queries';

type Form = UseFormReturnType<Values>;

interface Props {
  project: Project;
  initial: Values;
  submitLabel: string;
  send: (values: Values) => Promise<Campaign>;
  onDone: (campaign: Campaign) => void;
  /** The first day has come, and stays. */
  isStarted?: boolean;
  isEdited?: boolean;
}

export function CampaignForm(props: Props): ReactNode {
  const { project, initial, submitLabel, send, onDone, isStarted = false, isEdited = false } = props;
  const { t } = useTranslation();
  const { history } = useRouter();
  const { form, submit, sending, problem } = useProblemForm<Values, Campaign>({
    initial,
    schema: campaignSchema(t),
    send,
    onSuccess: onDone,
  });
  const { ad_title, ad_text, advertiser_id } = form.values;
  const advertisers = useAllAdvertisers(project.project_id);
  const choices = (advertisers.data?.rows ?? []).map(({ advertiser_id: value, name }) => ({ value, label: name }));
  return (
    <form onSubmit={submit} noValidate>
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, lg: 7 }}>
          <Stack gap="lg">
            <ProblemAlert error={problem} />
            {isStarted && (
              <Alert variant="light" color="gray" icon={<IconLock />}>
                {t('advertising.startedHint')}
              </Alert>
            )}
            <Paper p="lg">
              <Stack>
                <Title order={2} size="h4">
                  {t('advertising.form.ad')}
                </Title>
                <Select
                  label={t('advertising.advertiser')}
                  data={choices}
                  searchable
                  limit={100}
                  allowDeselect={false}
                  disabled={isEdited}
                  nothingFoundMessage={t('common.nothingFits')}
                  {...form.getInputProps('advertiser_id')}
                />
                <TextInput
                  label={t('advertising.campaignName')}
                  description={t('advertising.campaignNameHint')}
                  {...form.getInputProps('name')}
                />
                <TextInput label={t('field.ad_title')} {...form.getInputProps('ad_title')} />
                <Textarea label={t('field.ad_text')} autosize minRows={3} {...form.getInputProps('ad_text')} />
              </Stack>
            </Paper>
            <Flight form={form} isSandbox={project.is_sandbox} isFrozen={isStarted} />
            <Money form={form} currency={project.currency} />
            <Audience form={form} />
            {!isEdited && (
              <Checkbox
                label={t('advertising.asDraft')}
                description={t('advertising.asDraftHint')}
                {...form.getInputProps('isDraft', { type: 'checkbox' })}
              />
            )}
            <Group justify="flex-end">
              <Button variant="default" onClick={() => history.back()}>
                {t('common.cancel')}
              </Button>
              <Button type="submit" loading={sending.isPending}>
                {submitLabel}
              </Button>
            </Group>
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 5 }}>
          <Box pos="sticky" top={80}>
            <Text size="sm" c="dimmed" mb="xs">
              {t('advertising.form.preview')}
            </Text>
            <AdPreview
              title={ad_title}
              text={ad_text}
              by={choices.find(({ value }) => value === advertiser_id)?.label}
            />
          </Box>
        </Grid.Col>
      </Grid>
    </form>
  );
}

function Flight({ form, isSandbox, isFrozen }: { form: Form; isSandbox: boolean; isFrozen: boolean }): ReactNode {
  const { t } = useTranslation();
  return (
    <Paper p="lg">
      <Stack>
        <Title order={2} size="h4">
          {t('advertising.flight')}
        </Title>
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          {(['start_date', 'end_date'] as const).map((name) =>
            isSandbox ? (
              <NumberInput
                key={name}
                label={t(`field.${name}`)}
                min={0}
                allowDecimal={false}
                disabled={isFrozen && name === 'start_date'}
                {...form.getInputProps(name)}
              />
            ) : (
              <TextInput
                key={name}
                type="date"
                label={t(`field.${name}`)}
                disabled={isFrozen && name === 'start_date'}
                {...form.getInputProps(name)}
              />
            ),
          )}
        </SimpleGrid>
        <Text size="xs" c="dimmed">
          {t(isSandbox ? 'advertising.form.sandboxDays' : 'advertising.form.inclusive')}
        </Text>
      </Stack>
    </Paper>
  );
}

/** The most that a campaign can cost, by its limits and prices. */
function mostSpent(values: Values): number {
  return (
    Number(values.impressions_limit) * Number(values.cost_per_impression) +
    Number(values.clicks_limit) * Number(values.cost_per_click)
  );
}

function Money({ form, currency }: { form: Form; currency: string }): ReactNode {
  const { t } = useTranslation();
  const most = mostSpent(form.values);
  return (
    <Paper p="lg">
      <Stack>
        <Title order={2} size="h4">
          {t('advertising.form.limits')}
        </Title>
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          {(['impressions_limit', 'clicks_limit'] as const).map((name) => (
            <NumberInput
              key={name}
              label={t(`field.${name}`)}
              min={0}
              allowDecimal={false}
              thousandSeparator=" "
              {...form.getInputProps(name)}
            />
          ))}
          {(['cost_per_impression', 'cost_per_click'] as const).map((name) => (
            <NumberInput
              key={name}
              label={`${t(`field.${name}`)}, ${currency}`}
              min={0}
              decimalScale={6}
              {...form.getInputProps(name)}
            />
          ))}
        </SimpleGrid>
        {Number.isFinite(most) && (
          <Text size="sm" c="dimmed">
            {t('advertising.form.most', { sum: money(most, currency) })}
          </Text>
        )}
      </Stack>
    </Paper>
  );
}

function Audience({ form }: { form: Form }): ReactNode {
  const { t } = useTranslation();
  return (
    <Paper p="lg">
      <Stack>
        <Title order={2} size="h4">
          {t('field.targeting')}
        </Title>
        <div>
          <Text size="sm" fw={500} mb={4} id="audience-gender">
            {t('field.gender')}
          </Text>
          <SegmentedControl
            aria-labelledby="audience-gender"
            data={(['ALL', 'FEMALE', 'MALE'] as const).map((value) => ({ value, label: t(`gender.${value}`) }))}
            {...form.getInputProps('targeting.gender')}
          />
        </div>
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          <NumberInput
            label={t('field.age_from')}
            min={0}
            max={130}
            allowDecimal={false}
            {...form.getInputProps('targeting.age_from')}
          />
          <NumberInput
            label={t('field.age_to')}
            min={0}
            max={130}
            allowDecimal={false}
            {...form.getInputProps('targeting.age_to')}
          />
        </SimpleGrid>
        <TextInput
          label={t('field.location')}
          description={t('advertising.form.location')}
          {...form.getInputProps('targeting.location')}
        />
      </Stack>
    </Paper>
  );
}
