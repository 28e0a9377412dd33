// Inviting somebody by mail.
import { Modal, Radio, Stack, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import * as v from 'valibot';

import { answer, api, type Schema } from '@/shared/api/client';
import * as rules from '@/shared/form/rules';
import { useProblemForm } from '@/shared/form/useProblemForm';
import { ROLES } from '@/shared/session/viewer';
import { FormEnd } from '@/shared/ui/FormEnd';

const schema = v.object({ email: rules.email, role: v.picklist(ROLES) });

interface Props {
  projectId: string;
  isOpen: boolean;
  onClose: () => void;
}

export function InviteModal({ projectId, isOpen, onClose }: Props): ReactNode {
  const { t } = useTranslation();
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={t('members.invite')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <InviteForm projectId={projectId} onClose={onClose} />
    </Modal>
  );
}

function InviteForm({ projectId, onClose }: Omit<Props, 'isOpen'>): ReactNode {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const { form, submit, sending, problem } = useProblemForm<{ email: string; role: string }, Schema<'Invitation'>>({
    initial: { email: '', role: 'marketer' },
    schema,
    send: (body) =>
      answer(api.POST('/api/v1/projects/{projectId}/invitations', { params: { path: { projectId } }, body })),
    onSuccess: ({ email }) => {
      void queries.invalidateQueries({ queryKey: ['invitations', projectId] });
      notifications.show({ message: t('members.invited', { email }), color: 'green' });
      onClose();
    },
  });
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <TextInput label={t('field.email')} type="email" data-autofocus {...form.getInputProps('email')} />
        <Radio.Group label={t('members.role')} {...form.getInputProps('role')}>
          <Stack gap="sm" mt="xs">
            {ROLES.map((role) => (
              <Radio key={role} value={role} label={t(`roles.${role}`)} description={t(`roles.${role}Hint`)} />
            ))}
          </Stack>
        </Radio.Group>
        <FormEnd
          problem={problem}
          submit={t('members.sendInvitation')}
          isSending={sending.isPending}
          onCancel={onClose}
        />
      </Stack>
    </form>
  );
}
