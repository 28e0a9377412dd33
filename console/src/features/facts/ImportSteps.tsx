// What may be done with an import: stopped, begun anew, its rejected rows looked at.
import { Button, Group, Stack } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { ProblemAlert } from '@/shared/ui/ProblemAlert';

import { actOn, type Import, isActive } from './queries';
import { RejectsModal } from './RejectsModal';

export function ImportSteps({ projectId, one }: { projectId: string; one: Import }): ReactNode {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const acting = useMutation({
    mutationFn: (step: 'cancel' | 'retry') => actOn(projectId, one.job_id, step),
    onSettled: () => queries.invalidateQueries({ queryKey: ['imports', projectId] }),
  });
  const [isOpen, { open, close }] = useDisclosure(false);
  return (
    <Stack gap="xs" align="flex-end">
      <Group gap="xs" wrap="nowrap" justify="flex-end">
        {(one.rejected ?? 0) > 0 && one.state === 'done' && (
          <Button size="compact-sm" variant="light" leftSection={<IconAlertTriangle size={14} />} onClick={open}>
            {t('data.rejects')}
          </Button>
        )}
        {isActive(one) && (
          <Button
            size="compact-sm"
            variant="subtle"
            color="red"
            disabled={one.is_cancel_asked}
            loading={acting.isPending}
            onClick={() => acting.mutate('cancel')}
          >
            {t('data.stop')}
          </Button>
        )}
        {(one.state === 'dead' || one.state === 'cancelled') && (
          <Button size="compact-sm" variant="light" loading={acting.isPending} onClick={() => acting.mutate('retry')}>
            {t('jobs.retry')}
          </Button>
        )}
      </Group>
      <ProblemAlert error={acting.error} />
      {isOpen && <RejectsModal projectId={projectId} one={one} onClose={close} />}
    </Stack>
  );
}
