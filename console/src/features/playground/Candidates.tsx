// What a client would be shown, and why: every campaign with its score, or with what speaks against it. Counts nothing.
import { Anchor, Badge, List, Stack, Text, Title } from '@mantine/core';
import { IconSpeakerphone } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import { type Calendar, useReasonText } from '@/shared/advertising/reason';
import type { Project } from '@/shared/session/viewer';
import { EmptyState } from '@/shared/ui/EmptyState';
import { type Column, ListTable } from '@/shared/ui/ListTable';
import { NothingFound } from '@/shared/ui/NothingFound';
import { count } from '@/shared/ui/number';
import { SearchInput } from '@/shared/ui/SearchInput';
import { page, text, useFilters } from '@/shared/url/filters';
import { currentLanguage } from '@/shared/i18n/i18n';

import { type Candidate, PAGE_SIZE, useCandidates, useEpoch } from './queries';

const address = { search: text, page };

interface Props {
  project: Project;
  clientId: string;
}

/** Scores are compared, not added up: four digits tell them apart. */
function scoreText(score: number): string {
  return new Intl.NumberFormat(currentLanguage(), { maximumSignificantDigits: 4 }).format(score);
}

export function Candidates({ project, clientId }: Props): ReactNode {
  const { t } = useTranslation();
  const { values, change, clear } = useFilters(address);
  const { search, page } = values;
  const candidates = useCandidates(project.project_id, clientId, values);
  const columns = useColumns(project);
  return (
    <section aria-labelledby="candidates">
      <Title order={2} size="h4" id="candidates">
        {t('playground.candidates.title')}
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        {t('playground.candidates.lead')}
      </Text>
      <SearchInput
        label={t('playground.candidates.search')}
        value={search}
        onChange={(words) => change({ search: words })}
      />
      <ListTable
        label={t('playground.candidates.title')}
        columns={columns}
        query={candidates}
        rowId={(candidate) => candidate.campaign_id}
        page={page}
        pageSize={PAGE_SIZE}
        onPage={(next) => change({ page: next })}
        empty={
          search === undefined ? (
            <EmptyState
              icon={IconSpeakerphone}
              title={t('playground.candidates.none')}
              hint={t('advertising.noCampaignsHint')}
            />
          ) : (
            <NothingFound icon={IconSpeakerphone} onClear={clear} />
          )
        }
      />
    </section>
  );
}

function useColumns(project: Project): Column<Candidate>[] {
  const { t } = useTranslation();
  const epoch = useEpoch(project.project_id, project.is_sandbox);
  const calendar = useMemo<Calendar>(() => ({ project, epoch }), [project, epoch]);
  const textOf = useReasonText(calendar);
  return useMemo<Column<Candidate>[]>(
    () => [
      {
        id: 'campaign',
        header: t('advertising.campaign'),
        cell: ({ row: { original } }) => (
          <Stack gap={2} miw={160}>
            <Anchor
              component={Link}
              to="/projects/$projectId/campaigns/$campaignId"
              params={{ projectId: project.project_id, campaignId: original.campaign_id } as never}
              size="sm"
              fw={500}
            >
              {original.name ?? original.ad_title}
            </Anchor>
            {original.name != null && (
              <Text size="xs" c="dimmed">
                {original.ad_title}
              </Text>
            )}
          </Stack>
        ),
      },
      { id: 'verdict', header: t('playground.candidates.verdict'), cell: ({ row }) => <Verdict one={row.original} /> },
      {
        id: 'score',
        header: t('playground.candidates.score'),
        cell: ({ row: { original } }) => (
          <span className="numeric">{original.score == null ? '—' : scoreText(original.score)}</span>
        ),
      },
      {
        id: 'ml',
        header: t('playground.candidates.relevance'),
        cell: ({ row: { original } }) => <span className="numeric">{count(original.ml_score)}</span>,
      },
      {
        id: 'why',
        header: t('playground.candidates.why'),
        cell: ({ row: { original } }) => <Why one={original} textOf={textOf} />,
      },
    ],
    [t, project.project_id, textOf],
  );
}

function Verdict({ one }: { one: Candidate }): ReactNode {
  const { t } = useTranslation();
  if (one.is_chosen) {
    return (
      <Badge variant="light" color="green">
        {t('playground.candidates.chosen')}
      </Badge>
    );
  }
  const isRefused = one.reasons.length > 0;
  return (
    <Badge variant="light" color={isRefused ? 'gray' : 'blue'}>
      {t(isRefused ? 'playground.candidates.refused' : 'playground.candidates.candidate')}
    </Badge>
  );
}

function Why({ one, textOf }: { one: Candidate; textOf: ReturnType<typeof useReasonText> }): ReactNode {
  const { t } = useTranslation();
  if (one.reasons.length > 1) {
    return (
      <List size="sm" miw={260} maw={520}>
        {one.reasons.map((reason) => (
          <List.Item key={reason.reason}>{textOf(reason)}</List.Item>
        ))}
      </List>
    );
  }
  const [reason] = one.reasons;
  const outranked = one.is_chosen ? 'best' : 'outranked';
  const told = reason === undefined ? t(`playground.candidates.${outranked}`) : textOf(reason);
  return (
    <Stack gap={2} miw={260} maw={520}>
      <Text size="sm">{told}</Text>
      {one.is_repeat && reason === undefined && (
        <Text size="xs" c="dimmed">
          {t('playground.candidates.repeat')}
        </Text>
      )}
    </Stack>
  );
}
