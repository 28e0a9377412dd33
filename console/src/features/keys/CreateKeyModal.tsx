// A new key. Its secret is shown once, here.
import { Checkbox, Code, Stack, Text, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import * as v from 'valibot';

import { answer, api, type Schema } from '@/shared/api/client';
import * as rules from '@/shared/form/rules';
import { useProblemForm } from '@/shared/form/useProblemForm';
import { DayInput } from '@/shared/ui/DayInput';
import { FormEnd } from '@/shared/ui/FormEnd';
import { SecretModal, ShownOnce } from '@/shared/ui/ShownOnce';

import { type Scope, SCOPES } from './scopes';

type Shown = Schema<'ApiKeyShown'>;

interface Props {
  projectId: string;
  isOpen: boolean;
  onClose: () => void;
}

interface Values extends Record<string, unknown> {
  name: string;
  scopes: Scope[];
  expires_on: string;
}

export function CreateKeyModal({ projectId, isOpen, onClose }: Props): ReactNode {
  const { t } = useTranslation();
  const [shown, setShown] = useState<Shown>();
  const close = (): void => {
    onClose();
    setShown(undefined);
  };
  const isSecretOpen = shown !== undefined;
  return (
    <SecretModal
      isOpen={isOpen}
      onClose={close}
      title={isSecretOpen ? t('keys.made') : t('keys.create')}
      isShown={isSecretOpen}
    >
      {isSecretOpen ? (
        <Secret shown={shown} onClose={close} />
      ) : (
        <KeyForm projectId={projectId} onClose={close} onMade={setShown} />
      )}
    </SecretModal>
  );
}

interface FormProps {
  projectId: string;
  onClose: () => void;
  onMade: (shown: Shown) => void;
}

function KeyForm({ projectId, onClose, onMade }: FormProps): ReactNode {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const schema = v.object({
    name: rules.name,
    scopes: v.pipe(
      v.array(v.string()),
      v.minLength(1, () => t('fault.oneScope')),
    ),
    expires_on: v.string(),
  });
  const { form, submit, sending, problem } = useProblemForm<Values, Shown>({
    initial: { name: '', scopes: ['serve'], expires_on: '' },
    schema,
    send: ({ name, scopes, expires_on }) => {
      const expires_at = expires_on === '' ? {} : { expires_at: new Date(`${expires_on}T23:59:59`).toISOString() };
      return answer(
        api.POST('/api/v1/projects/{projectId}/keys', {
          params: { path: { projectId } },
          body: { name: name.trim(), scopes, ...expires_at },
        }),
      );
    },
    onSuccess: (made) => {
      void queries.invalidateQueries({ queryKey: ['keys', projectId] });
      onMade(made);
    },
    rename: { '/expires_at': 'expires_on' },
  });
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <TextInput
          label={t('keys.name')}
          placeholder={t('keys.namePlaceholder')}
          data-autofocus
          {...form.getInputProps('name')}
        />
        <Checkbox.Group label={t('keys.scopes')} {...form.getInputProps('scopes')}>
          <Stack gap="sm" mt="xs">
            {SCOPES.map((scope) => (
              <Checkbox
                key={scope}
                value={scope}
                label={t(`keys.scope.${scope}.name`)}
                description={t(`keys.scope.${scope}.hint`)}
              />
            ))}
          </Stack>
        </Checkbox.Group>
        <DayInput
          isOptional
          label={t('keys.expires')}
          description={t('keys.expiresHint')}
          {...form.getInputProps('expires_on')}
        />
        <FormEnd problem={problem} submit={t('keys.create')} isSending={sending.isPending} onCancel={onClose} />
      </Stack>
    </form>
  );
}

function Secret({ shown, onClose }: { shown: Shown; onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  return (
    <ShownOnce secret={shown.secret} onClose={onClose}>
      <Text size="sm" c="dimmed">
        {t('keys.howToSend')}
      </Text>
      <Code block style={{ whiteSpace: 'pre-wrap' }} className="break-anywhere">
        {`Authorization: Bearer ${shown.prefix}…`}
      </Code>
    </ShownOnce>
  );
}
