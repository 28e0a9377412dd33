// A new webhook. Its secret is shown once, here.
import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { answer, api, type Schema } from '@/shared/api/client';
import { SecretModal } from '@/shared/ui/ShownOnce';

import { Secret } from './Secret';
import { TermsForm } from './TermsForm';

interface Props {
  projectId: string;
  isOpen: boolean;
  onClose: () => void;
}

export function CreateWebhookModal({ projectId, isOpen, onClose }: Props): ReactNode {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [made, setMade] = useState<Schema<'WebhookShown'>>();
  const close = (): void => {
    onClose();
    setMade(undefined);
  };
  const isShown = made !== undefined;
  return (
    <SecretModal
      isOpen={isOpen}
      title={isShown ? t('webhooks.made') : t('webhooks.create')}
      isShown={isShown}
      onClose={close}
    >
      {isShown ? (
        <Secret secret={made.secret} onClose={close} />
      ) : (
        <TermsForm
          initial={{ url: '', description: '', events: ['campaign.finished'] }}
          submitLabel={t('webhooks.create')}
          send={({ url, description, events }) =>
            answer(
              api.POST('/api/v1/projects/{projectId}/webhooks', {
                params: { path: { projectId } },
                body: { url, events, ...(description === '' ? {} : { description }) },
              }),
            )
          }
          onDone={(webhook) => {
            void queries.invalidateQueries({ queryKey: ['webhooks', projectId] });
            setMade(webhook);
          }}
          onCancel={close}
        />
      )}
    </SecretModal>
  );
}
