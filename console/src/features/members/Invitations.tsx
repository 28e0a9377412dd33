// Invitations that nobody has accepted yet.
import { Badge, Button, Text } from '@mantine/core';
import { IconMail } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { api, done, listed, type Schema } from '@/shared/api/client';
import type { Role } from '@/shared/session/viewer';
import { ConfirmModal } from '@/shared/ui/ConfirmModal';
import { EmptyState } from '@/shared/ui/EmptyState';
import { FOUND_PAGE_SIZE, useFound } from '@/shared/ui/found';
import { type Column, ListTable } from '@/shared/ui/ListTable';
import { Moment } from '@/shared/ui/Moment';
import { NothingFound } from '@/shared/ui/NothingFound';
import { SearchInput } from '@/shared/ui/SearchInput';
import { page, text, useFilters } from '@/shared/url/filters';

type Invitation = Schema<'Invitation'>;

/** Beside the members of the same page, whose words are `search` and `page`. */
const address = { invited: text, invited_page: page };
const wordsOf = ({ email }: Invitation): string[] => [email];

interface Props {
  projectId: string;
  onInvite: () => void;
}

export function Invitations({ projectId, onInvite }: Props): ReactNode {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const invitations = useQuery({
    queryKey: ['invitations', projectId],
    queryFn: () => listed(api.GET('/api/v1/projects/{projectId}/invitations', { params: { path: { projectId } } })),
  });
  const { values, change } = useFilters(address);
  const sought = { search: values.invited, page: values.invited_page };
  const found = useFound(invitations, sought, wordsOf);
  // Whose is withdrawn, is asked once.
  const [asked, setAsked] = useState<Invitation>();
  const withdrawing = useMutation({
    mutationFn: (invitationId: string) =>
      done(
        api.DELETE('/api/v1/projects/{projectId}/invitations/{invitationId}', {
          params: { path: { projectId, invitationId } },
        }),
      ),
    onSuccess: () => setAsked(undefined),
    onSettled: () => queries.invalidateQueries({ queryKey: ['invitations', projectId] }),
  });
  const columns = useMemo<Column<Invitation>[]>(
    () => [
      { id: 'email', header: t('field.email'), cell: ({ row }) => <Text size="sm">{row.original.email}</Text> },
      {
        id: 'role',
        header: t('members.role'),
        cell: ({ row }) => <Badge variant="light">{t(`roles.${row.original.role as Role}`)}</Badge>,
      },
      {
        id: 'sent',
        header: t('members.invitations.sent'),
        cell: ({ row }) => <Moment at={row.original.created_at} dimmed />,
      },
      {
        id: 'ends',
        header: t('members.invitations.ends'),
        cell: ({ row }) => <Moment at={row.original.expires_at} dimmed />,
      },
      {
        id: 'withdraw',
        header: '',
        cell: ({ row }) => (
          <Button size="compact-sm" variant="subtle" color="red" onClick={() => setAsked(row.original)}>
            {t('members.invitations.withdraw')}
          </Button>
        ),
      },
    ],
    [t],
  );
  return (
    <>
      <ConfirmModal
        isOpen={asked !== undefined}
        title={t('members.invitations.withdrawAsk', { email: asked?.email ?? '' })}
        confirm={t('members.invitations.withdraw')}
        onConfirm={() => withdrawing.mutate(asked?.invitation_id ?? '')}
        onClose={() => {
          withdrawing.reset();
          setAsked(undefined);
        }}
        isPending={withdrawing.isPending}
        error={withdrawing.error}
      >
        {t('members.invitations.withdrawHint')}
      </ConfirmModal>
      <SearchInput
        label={t('members.invitations.search')}
        value={values.invited}
        onChange={(invited) => change({ invited, invited_page: undefined })}
      />
      <ListTable
        label={t('members.invitations.title')}
        columns={columns}
        query={found}
        page={values.invited_page}
        pageSize={FOUND_PAGE_SIZE}
        onPage={(next) => change({ invited_page: next }, true)}
        rowId={(invitation) => invitation.invitation_id}
        empty={
          values.invited !== undefined ? (
            <NothingFound icon={IconMail} onClear={() => change({ invited: undefined })} />
          ) : (
            <EmptyState
              icon={IconMail}
              title={t('members.invitations.none')}
              hint={t('members.invitations.noneHint')}
              action={
                <Button variant="light" onClick={onInvite}>
                  {t('members.invite')}
                </Button>
              }
            />
          )
        }
      />
    </>
  );
}
