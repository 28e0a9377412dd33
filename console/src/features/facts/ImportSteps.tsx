// What may be done with an import: stopped, begun anew, its rejected rows taken away.
import { Button, Group, Stack } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { saveFile } from '@/shared/ui/saveFile';

import { actOn, type Import, isActive, rejectsOf } from './queries';

export function ImportSteps({ projectId, one }: { projectId: string; one: Import }): ReactNode {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const acting = useMutation({
    mutationFn: (step: 'cancel' | 'retry') => actOn(projectId, one.job_id, step),
    onSettled: () => queries.invalidateQueries({ queryKey: ['imports', projectId] }),
  });
  const saving = useMutation({
    mutationFn: () => rejectsOf(projectId, one.job_id),
    onSuccess: (file) => saveFile(file, `${one.file_name.replace(/\.\w+$/, '') || 'import'}-rejects.csv`),
  });
  return (
    <Stack gap="xs" align="flex-end">
      <Group gap="xs" wrap="nowrap" justify="flex-end">
        {(one.rejected ?? 0) > 0 && one.state === 'done' && (
          <Button
            size="compact-sm"
            variant="light"
            leftSection={<IconDownload size={14} />}
            loading={saving.isPending}
            onClick={() => saving.mutate()}
          >
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
      <ProblemAlert error={acting.error ?? saving.error} />
    </Stack>
  );
}
