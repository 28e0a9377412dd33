// One line of the audit log, with what it changed.
import { Button, Code, Group, Modal, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import type { Schema } from '@/shared/api/client';
import { Moment } from '@/shared/ui/Moment';

import type { Action } from './actions';
import { Changes } from './Changes';
import { useWho } from './who';

type Line = Schema<'TrailLine'>;

interface Props {
  line: Line | undefined;
  projectId: string;
  onClose: () => void;
  /** Shows only what is about the same person or thing. */
  onNarrow: (patch: { user_id?: string; subject_id?: string }) => void;
}

export function LineModal(props: Props): ReactNode {
  const { line, onClose } = props;
  const { t } = useTranslation();
  const title = line === undefined ? '' : t(`trail.actions.${line.action as Action}`, { defaultValue: line.action });
  return (
    <Modal
      opened={line !== undefined}
      onClose={onClose}
      title={title}
      size="lg"
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      {line !== undefined && <Details {...props} line={line} />}
    </Modal>
  );
}

function Details({ line, projectId, onClose, onNarrow }: Props & { line: Line }): ReactNode {
  const { t } = useTranslation();
  const who = useWho(projectId);
  const { user_id, subject_id, address, request_id } = line;
  const narrow = (patch: Parameters<typeof onNarrow>[0]) => () => {
    onNarrow(patch);
    onClose();
  };
  return (
    <Stack>
      <Text size="sm">
        {who(line)} · <Moment at={line.occurred_at} exact /> {address && `· ${address}`}
      </Text>
      <Changes before={line.before ?? null} after={line.after ?? null} />
      {request_id && (
        <Text size="xs" c="dimmed" className="break-anywhere">
          {t('common.requestId', { id: request_id })}
        </Text>
      )}
      <Text size="xs" c="dimmed" className="break-anywhere">
        <Code>{line.action}</Code> {subject_id}
      </Text>
      <Group gap="xs">
        {user_id && (
          <Button size="xs" variant="light" onClick={narrow({ user_id })}>
            {t('trail.onlyWho')}
          </Button>
        )}
        {subject_id && (
          <Button size="xs" variant="light" onClick={narrow({ subject_id })}>
            {t('trail.onlySubject')}
          </Button>
        )}
      </Group>
    </Stack>
  );
}
