// Where a webhook is and what it is told: a new one, or one that is changed.
import { Checkbox, Stack, Textarea, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import * as v from 'valibot';

import * as rules from '@/shared/form/rules';
import { useProblemForm } from '@/shared/form/useProblemForm';
import { FormEnd } from '@/shared/ui/FormEnd';

import { EVENTS } from './queries';

const MAX_URL_CHARS = 2_000;

export interface Values extends Record<string, unknown> {
  url: string;
  description: string;
  events: string[];
}

interface Props<Result> {
  initial: Values;
  submitLabel: string;
  send: (values: Values) => Promise<Result>;
  onDone: (result: Result) => void;
  onCancel: () => void;
}

export function TermsForm<Result>({ initial, submitLabel, send, onDone, onCancel }: Props<Result>): ReactNode {
  const { t } = useTranslation();
  const schema = v.object({
    url: v.pipe(
      v.string(),
      v.trim(),
      v.nonEmpty(() => t('fault.required')),
      v.maxLength(MAX_URL_CHARS, () => t('fault.lengthAtMost', { first: MAX_URL_CHARS })),
    ),
    description: rules.optionalName,
    events: v.pipe(
      v.array(v.string()),
      v.minLength(1, () => t('fault.oneScope')),
    ),
  });
  const { form, submit, sending, problem } = useProblemForm<Values, Result>({
    initial,
    schema,
    send: ({ url, description, events }) => send({ url: url.trim(), description: description.trim(), events }),
    onSuccess: onDone,
  });
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <TextInput
          type="url"
          label={t('webhooks.url')}
          description={t('webhooks.urlHint')}
          placeholder="https://shop.example/hooks/barker"
          data-autofocus
          {...form.getInputProps('url')}
        />
        <Textarea
          label={t('webhooks.description')}
          placeholder={t('webhooks.descriptionPlaceholder')}
          autosize
          {...form.getInputProps('description')}
        />
        <Checkbox.Group label={t('webhooks.events')} {...form.getInputProps('events')}>
          <Stack gap="sm" mt="xs">
            {EVENTS.map((event) => (
              <Checkbox
                key={event}
                value={event}
                label={t(`webhooks.event.${event}.name`)}
                description={t(`webhooks.event.${event}.hint`)}
              />
            ))}
          </Stack>
        </Checkbox.Group>
        <FormEnd problem={problem} submit={submitLabel} isSending={sending.isPending} onCancel={onCancel} />
      </Stack>
    </form>
  );
}
