// Puts an advertiser away, after one question, or takes it out of the archive again.
import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconArchive, IconArchiveOff } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import type { Tagged } from '@/shared/api/client';
import { ConfirmModal } from '@/shared/ui/ConfirmModal';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';

import { type Advertiser, changeAdvertiser, type KeptStatus, useAdvertiserChanged } from './queries';

interface Props {
  projectId: string;
  /** As somebody sees it. */
  known: Tagged<Advertiser>;
}

export function ArchiveAdvertiser({ projectId, known }: Props): ReactNode {
  const { t } = useTranslation();
  const { data: advertiser } = known;
  const told = useAdvertiserChanged(projectId);
  const [isAsking, { open, close }] = useDisclosure(false);
  const { mutate, reset, isPending, error } = useMutation({
    mutationFn: (status: KeptStatus) => changeAdvertiser(projectId, known, { status }),
    onSuccess: close,
    onSettled: (changed) => told(advertiser.advertiser_id, changed),
  });
  if (advertiser.status === 'archived') {
    return (
      <>
        <Button
          variant="default"
          leftSection={<IconArchiveOff size={18} />}
          loading={isPending}
          onClick={() => mutate('active')}
        >
          {t('advertising.restore')}
        </Button>
        <ProblemAlert error={error} />
      </>
    );
  }
  return (
    <>
      <Button variant="default" leftSection={<IconArchive size={18} />} onClick={open}>
        {t('advertising.archive')}
      </Button>
      <ConfirmModal
        isOpen={isAsking}
        title={t('advertising.archiveAdvertiserAsk', { name: advertiser.name })}
        confirm={t('advertising.archive')}
        onConfirm={() => mutate('archived')}
        onClose={() => {
          reset();
          close();
        }}
        isPending={isPending}
        error={error}
        isHarmless
      >
        {t('advertising.archiveAdvertiserHint')}
      </ConfirmModal>
    </>
  );
}
