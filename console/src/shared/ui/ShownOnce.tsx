// A secret that is shown this once: the window closes only when somebody says that they have it.
import { Alert, Button, Code, CopyButton, Group, Modal, Stack } from '@mantine/core';
import { IconCheck, IconCopy, IconEyeOff } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

interface ModalProps {
  isOpen: boolean;
  title: string;
  /** Whether it is there already: then nothing but its own button closes the window. */
  isShown: boolean;
  onClose: () => void;
  children: ReactNode;
}

export function SecretModal({ isOpen, title, isShown, onClose, children }: ModalProps): ReactNode {
  const { t } = useTranslation();
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={title}
      size="lg"
      closeOnClickOutside={!isShown}
      closeOnEscape={!isShown}
      withCloseButton={!isShown}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      {children}
    </Modal>
  );
}

interface Props {
  secret: string;
  onClose: () => void;
  /** How it is used. */
  children: ReactNode;
}

export function ShownOnce({ secret, onClose, children }: Props): ReactNode {
  const { t } = useTranslation();
  return (
    <Stack>
      <Alert variant="light" color="yellow" icon={<IconEyeOff />}>
        {t('secret.shownOnce')}
      </Alert>
      <Code block className="break-anywhere" style={{ whiteSpace: 'pre-wrap' }} data-testid="secret">
        {secret}
      </Code>
      {children}
      <Group justify="flex-end">
        <CopyButton value={secret}>
          {({ copied, copy }) => (
            <Button
              variant="light"
              leftSection={copied ? <IconCheck size={18} /> : <IconCopy size={18} />}
              color={copied ? 'green' : 'plum'}
              onClick={copy}
            >
              {copied ? t('common.copied') : t('common.copy')}
            </Button>
          )}
        </CopyButton>
        <Button onClick={onClose}>{t('secret.haveIt')}</Button>
      </Group>
    </Stack>
  );
}
