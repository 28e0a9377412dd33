// The image of a creative: uploaded while the form is open, with how much of it has gone; taken away again by a press.
import { Button, FileButton, Group, Progress, Stack, Text } from '@mantine/core';
import { IconPhoto } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Schema } from '@/shared/api/client';
import { upload } from '@/shared/api/upload';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';

const KINDS = ['image/png', 'image/jpeg'];
const MEGABYTE = 1_024 * 1_024;
const MAX_BYTES = 5 * MEGABYTE;

/** An image that is kept. */
export interface Image {
  id: string;
  url: string;
}

interface Props {
  projectId: string;
  image: Image | null;
  onChange: (image: Image | null) => void;
  error?: ReactNode;
}

export function ImageField({ projectId, image, onChange, error }: Props): ReactNode {
  const { t } = useTranslation();
  const [fault, setFault] = useState<string>();
  const [sent, setSent] = useState(0);
  const sending = useMutation({
    mutationFn: (file: File) =>
      upload<Schema<'File'>>(`/api/v1/projects/${projectId}/files`, file, {
        onProgress: (bytes) => setSent(file.size === 0 ? 1 : bytes / file.size),
        signal: new AbortController().signal,
      }),
    onSuccess: ({ file_id, image_url }) => onChange({ id: file_id, url: image_url }),
  });
  const choose = (file: File | null): void => {
    if (file === null) return;
    const refused = refusal(file);
    setFault(refused === undefined ? undefined : t(`advertising.image.${refused}`));
    if (refused !== undefined) return;
    setSent(0);
    sending.mutate(file);
  };
  const told = fault ?? error;
  return (
    <Stack gap="xs">
      <Text size="sm" fw={600}>
        {t('field.image_id')}
      </Text>
      <Group gap="sm">
        <FileButton accept={KINDS.join(',')} onChange={choose}>
          {(button) => (
            <Button
              {...button}
              variant="default"
              size="xs"
              leftSection={<IconPhoto size={16} />}
              loading={sending.isPending}
            >
              {t(image === null ? 'advertising.image.choose' : 'advertising.image.replace')}
            </Button>
          )}
        </FileButton>
        {image !== null && (
          <Button variant="subtle" color="gray" size="xs" onClick={() => onChange(null)}>
            {t('advertising.image.remove')}
          </Button>
        )}
      </Group>
      {sending.isPending && <Progress value={sent * 100} size="xs" aria-label={t('advertising.image.sending')} />}
      <Text size="xs" c={told === undefined || told === null ? 'dimmed' : 'var(--mantine-color-error)'}>
        {told ?? t('advertising.image.hint')}
      </Text>
      <ProblemAlert error={sending.error} />
    </Stack>
  );
}

/** What the server would refuse, told before anything is sent. */
export function refusal(file: Pick<File, 'type' | 'size'>): 'kind' | 'size' | undefined {
  if (!KINDS.includes(file.type)) return 'kind';
  return file.size > MAX_BYTES ? 'size' : undefined;
}
