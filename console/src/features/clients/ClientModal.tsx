// A client, made or changed. A change is one of the state that the form began with: another's is never lost unseen.
import { Alert, Modal, NumberInput, Select, SimpleGrid, Skeleton, Stack, TextInput } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import { type ReactNode, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Tagged } from '@/shared/api/client';
import { type ProblemForm, useProblemForm } from '@/shared/form/useProblemForm';
import { FormEnd } from '@/shared/ui/FormEnd';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';

import { ClientConflict } from './ClientConflict';
import { changesOf, clientSchema, newClient, NOBODY, rebased, type Values, valuesOf } from './clientRules';
import { changeClient, type Client, createClient, GENDERS, useClient, useClientsChanged } from './queries';

interface Props {
  projectId: string;
  /** Who is changed; nothing: a new one. */
  clientId: string | undefined;
  onClose: () => void;
}

export function ClientModal({ projectId, clientId, onClose }: Props): ReactNode {
  const { t } = useTranslation();
  return (
    <Modal
      opened
      onClose={onClose}
      title={t(clientId === undefined ? 'clients.create' : 'clients.edit')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      {clientId === undefined ? (
        <Creating projectId={projectId} onClose={onClose} />
      ) : (
        <Known projectId={projectId} clientId={clientId} onClose={onClose} />
      )}
    </Modal>
  );
}

interface FormProps {
  projectId: string;
  onClose: () => void;
}

function Creating({ projectId, onClose }: FormProps): ReactNode {
  const { t } = useTranslation();
  const changed = useClientsChanged(projectId);
  const schema = useMemo(() => clientSchema(t), [t]);
  const made = useProblemForm<Values, Client>({
    initial: NOBODY,
    schema,
    send: (values) => createClient(projectId, newClient(values)).finally(() => void changed()),
    onSuccess: onClose,
  });
  return (
    <Fields made={made} submitText={t('advertising.create')} onClose={onClose}>
      <TextInput
        label={t('clients.id')}
        description={t('clients.idHint')}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        {...made.form.getInputProps('client_id')}
      />
    </Fields>
  );
}

function Known({ projectId, clientId, onClose }: FormProps & { clientId: string }): ReactNode {
  const { data, error, refetch } = useClient(projectId, clientId);
  if (data !== undefined) return <Editing projectId={projectId} known={data} onClose={onClose} />;
  if (error !== null) return <ProblemAlert error={error} onRetry={() => void refetch()} />;
  return <Skeleton height={260} />;
}

function Editing({ projectId, known, onClose }: FormProps & { known: Tagged<Client> }): ReactNode {
  const { t } = useTranslation();
  const changed = useClientsChanged(projectId);
  const [before, setBefore] = useState(known);
  const schema = useMemo(() => clientSchema(t), [t]);
  const made = useProblemForm<Values, Client>({
    initial: valuesOf(known.data),
    schema,
    send: (values) => changeClient(projectId, before, changesOf(values, before.data)).finally(() => void changed()),
    onSuccess: onClose,
  });
  const { form, sending } = made;
  const takeIn = (theirs: Tagged<Client>, values: Values): void => {
    setBefore(theirs);
    form.setValues(values);
    sending.reset();
  };
  return (
    <Fields
      made={made}
      submitText={t('common.save')}
      onClose={onClose}
      conflict={
        <ClientConflict
          projectId={projectId}
          before={before}
          mine={form.values}
          onMine={(theirs) => takeIn(theirs, rebased(form.getValues(), before.data, theirs.data))}
          onTheirs={(theirs) => takeIn(theirs, valuesOf(theirs.data))}
        />
      }
    >
      <Alert variant="light" color="gray" icon={<IconInfoCircle />}>
        {t('clients.changeHint')}
      </Alert>
    </Fields>
  );
}

interface FieldsProps {
  made: ProblemForm<Values, Client>;
  submitText: string;
  onClose: () => void;
  /** What to do when somebody else has changed the client. */
  conflict?: ReactNode;
  /** Between the fields and the buttons. */
  children: ReactNode;
}

function Fields({ made, submitText, onClose, conflict, children }: FieldsProps): ReactNode {
  const { t } = useTranslation();
  const { form, submit, sending, problem } = made;
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <TextInput label={t('field.login')} data-autofocus {...form.getInputProps('login')} />
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          <NumberInput label={t('clients.age')} min={0} allowDecimal={false} {...form.getInputProps('age')} />
          <Select
            label={t('field.gender')}
            data={GENDERS.map((value) => ({ value, label: t(`gender.one.${value}`) }))}
            allowDeselect={false}
            {...form.getInputProps('gender')}
          />
        </SimpleGrid>
        <TextInput
          label={t('field.location')}
          description={t('clients.locationHint')}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          {...form.getInputProps('location')}
        />
        {children}
        <FormEnd
          problem={problem}
          conflict={conflict}
          submit={submitText}
          isSending={sending.isPending}
          onCancel={onClose}
        />
      </Stack>
    </form>
  );
}
