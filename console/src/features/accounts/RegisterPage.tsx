// Registering, where the operator lets people in; the first one of an installation is welcomed.
import { Alert, Anchor, List, Skeleton, ThemeIcon } from '@mantine/core';
import { IconCheck, IconLock } from '@tabler/icons-react';
import { Link, Navigate, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { ProblemAlert } from '@/shared/ui/ProblemAlert';

import { BackToSignIn, EntryLayout } from './EntryLayout';
import { useRegistrationRule } from './registration';
import { RegistrationForm } from './RegistrationForm';

export function RegisterPage(): ReactNode {
  const { t } = useTranslation();
  const rule = useRegistrationRule();
  const navigate = useNavigate();
  if (rule.data?.is_first === true && rule.data.registration !== 'closed') return <Navigate to="/welcome" replace />;
  return (
    <EntryLayout title={t('accounts.register.title')} footer={<HaveAccount />}>
      <ProblemAlert error={rule.error} onRetry={() => void rule.refetch()} />
      {rule.isPending && <Skeleton height={260} />}
      {rule.data !== undefined && rule.data.registration !== 'open' && (
        <Alert variant="light" icon={<IconLock />}>
          {t(`accounts.register.not.${rule.data.registration === 'invite' ? 'invite' : 'closed'}`)}
        </Alert>
      )}
      {rule.data?.registration === 'open' && (
        <RegistrationForm submitLabel={t('accounts.register.submit')} onDone={() => void navigate({ to: '/' })} />
      )}
    </EntryLayout>
  );
}

function HaveAccount(): ReactNode {
  const { t } = useTranslation();
  return (
    <>
      {t('accounts.register.haveAccount')}{' '}
      <Anchor component={Link} to="/sign-in" underline="always">
        {t('accounts.signIn.submit')}
      </Anchor>
    </>
  );
}

/** The first page of a fresh installation. */
export function WelcomePage(): ReactNode {
  const { t } = useTranslation();
  const rule = useRegistrationRule();
  const navigate = useNavigate();
  if (rule.data?.is_first === false) return <BackWhenDone />;
  const promises = ['users', 'projects', 'settings'] as const;
  return (
    <EntryLayout title={t('accounts.welcome.title')} lead={t('accounts.welcome.lead')}>
      <List
        size="sm"
        spacing="xs"
        icon={
          <ThemeIcon size={20} radius="xl" variant="light">
            <IconCheck size={14} />
          </ThemeIcon>
        }
      >
        {promises.map((promise) => (
          <List.Item key={promise}>{t(`accounts.welcome.may.${promise}`)}</List.Item>
        ))}
      </List>
      <RegistrationForm submitLabel={t('accounts.welcome.submit')} onDone={() => void navigate({ to: '/' })} />
    </EntryLayout>
  );
}

function BackWhenDone(): ReactNode {
  const { t } = useTranslation();
  return (
    <EntryLayout title={t('accounts.welcome.done')} footer={<BackToSignIn />}>
      {t('accounts.welcome.doneHint')}
    </EntryLayout>
  );
}
