// Files that are still on their way to the server.
import { Button, Group, Paper, Progress, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { ProblemAlert } from '@/shared/ui/ProblemAlert';

import { useDurationText } from './duration';
import { forget, type Upload, useUploads } from './uploads';

const MEGABYTE = 1_048_576;

export function Uploads({ projectId }: { projectId: string }): ReactNode {
  const uploads = useUploads().filter((upload) => upload.projectId === projectId);
  return uploads.map((upload) => <OneUpload key={upload.id} upload={upload} />);
}

function OneUpload({ upload }: { upload: Upload }): ReactNode {
  const { t } = useTranslation();
  const hasFailed = upload.error !== undefined;
  return (
    <Paper p="md" role="status">
      <Stack gap="xs">
        <Group justify="space-between" wrap="nowrap">
          <Text size="sm" fw={500} className="break-anywhere">
            {t('data.sending', { name: upload.fileName })}
          </Text>
          <Button
            size="compact-sm"
            variant="subtle"
            color={hasFailed ? 'gray' : 'red'}
            onClick={() => (hasFailed ? forget(upload.id) : upload.stop())}
          >
            {t(hasFailed ? 'common.close' : 'data.stop')}
          </Button>
        </Group>
        {hasFailed ? <ProblemAlert error={upload.error} /> : <Sending upload={upload} />}
      </Stack>
    </Paper>
  );
}

function Sending({ upload }: { upload: Upload }): ReactNode {
  const { t } = useTranslation();
  const duration = useDurationText();
  const { sent, total, begunAt, heardAt } = upload;
  const megabytes = (bytes: number): string => (bytes / MEGABYTE).toFixed(1);
  // The rate so far tells how long the rest takes.
  const left = sent > 0 ? ((heardAt - begunAt) / 1_000 / sent) * (total - sent) : undefined;
  return (
    <>
      <Progress value={total === 0 ? 0 : (sent / total) * 100} aria-label={t('jobs.progress')} animated />
      <Text size="xs" c="dimmed" className="numeric">
        {t('data.megabytes', { sent: megabytes(sent), total: megabytes(total) })}
        {left !== undefined && ` · ${t('data.left', { time: duration(left) })}`}
      </Text>
    </>
  );
}
