// Signing in. Whoever was somewhere when their session ended goes back there.
import { Alert, Anchor, Button, Group, PasswordInput, Stack, TextInput } from '@mantine/core';
import { IconClock } from '@tabler/icons-react';
import { Link, Navigate, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import * as v from 'valibot';

import { answer, api } from '@/shared/api/client';
import * as rules from '@/shared/form/rules';
import { useProblemForm } from '@/shared/form/useProblemForm';
import { signedIn } from '@/shared/session/token';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { choice, text, useFilters } from '@/shared/url/filters';

import { EntryLayout } from './EntryLayout';
import { useRegistrationRule } from './registration';
import { pathWithin } from './returning';

const schema = v.object({ email: rules.email, password: rules.presentPassword });
const address = { return_to: text, because: choice(['expired', 'reset']) };

export function SignInPage(): ReactNode {
  const { t } = useTranslation();
  const { values } = useFilters(address);
  const rule = useRegistrationRule();
  const navigate = useNavigate();
  const { form, submit, sending, problem } = useProblemForm({
    initial: { email: '', password: '' },
    schema,
    send: (given) => answer(api.POST('/api/v1/auth/token', { body: { ...given, cookie: true } })),
    onSuccess: (tokens) => {
      signedIn(tokens);
      void navigate({ href: pathWithin(values.return_to), replace: true });
    },
  });
  if (rule.data?.is_first === true && rule.data.registration !== 'closed') return <Navigate to="/welcome" replace />;
  return (
    <EntryLayout
      title={t('accounts.signIn.title')}
      footer={rule.data?.registration === 'open' ? <RegisterInstead /> : undefined}
    >
      {values.because !== undefined && problem === null && (
        <Alert variant="light" icon={<IconClock />}>
          {t(`accounts.signIn.because.${values.because}`)}
        </Alert>
      )}
      <ProblemAlert error={problem} />
      <form onSubmit={submit} noValidate>
        <Stack>
          <TextInput
            label={t('field.email')}
            type="email"
            autoComplete="username"
            autoFocus
            {...form.getInputProps('email')}
          />
          <PasswordInput
            label={t('field.password')}
            autoComplete="current-password"
            visibilityToggleButtonProps={{ 'aria-label': t('accounts.showPassword'), tabIndex: 0 }}
            {...form.getInputProps('password')}
          />
          <Button type="submit" loading={sending.isPending} fullWidth mt="xs">
            {t('accounts.signIn.submit')}
          </Button>
          <Group justify="center">
            <Anchor component={Link} to="/forgotten-password" size="sm">
              {t('accounts.signIn.forgotten')}
            </Anchor>
          </Group>
        </Stack>
      </form>
    </EntryLayout>
  );
}

function RegisterInstead(): ReactNode {
  const { t } = useTranslation();
  return (
    <>
      {t('accounts.signIn.noAccount')}{' '}
      <Anchor component={Link} to="/register" underline="always">
        {t('accounts.signIn.register')}
      </Anchor>
    </>
  );
}
