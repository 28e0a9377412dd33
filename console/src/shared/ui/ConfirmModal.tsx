// A step that cannot be taken back asks once, in words of what will happen.
import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { ProblemAlert } from './ProblemAlert';

interface Props {
  isOpen: boolean;
  title: string;
  children: ReactNode;
  confirm: string;
  onConfirm: () => void;
  onClose: () => void;
  isPending: boolean;
  error?: unknown;
  /** For a step that harms nobody. */
  isHarmless?: boolean;
}

export function ConfirmModal(props: Props): ReactNode {
  const { isOpen, title, children, confirm, onConfirm, onClose, isPending, error, isHarmless = false } = props;
  const { t } = useTranslation();
  return (
    <Modal opened={isOpen} onClose={onClose} title={title} closeButtonProps={{ 'aria-label': t('common.close') }}>
      <Stack>
        <Text size="sm" component="div">
          {children}
        </Text>
        <ProblemAlert error={error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>
            {t('common.cancel')}
          </Button>
          {/* White on the usual red is hard to read. */}
          <Button color={isHarmless ? 'plum' : 'red.9'} onClick={onConfirm} loading={isPending}>
            {confirm}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
