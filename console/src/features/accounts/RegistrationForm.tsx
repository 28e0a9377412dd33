// Making an account: somebody who registers, who was invited, or the first one of an installation. Ends signed in.
import { Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import * as v from 'valibot';

import { answer, api, type Schema } from '@/shared/api/client';
import * as rules from '@/shared/form/rules';
import { useProblemForm } from '@/shared/form/useProblemForm';
import { currentLanguage } from '@/shared/i18n/i18n';
import { signedIn } from '@/shared/session/token';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';

const schema = v.object({ name: rules.optionalName, email: rules.email, password: rules.password });

interface Props {
  submitLabel: string;
  invitation?: string;
  onDone: () => void;
}

interface Values extends Record<string, unknown> {
  name: string;
  email: string;
  password: string;
}

async function register(values: Values, invitation: string | undefined): Promise<Schema<'TokenAnswer'>> {
  const { email, password } = values;
  const body = { ...values, locale: currentLanguage(), ...(invitation === undefined ? {} : { invitation }) };
  await answer(api.POST('/api/v1/auth/register', { body }));
  return answer(api.POST('/api/v1/auth/token', { body: { email, password, cookie: true } }));
}

export function RegistrationForm({ submitLabel, invitation, onDone }: Props): ReactNode {
  const { t } = useTranslation();
  const { form, submit, sending, problem } = useProblemForm<Values, Schema<'TokenAnswer'>>({
    initial: { name: '', email: '', password: '' },
    schema,
    send: (values) => register(values, invitation),
    onSuccess: (tokens) => {
      signedIn(tokens);
      onDone();
    },
  });
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <ProblemAlert error={problem} />
        <TextInput label={t('field.name')} autoComplete="name" autoFocus {...form.getInputProps('name')} />
        <TextInput label={t('field.email')} type="email" autoComplete="username" {...form.getInputProps('email')} />
        <PasswordInput
          label={t('field.password')}
          description={t('accounts.passwordHint', { count: rules.MIN_PASSWORD_CHARS })}
          autoComplete="new-password"
          visibilityToggleButtonProps={{ 'aria-label': t('accounts.showPassword'), tabIndex: 0 }}
          {...form.getInputProps('password')}
        />
        <Button type="submit" loading={sending.isPending} fullWidth mt="xs">
          {submitLabel}
        </Button>
      </Stack>
    </form>
  );
}
