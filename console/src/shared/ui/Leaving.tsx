// Asks once before what was not saved is lost: by a link, by the back button, by closing the tab.
import { useBlocker } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { ConfirmModal } from './ConfirmModal';

interface Props {
  isChanged: boolean;
  /** Whether it was saved, or given up on purpose. */
  mayLeave: () => boolean;
  hint: string;
}

export function Leaving({ isChanged, mayLeave, hint }: Props): ReactNode {
  const { t } = useTranslation();
  const { status, proceed, reset } = useBlocker({
    shouldBlockFn: () => isChanged && !mayLeave(),
    enableBeforeUnload: () => isChanged && !mayLeave(),
    withResolver: true,
  });
  return (
    <ConfirmModal
      isOpen={status === 'blocked'}
      title={t('common.leaveAsk')}
      confirm={t('common.discard')}
      onConfirm={() => proceed?.()}
      onClose={() => reset?.()}
      isPending={false}
    >
      {hint}
    </ConfirmModal>
  );
}
