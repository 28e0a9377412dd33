// Puts an advertiser away, after one question, or takes it out of the archive again.
import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconArchive, IconArchiveOff } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { ConfirmModal } from '@/shared/ui/ConfirmModal';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';

import { type Advertiser, type AdvertiserStatus, changeAdvertiser } from './queries';

interface Props {
  projectId: string;
  advertiser: Advertiser;
}

export function ArchiveAdvertiser({ projectId, advertiser }: Props): ReactNode {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [isAsking, { open, close }] = useDisclosure(false);
  const { mutate, reset, isPending, error } = useMutation({
    mutationFn: (status: AdvertiserStatus) => changeAdvertiser(projectId, advertiser.advertiser_id, { status }),
    onSuccess: (changed) => {
      queries.setQueryData(['advertiser', projectId, advertiser.advertiser_id], changed);
      close();
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['advertisers', projectId] }),
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
