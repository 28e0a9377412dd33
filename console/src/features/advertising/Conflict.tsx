// Somebody else has changed the campaign while its form was open: what they changed, and how to go on. Nothing typed is lost.
import { Alert, Button, Group, Skeleton, Stack, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { answer, api } from '@/shared/api/client';
import type { Project } from '@/shared/session/viewer';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';

import { useAudienceText } from './audience';
import { bodyOf, differing, isSame, type Values, valuesOf } from './campaignValues';
import type { Campaign } from './queries';

interface Props {
  project: Project;
  /** What the form began with. */
  before: Campaign;
  mine: Values;
  onMine: (theirs: Campaign) => void;
  onTheirs: (theirs: Campaign) => void;
}

export function Conflict({ project, before, mine, onMine, onTheirs }: Props): ReactNode {
  const { t } = useTranslation();
  const path = { projectId: project.project_id, campaignId: before.campaign_id };
  const newest = useQuery({
    queryKey: ['campaign', project.project_id, before.campaign_id, 'conflict', before.version],
    queryFn: () => answer(api.GET('/api/v1/projects/{projectId}/campaigns/{campaignId}', { params: { path } })),
    staleTime: 0,
    gcTime: 0,
  });
  const theirs = newest.data;
  if (newest.error !== null) return <ProblemAlert error={newest.error} onRetry={() => void newest.refetch()} />;
  return (
    <Alert color="orange" variant="light" title={t('problem.version-conflict.title')} role="alert">
      <Stack gap="sm">
        <Text size="sm">{t('advertising.conflict.hint')}</Text>
        {theirs === undefined ? (
          <Skeleton height={80} />
        ) : (
          <>
            <Changes project={project} before={before} theirs={theirs} mine={mine} />
            <Group gap="sm">
              <Button size="xs" onClick={() => onMine(theirs)}>
                {t('advertising.conflict.keepMine')}
              </Button>
              <Button size="xs" variant="default" onClick={() => onTheirs(theirs)}>
                {t('advertising.conflict.takeTheirs')}
              </Button>
            </Group>
          </>
        )}
      </Stack>
    </Alert>
  );
}

interface ChangesProps {
  project: Project;
  before: Campaign;
  theirs: Campaign;
  mine: Values;
}

function Changes({ project, before, theirs, mine }: ChangesProps): ReactNode {
  const { t } = useTranslation();
  const shown = useValueText();
  const isSandbox = project.is_sandbox;
  const [first, other] = [valuesOf(before, isSandbox), valuesOf(theirs, isSandbox)];
  const names = differing(other, first);
  if (names.length === 0) return <Text size="sm">{t('advertising.conflict.elsewhere')}</Text>;
  return (
    <Table.ScrollContainer minWidth={0}>
      <Table aria-label={t('advertising.conflict.changes')} verticalSpacing={4}>
        <Table.Thead>
          <Table.Tr>
            {(['field', 'was', 'theirs', 'mine'] as const).map((column) => (
              <Table.Th key={column}>{t(`advertising.conflict.${column}`)}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {names.map((name) => (
            <Table.Tr key={String(name)}>
              <Table.Td>{t(`field.${name as 'name'}`)}</Table.Td>
              <Table.Td>{shown(name, first, isSandbox)}</Table.Td>
              <Table.Td>{shown(name, other, isSandbox)}</Table.Td>
              <Table.Td>
                {isSame(mine[name], first[name]) ? t('advertising.conflict.untouched') : shown(name, mine, isSandbox)}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

/** A value of the form as people read it. */
function useValueText(): (name: keyof Values, values: Values, isSandbox: boolean) => string {
  const { t } = useTranslation();
  const audience = useAudienceText();
  return (name, values, isSandbox) => {
    const { frequency_cap: cap, pacing, isDraft } = values;
    const special: Partial<Record<keyof Values, string>> = {
      targeting: audience(bodyOf(values, isSandbox).targeting),
      pacing: t(`advertising.pacing.${pacing}`),
      isDraft: t(`advertising.status.${isDraft ? 'draft' : 'active'}`),
      frequency_cap: cap.impressions === '' ? '—' : `${cap.impressions}: ${t(`advertising.window.${cap.per}`)}`,
      end_date: values.end_date === '' ? t('advertising.openEnd') : String(values.end_date),
    };
    const plain = `${(values[name] ?? '') as string | number}`;
    return special[name] ?? (plain === '' ? '—' : plain);
  };
}
