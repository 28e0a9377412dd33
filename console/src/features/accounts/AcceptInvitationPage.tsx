// Behind the link of an invitation: whoever is signed in accepts it as who they are; everybody else makes an account or
// signs in first.
import { Alert, Button, Divider, Skeleton, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { type ReactNode, useEffect } from 'react';
import { useTranslation } from 'react-i18next';

import { answer, api } from '@/shared/api/client';
import { signedOut, wasSignedIn } from '@/shared/session/token';
import { useMe } from '@/shared/session/viewer';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';

import { EntryLayout } from './EntryLayout';
import { useLinkSecret } from './registration';
import { RegistrationForm } from './RegistrationForm';

/** Kept while somebody signs in first; only for this tab. */
const KEPT = 'barker.invitation';

function useInvitation(): string {
  const fromLink = useLinkSecret();
  useEffect(() => {
    if (fromLink !== '') sessionStorage.setItem(KEPT, fromLink);
  }, [fromLink]);
  return fromLink === '' ? (sessionStorage.getItem(KEPT) ?? '') : fromLink;
}

export function AcceptInvitationPage(): ReactNode {
  const { t } = useTranslation();
  const token = useInvitation();
  if (token === '') {
    return (
      <EntryLayout title={t('accounts.invitation.title')}>
        <Alert color="red" variant="light" title={t('accounts.reset.noLink')}>
          {t('accounts.invitation.noLinkHint')}
        </Alert>
      </EntryLayout>
    );
  }
  return wasSignedIn() ? <AcceptAsMyself token={token} /> : <AcceptWithNewAccount token={token} />;
}

function AcceptAsMyself({ token }: { token: string }): ReactNode {
  const { t } = useTranslation();
  const me = useMe();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const accepting = useMutation({
    mutationFn: () => answer(api.POST('/api/v1/me/invitations', { body: { token } })),
    onSuccess: async ({ project_id }) => {
      sessionStorage.removeItem(KEPT);
      await queries.invalidateQueries({ queryKey: ['projects'] });
      await navigate({ to: '/projects/$projectId', params: { projectId: project_id } });
    },
  });
  return (
    <EntryLayout title={t('accounts.invitation.title')}>
      <Stack>
        <ProblemAlert error={accepting.error ?? me.error} />
        {me.data === undefined ? (
          <Skeleton height={20} />
        ) : (
          <Text size="sm">{t('accounts.invitation.as', { email: me.data.email })}</Text>
        )}
        <Button onClick={() => accepting.mutate()} loading={accepting.isPending} disabled={me.data === undefined}>
          {t('accounts.invitation.accept')}
        </Button>
        <Button variant="subtle" onClick={() => signedOut()}>
          {t('accounts.invitation.asOther')}
        </Button>
      </Stack>
    </EntryLayout>
  );
}

function AcceptWithNewAccount({ token }: { token: string }): ReactNode {
  const { t } = useTranslation();
  const navigate = useNavigate();
  return (
    <EntryLayout title={t('accounts.invitation.title')} lead={t('accounts.invitation.lead')}>
      <RegistrationForm
        invitation={token}
        submitLabel={t('accounts.invitation.register')}
        onDone={() => {
          sessionStorage.removeItem(KEPT);
          void navigate({ to: '/' });
        }}
      />
      <Divider label={t('accounts.invitation.or')} />
      <Button component={Link} to={'/sign-in?return_to=/accept-invitation'} variant="default">
        {t('accounts.invitation.signIn')}
      </Button>
    </EntryLayout>
  );
}
