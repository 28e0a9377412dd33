// Parts of the form of a campaign: its ad, and whom it is shown to.
import {
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
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import type { Values } from './campaignValues';
import { useAllAdvertisers } from './queries';

export type Form = UseFormReturnType<Values>;

/** A part of the form under its heading. */
export function Part({ title, children }: { title: string; children: ReactNode }): ReactNode {
  return (
    <Paper p="lg">
      <Stack>
        <Title order={2} size="h4">
          {title}
        </Title>
        {children}
      </Stack>
    </Paper>
  );
}

export function AdFields({
  form,
  projectId,
  isEdited,
}: {
  form: Form;
  projectId: string;
  isEdited: boolean;
}): ReactNode {
  const { t } = useTranslation();
  const advertisers = useAllAdvertisers(projectId);
  const choices = (advertisers.data?.rows ?? []).map(({ advertiser_id: value, name }) => ({ value, label: name }));
  return (
    <Part title={t('advertising.form.ad')}>
      <Select
        label={t('advertising.advertiser')}
        description={isEdited ? t('advertising.form.sameAdvertiser') : undefined}
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
    </Part>
  );
}

export function Audience({ form }: { form: Form }): ReactNode {
  const { t } = useTranslation();
  return (
    <Part title={t('field.targeting')}>
      <div>
        <Text size="sm" fw={600} mb={4} id="audience-gender">
          {t('field.gender')}
        </Text>
        <SegmentedControl
          aria-labelledby="audience-gender"
          data={(['ALL', 'FEMALE', 'MALE'] as const).map((value) => ({ value, label: t(`gender.${value}`) }))}
          {...form.getInputProps('targeting.gender')}
        />
      </div>
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        {(['age_from', 'age_to'] as const).map((name) => (
          <NumberInput
            key={name}
            label={t(`field.${name}`)}
            min={0}
            max={130}
            allowDecimal={false}
            {...form.getInputProps(`targeting.${name}`)}
          />
        ))}
      </SimpleGrid>
      <TextInput
        label={t('field.location')}
        description={t('advertising.form.location')}
        {...form.getInputProps('targeting.location')}
      />
    </Part>
  );
}
