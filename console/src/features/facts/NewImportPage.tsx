// A file is chosen, looked at, its columns are given their meaning, and it is sent.
import { Alert, Anchor, Group, Radio, SimpleGrid, Skeleton, Stack, Text, Title } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { type ReactNode, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useProject } from '@/shared/session/viewer';
import { PageHeader } from '@/shared/ui/PageHeader';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { useProjectId } from '@/shared/url/filters';

import { FileDrop } from './FileDrop';
import { MappingForm, type Wanted } from './MappingForm';
import { type Kind, KINDS, usePreview } from './queries';
import { begin } from './uploads';

/** As much of a text as the server looks at. */
const BEGINNING_BYTES = 262_144;
/** The server takes no larger body than this to look at; of Parquet it needs the whole. */
const MAX_PARQUET_BYTES = 16_000_000;
const PREVIEW_PX = 300;

const isParquet = (file: File): boolean => file.name.toLowerCase().endsWith('.parquet');

export function NewImportPage(): ReactNode {
  const { t } = useTranslation();
  const projectId = useProjectId();
  const [file, setFile] = useState<File>();
  const [kind, setKind] = useState<Kind>();
  return (
    <>
      <PageHeader
        title={t('data.new')}
        description={
          <Anchor component={Link} to={`/projects/${projectId}/data/imports` as never} size="sm">
            {t('data.back')}
          </Anchor>
        }
      />
      <Stack gap="xl">
        <FileDrop file={file} onChoose={setFile} />
        <KindInput value={kind} onChange={setKind} />
        {file !== undefined && kind !== undefined && (
          <Look key={`${kind}/${file.name}/${file.lastModified}`} projectId={projectId} file={file} kind={kind} />
        )}
      </Stack>
    </>
  );
}

function KindInput({ value, onChange }: { value: Kind | undefined; onChange: (kind: Kind) => void }): ReactNode {
  const { t } = useTranslation();
  return (
    <Radio.Group
      label={t('data.kindOf')}
      value={value ?? null}
      onChange={(kind) => onChange(kind)}
      styles={{ label: { fontWeight: 600 } }}
    >
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} mt="xs" spacing="sm">
        {KINDS.map((kind) => (
          <Radio.Card
            key={kind}
            value={kind}
            p="md"
            radius="md"
            className="choice-card"
            aria-label={t(`data.kind.${kind}.name`)}
          >
            <Group wrap="nowrap" align="flex-start" gap="sm">
              <Radio.Indicator />
              <div>
                <Text size="sm" fw={500}>
                  {t(`data.kind.${kind}.name`)}
                </Text>
                <Text size="xs" c="dimmed">
                  {t(`data.kind.${kind}.hint`)}
                </Text>
              </div>
            </Group>
          </Radio.Card>
        ))}
      </SimpleGrid>
    </Radio.Group>
  );
}

function Look({ projectId, file, kind }: { projectId: string; file: File; kind: Kind }): ReactNode {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const project = useProject(projectId).data;
  const isTooLong = isParquet(file) && file.size > MAX_PARQUET_BYTES;
  const beginning = useMemo(() => (isParquet(file) ? file : file.slice(0, BEGINNING_BYTES)), [file]);
  const preview = usePreview(projectId, isTooLong ? undefined : { kind, file, beginning });
  const send = (wanted: Wanted): void => {
    const query = Object.fromEntries(
      Object.entries(wanted).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
    );
    begin({
      ...{ projectId, kind, file, query },
      onDone: () => void queries.invalidateQueries({ queryKey: ['imports', projectId] }),
    });
    void navigate({ to: `/projects/${projectId}/data/imports` as never });
  };
  if (preview.error !== null) {
    return <ProblemAlert error={preview.error} onRetry={() => void preview.refetch()} />;
  }
  if (!isTooLong && preview.data === undefined) return <Skeleton height={PREVIEW_PX} />;
  return (
    <Stack>
      <Title order={2} size="h3">
        {t('data.columns')}
      </Title>
      {isTooLong && (
        <Alert variant="light" color="gray" icon={<IconInfoCircle />}>
          {t('data.tooLong')}
        </Alert>
      )}
      <MappingForm preview={preview.data} timeZone={project?.time_zone ?? undefined} onSend={send} />
    </Stack>
  );
}
