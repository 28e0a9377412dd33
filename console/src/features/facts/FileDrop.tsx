// A place for a file: dropped there, or chosen.
import { Button, FileButton, Group, Paper, Stack, Text } from '@mantine/core';
import { IconFileSpreadsheet, IconUpload } from '@tabler/icons-react';
import { type DragEvent, type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';

const ACCEPTED = '.csv,.tsv,.txt,.json,.jsonl,.ndjson,.parquet';
const MEGABYTE = 1_048_576;

interface Props {
  file: File | undefined;
  onChoose: (file: File) => void;
}

export function FileDrop({ file, onChoose }: Props): ReactNode {
  const { t } = useTranslation();
  const [isOver, setIsOver] = useState(false);
  const over = (event: DragEvent, is: boolean): void => {
    event.preventDefault();
    setIsOver(is);
  };
  const drop = (event: DragEvent): void => {
    over(event, false);
    const dropped = event.dataTransfer.files[0];
    if (dropped !== undefined) onChoose(dropped);
  };
  return (
    <Paper
      p="xl"
      className="file-drop"
      data-over={isOver}
      onDragOver={(event) => over(event, true)}
      onDragLeave={(event) => over(event, false)}
      onDrop={drop}
    >
      <Group justify="space-between" gap="md">
        <Group wrap="nowrap" miw={0}>
          <IconFileSpreadsheet size={32} stroke={1.4} aria-hidden />
          <Stack gap={2}>
            <Text size="sm" fw={500} className="break-anywhere">
              {file?.name ?? t('data.drop')}
            </Text>
            <Text size="xs" c="dimmed">
              {file === undefined
                ? t('data.dropHint')
                : t('data.size', { megabytes: Math.max(file.size / MEGABYTE, 0.1).toFixed(1) })}
            </Text>
          </Stack>
        </Group>
        <FileButton accept={ACCEPTED} onChange={(chosen) => chosen !== null && onChoose(chosen)}>
          {(props) => (
            <Button
              {...props}
              variant={file === undefined ? 'filled' : 'default'}
              leftSection={<IconUpload size={18} />}
            >
              {t(file === undefined ? 'data.choose' : 'data.chooseOther')}
            </Button>
          )}
        </FileButton>
      </Group>
    </Paper>
  );
}
