// A lost password: asking for a link, and setting another one by it.
import { Alert, Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { IconMailCheck } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import * as v from 'valibot';

import { api, done } from '@/shared/api/client';
import * as rules from '@/shared/form/rules';
import { useProblemForm } from '@/shared/form/useProblemForm';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';

import { BackToSignIn, EntryLayout } from './EntryLayout';
import { useLinkSecret } from './registration';

const lost = v.object({ email: rules.email });
const renewed = v.object({ new_password: rules.password });

export function ForgottenPasswordPage(): ReactNode {
  const { t } = useTranslation();
  const { form, submit, sending, problem } = useProblemForm({
    initial: { email: '' },
    schema: lost,
    send: (body) => done(api.POST('/api/v1/auth/password/forgotten', { body })),
  });
  return (
    <EntryLayout title={t('accounts.forgotten.title')} lead={t('accounts.forgotten.lead')} footer={<BackToSignIn />}>
      {sending.isSuccess ? (
        <Alert
          variant="light"
          color="green"
          icon={<IconMailCheck />}
          title={t('accounts.forgotten.sent')}
          role="status"
        >
          {t('accounts.forgotten.sentHint', { email: form.getValues().email })}
        </Alert>
      ) : (
        <form onSubmit={submit} noValidate>
          <Stack>
            <ProblemAlert error={problem} />
            <TextInput
              label={t('field.email')}
              type="email"
              autoComplete="username"
              autoFocus
              {...form.getInputProps('email')}
            />
            <Button type="submit" loading={sending.isPending} fullWidth>
              {t('accounts.forgotten.submit')}
            </Button>
          </Stack>
        </form>
      )}
    </EntryLayout>
  );
}

export function ResetPasswordPage(): ReactNode {
  const { t } = useTranslation();
  const token = useLinkSecret();
  const navigate = useNavigate();
  const { form, submit, sending, problem } = useProblemForm({
    initial: { new_password: '' },
    schema: renewed,
    send: (values) => done(api.POST('/api/v1/auth/password/reset', { body: { ...values, token } })),
    onSuccess: () => void navigate({ to: '/sign-in', search: { because: 'reset' } as never }),
    rename: { '/password': 'new_password' },
  });
  return (
    <EntryLayout title={t('accounts.reset.title')} lead={t('accounts.reset.lead')} footer={<BackToSignIn />}>
      {token === '' ? (
        <Alert color="red" variant="light" title={t('accounts.reset.noLink')}>
          {t('accounts.reset.noLinkHint')}
        </Alert>
      ) : (
        <form onSubmit={submit} noValidate>
          <Stack>
            <ProblemAlert error={problem} />
            <PasswordInput
              label={t('field.new_password')}
              description={t('accounts.passwordHint', { count: rules.MIN_PASSWORD_CHARS })}
              autoComplete="new-password"
              autoFocus
              visibilityToggleButtonProps={{ 'aria-label': t('accounts.showPassword'), tabIndex: 0 }}
              {...form.getInputProps('new_password')}
            />
            <Button type="submit" loading={sending.isPending} fullWidth>
              {t('accounts.reset.submit')}
            </Button>
          </Stack>
        </form>
      )}
    </EntryLayout>
  );
}
