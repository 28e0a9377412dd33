// The words of a creative, with the ad as the client will see it beside them.
import { Grid, Stack, Text, Textarea, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { AdPreview } from '@/shared/ui/AdPreview';

import type { Words } from './creativeRules';
import { type Image, ImageField } from './ImageField';

interface Props<Values extends Record<string, unknown>> {
  form: UseFormReturnType<Values>;
  /** Where the words stand in the form. */
  at?: string;
  projectId: string;
  image: Image | null;
  onImage: (image: Image | null) => void;
}

export function WordsFields<Values extends Record<string, unknown>>(props: Props<Values>): ReactNode {
  const { form, at = '', projectId, image, onImage } = props;
  const { t } = useTranslation();
  const input = (name: string): object => form.getInputProps(`${at}${name}` as never);
  return (
    <Stack>
      <TextInput label={t('field.title')} {...input('title')} />
      <Textarea label={t('field.text')} autosize minRows={3} maxRows={12} {...input('text')} />
      <TextInput
        label={t('field.landing_url')}
        description={t('advertising.ads.landingHint')}
        placeholder="https://"
        inputMode="url"
        {...input('landing_url')}
      />
      <ImageField projectId={projectId} image={image} onChange={onImage} error={form.errors[`${at}image`]} />
    </Stack>
  );
}

/** A form at the left, the ad as the client will see it at the right. */
export function WithPreview({ words, children }: { words: Words; children: ReactNode }): ReactNode {
  const { t } = useTranslation();
  return (
    <Grid gap="lg">
      <Grid.Col span={{ base: 12, sm: 7 }}>{children}</Grid.Col>
      <Grid.Col span={{ base: 12, sm: 5 }}>
        <Text size="sm" c="dimmed" mb="xs">
          {t('advertising.form.preview')}
        </Text>
        <AdPreview title={words.title} text={words.text} landingUrl={words.landing_url} imageUrl={words.image?.url} />
      </Grid.Col>
    </Grid>
  );
}
