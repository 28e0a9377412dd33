// What people decide about themselves: name, language of mails, password, and where they are signed in.
import { Button, Group, Paper, PasswordInput, Select, Skeleton, Stack, TextInput, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import * as v from 'valibot';

import { answer, api, done } from '@/shared/api/client';
import * as rules from '@/shared/form/rules';
import { useProblemForm } from '@/shared/form/useProblemForm';
import { useMe, type User } from '@/shared/session/viewer';
import { PageHeader } from '@/shared/ui/PageHeader';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';

import { Sessions } from './Sessions';

export function ProfilePage(): ReactNode {
  const { t } = useTranslation();
  const me = useMe();
  return (
    <>
      <PageHeader title={t('profile.title')} description={me.data?.email ?? ' '} />
      <ProblemAlert error={me.error} onRetry={() => void me.refetch()} />
      <Stack maw="48rem" gap="lg">
        {me.data === undefined ? <Skeleton height={240} /> : <Myself me={me.data} />}
        <PasswordForm />
        <Sessions />
      </Stack>
    </>
  );
}

const myself = v.object({ name: rules.optionalName, locale: v.picklist(['en', 'ru']) });

function Myself({ me }: { me: User }): ReactNode {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const { form, submit, sending, problem } = useProblemForm<{ name: string; locale: string }, User>({
    initial: { name: me.name, locale: me.locale },
    schema: myself,
    send: (body) => answer(api.PATCH('/api/v1/me', { body })),
    onSuccess: (changed) => {
      queries.setQueryData(['me'], changed);
      form.resetDirty();
      notifications.show({ message: t('common.saved'), color: 'green' });
    },
  });
  return (
    <Paper p="lg">
      <form onSubmit={submit} noValidate>
        <Stack>
          <Title order={2} size="h4">
            {t('profile.about')}
          </Title>
          <ProblemAlert error={problem} />
          <TextInput label={t('field.name')} autoComplete="name" {...form.getInputProps('name')} />
          <Select
            label={t('profile.mailLanguage')}
            description={t('profile.mailLanguageHint')}
            data={[
              { value: 'en', label: 'English' },
              { value: 'ru', label: 'Русский' },
            ]}
            allowDeselect={false}
            {...form.getInputProps('locale')}
          />
          <Group justify="flex-end">
            <Button type="submit" loading={sending.isPending} disabled={!form.isDirty()}>
              {t('common.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Paper>
  );
}

const passwords = v.object({ current_password: rules.presentPassword, new_password: rules.password });

function PasswordForm(): ReactNode {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const { form, submit, sending, problem } = useProblemForm({
    initial: { current_password: '', new_password: '' },
    schema: passwords,
    send: (body) => done(api.POST('/api/v1/auth/password', { body })),
    onSuccess: () => {
      form.reset();
      void queries.invalidateQueries({ queryKey: ['sessions'] });
      notifications.show({ message: t('profile.passwordChanged'), color: 'green' });
    },
  });
  const toggle = { 'aria-label': t('accounts.showPassword'), tabIndex: 0 };
  return (
    <Paper p="lg">
      <form onSubmit={submit} noValidate>
        <Stack>
          <Title order={2} size="h4">
            {t('profile.password')}
          </Title>
          <ProblemAlert error={problem} />
          <PasswordInput
            label={t('field.current_password')}
            autoComplete="current-password"
            visibilityToggleButtonProps={toggle}
            {...form.getInputProps('current_password')}
          />
          <PasswordInput
            label={t('field.new_password')}
            description={t('profile.passwordHint', { count: rules.MIN_PASSWORD_CHARS })}
            autoComplete="new-password"
            visibilityToggleButtonProps={toggle}
            {...form.getInputProps('new_password')}
          />
          <Group justify="flex-end">
            <Button type="submit" loading={sending.isPending}>
              {t('profile.changePassword')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Paper>
  );
}
