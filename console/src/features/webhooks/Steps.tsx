// What may be done with a webhook: tried, changed, switched off and on, given another secret, deleted.
import { Button, Group, Menu, Modal } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import {
  IconChevronDown,
  IconKey,
  IconPencil,
  IconPlugConnected,
  IconPlugConnectedX,
  IconSend,
  IconTrash,
} from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { answer, api, done } from '@/shared/api/client';
import { ConfirmModal } from '@/shared/ui/ConfirmModal';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { SecretModal } from '@/shared/ui/ShownOnce';

import type { Webhook, Which } from './queries';
import { Secret } from './Secret';
import { TermsForm, type Values } from './TermsForm';

interface Props {
  which: Which;
  webhook: Webhook;
}

type Step = 'change' | 'secret' | 'delete';

export function Steps({ which, webhook }: Props): ReactNode {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [step, setStep] = useState<Step>();
  const again = (): Promise<void> => queries.invalidateQueries({ queryKey: ['webhooks', which.projectId] });
  const pinging = useMutation({
    mutationFn: () =>
      answer(api.POST('/api/v1/projects/{projectId}/webhooks/{webhookId}/ping', { params: { path: { ...which } } })),
    onSuccess: () => {
      notifications.show({ message: t('webhooks.pinged'), color: 'green' });
      return again();
    },
  });
  const switching = useMutation({
    mutationFn: (is_enabled: boolean) => patch(which, { is_enabled }),
    onSettled: again,
  });
  const close = (): void => setStep(undefined);
  return (
    <>
      <Group gap="sm">
        <Button
          variant="default"
          leftSection={<IconSend size={18} />}
          loading={pinging.isPending}
          onClick={() => pinging.mutate()}
        >
          {t('webhooks.ping')}
        </Button>
        <Menu position="bottom-end">
          <Menu.Target>
            <Button variant="default" rightSection={<IconChevronDown size={16} />} loading={switching.isPending}>
              {t('common.more')}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<IconPencil size={16} />} onClick={() => setStep('change')}>
              {t('webhooks.change')}
            </Menu.Item>
            <Menu.Item
              leftSection={webhook.is_enabled ? <IconPlugConnectedX size={16} /> : <IconPlugConnected size={16} />}
              onClick={() => switching.mutate(!webhook.is_enabled)}
            >
              {t(webhook.is_enabled ? 'webhooks.switchOff' : 'webhooks.switchOn')}
            </Menu.Item>
            <Menu.Item leftSection={<IconKey size={16} />} onClick={() => setStep('secret')}>
              {t('webhooks.renew')}
            </Menu.Item>
            <Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={() => setStep('delete')}>
              {t('webhooks.delete')}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </Group>
      <ProblemAlert error={pinging.error ?? switching.error} />
      <Change which={which} webhook={webhook} isOpen={step === 'change'} onClose={close} />
      <Renew which={which} isOpen={step === 'secret'} onClose={close} />
      <Delete which={which} webhook={webhook} isOpen={step === 'delete'} onClose={close} />
    </>
  );
}

function patch(which: Which, body: Partial<Values> & { is_enabled?: boolean }): Promise<Webhook> {
  return answer(
    api.PATCH('/api/v1/projects/{projectId}/webhooks/{webhookId}', { params: { path: { ...which } }, body }),
  );
}

interface StepProps {
  which: Which;
  isOpen: boolean;
  onClose: () => void;
}

function Change({ which, webhook, isOpen, onClose }: StepProps & { webhook: Webhook }): ReactNode {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const { url, description, events } = webhook;
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={t('webhooks.change')}
      size="lg"
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      {isOpen && (
        <TermsForm
          initial={{ url, description, events }}
          submitLabel={t('common.save')}
          send={(values) => patch(which, values)}
          onDone={() => {
            void queries.invalidateQueries({ queryKey: ['webhooks', which.projectId] });
            onClose();
          }}
          onCancel={onClose}
        />
      )}
    </Modal>
  );
}

/** Asks once, then shows the new secret, once. */
function Renew({ which, isOpen, onClose }: StepProps): ReactNode {
  const { t } = useTranslation();
  const renewing = useMutation({
    mutationFn: () =>
      answer(api.POST('/api/v1/projects/{projectId}/webhooks/{webhookId}/secret', { params: { path: { ...which } } })),
  });
  const close = (): void => {
    renewing.reset();
    onClose();
  };
  const shown = renewing.data;
  return (
    <>
      <ConfirmModal
        isOpen={isOpen && shown === undefined}
        title={t('webhooks.renewAsk')}
        confirm={t('webhooks.renew')}
        onConfirm={() => renewing.mutate()}
        onClose={close}
        isPending={renewing.isPending}
        error={renewing.error}
      >
        {t('webhooks.renewHint')}
      </ConfirmModal>
      <SecretModal isOpen={isOpen && shown !== undefined} title={t('webhooks.renewed')} isShown onClose={close}>
        {shown !== undefined && <Secret secret={shown.secret} onClose={close} />}
      </SecretModal>
    </>
  );
}

function Delete({ which, webhook, isOpen, onClose }: StepProps & { webhook: Webhook }): ReactNode {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const deleting = useMutation({
    mutationFn: () =>
      done(api.DELETE('/api/v1/projects/{projectId}/webhooks/{webhookId}', { params: { path: { ...which } } })),
    onSuccess: async () => {
      await navigate({ to: '/projects/$projectId/webhooks', params: { projectId: which.projectId } as never });
      queries.removeQueries({ queryKey: ['webhooks', which.projectId, which.webhookId] });
      await queries.invalidateQueries({ queryKey: ['webhooks', which.projectId] });
    },
  });
  return (
    <ConfirmModal
      isOpen={isOpen}
      title={t('webhooks.deleteAsk')}
      confirm={t('webhooks.delete')}
      onConfirm={() => deleting.mutate()}
      onClose={onClose}
      isPending={deleting.isPending}
      error={deleting.error}
    >
      {t('webhooks.deleteHint', { url: webhook.url })}
    </ConfirmModal>
  );
}
