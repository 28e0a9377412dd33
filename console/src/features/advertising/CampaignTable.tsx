// Campaigns in a list, narrowed and sorted by the address: of a project, or of one advertiser.
import { Anchor, Badge, Button, Group, Progress, SegmentedControl, Select, Stack, Text } from '@mantine/core';
import { IconSpeakerphone } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import { mayAs, type Project, useProject } from '@/shared/session/viewer';
import { dayText } from '@/shared/ui/day';
import { EmptyState } from '@/shared/ui/EmptyState';
import { type Column, ListTable } from '@/shared/ui/ListTable';
import { count } from '@/shared/ui/number';
import { SearchInput } from '@/shared/ui/SearchInput';
import { choice, page, text, useFilters } from '@/shared/url/filters';

import { type Campaign, PAGE_SIZE, SORTS, type Stage, STAGES, useAdvertiserNames, useCampaigns } from './queries';

const COLORS: Record<Stage, string> = { upcoming: 'blue', running: 'green', full: 'orange', over: 'gray' };
const address = { search: text, stage: choice(STAGES), sort: choice(SORTS), page };

interface Props {
  projectId: string;
  advertiserId?: string;
}

export function CampaignTable({ projectId, advertiserId }: Props): ReactNode {
  const { t } = useTranslation();
  const project = useProject(projectId).data;
  const { values, change, clear } = useFilters(address);
  const { search, stage, sort } = values;
  const campaigns = useCampaigns(projectId, {
    ...(advertiserId === undefined ? {} : { advertiser_id: advertiserId }),
    ...(search === undefined ? {} : { search }),
    ...(stage === undefined ? {} : { stage }),
    ...(sort === undefined ? {} : { sort }),
    page: values.page,
  });
  const columns = useColumns(projectId, project, advertiserId !== undefined);
  const isNarrowed = search !== undefined || stage !== undefined;
  return (
    <>
      <Group align="flex-end" justify="space-between" mb="md" gap="md">
        <Group gap="md" style={{ overflowX: 'auto' }}>
          <SegmentedControl
            aria-label={t('common.state')}
            data={[
              { value: '', label: t('common.all') },
              ...STAGES.map((value) => ({ value, label: t(`advertising.stage.${value}`) })),
            ]}
            value={stage ?? ''}
            onChange={(value) => change({ stage: value === '' ? undefined : value })}
          />
        </Group>
        <Select
          aria-label={t('advertising.sort.label')}
          data={SORTS.map((value) => ({ value, label: t(`advertising.sort.${value}`) }))}
          value={sort ?? 'created'}
          onChange={(value) => change({ sort: value === 'created' || value === null ? undefined : value })}
          allowDeselect={false}
        />
      </Group>
      <SearchInput
        label={t('advertising.searchCampaigns')}
        value={search}
        onChange={(words) => change({ search: words })}
      />
      <ListTable
        label={t('advertising.campaigns')}
        columns={columns}
        query={campaigns}
        rowId={(campaign) => campaign.campaign_id}
        page={values.page}
        pageSize={PAGE_SIZE}
        onPage={(next) => change({ page: next })}
        empty={<Empty isNarrowed={isNarrowed} onClear={clear} projectId={projectId} project={project} />}
      />
    </>
  );
}

interface EmptyProps {
  isNarrowed: boolean;
  onClear: () => void;
  projectId: string;
  project: Project | undefined;
}

function Empty({ isNarrowed, onClear, projectId, project }: EmptyProps): ReactNode {
  const { t } = useTranslation();
  if (isNarrowed) {
    const action = (
      <Button variant="light" onClick={onClear}>
        {t('common.clearFilters')}
      </Button>
    );
    return (
      <EmptyState
        icon={IconSpeakerphone}
        title={t('common.nothingFits')}
        hint={t('common.nothingFitsHint')}
        action={action}
      />
    );
  }
  const action = mayAs(project, 'marketer') && (
    <Button component={Link} to={`/projects/${projectId}/campaigns/new` as never} variant="light">
      {t('advertising.createCampaign')}
    </Button>
  );
  return (
    <EmptyState
      icon={IconSpeakerphone}
      title={t('advertising.noCampaigns')}
      hint={t('advertising.noCampaignsHint')}
      action={action}
    />
  );
}

function useColumns(projectId: string, project: Project | undefined, isOfOne: boolean): Column<Campaign>[] {
  const { t } = useTranslation();
  const names = useAdvertiserNames(projectId);
  return useMemo<Column<Campaign>[]>(() => {
    const isSandbox = project?.is_sandbox === true;
    return [
      {
        id: 'title',
        header: t('advertising.campaign'),
        cell: ({ row: { original: campaign } }) => (
          <Stack gap={2} miw={180}>
            <Anchor
              component={Link}
              to="/projects/$projectId/campaigns/$campaignId"
              params={{ projectId, campaignId: campaign.campaign_id } as never}
              size="sm"
              fw={500}
            >
              {campaign.ad_title}
            </Anchor>
            {!isOfOne && (
              <Text size="xs" c="dimmed">
                {names.get(campaign.advertiser_id) ?? ' '}
              </Text>
            )}
          </Stack>
        ),
      },
      { id: 'stage', header: t('common.state'), cell: ({ row }) => <StageBadge stage={row.original.stage as Stage} /> },
      {
        id: 'flight',
        header: t('advertising.flight'),
        cell: ({ row: { original } }) => (
          <Text size="sm" className="numeric" style={{ whiteSpace: 'nowrap' }}>
            {dayText(original.start_day, isSandbox)} –{' '}
            {original.end_day == null ? '…' : dayText(original.end_day, isSandbox)}
          </Text>
        ),
      },
      {
        id: 'impressions',
        header: t('advertising.figure.impressions'),
        cell: ({ row: { original } }) => (
          <Delivered
            done={original.impressions_count}
            limit={original.impressions_limit}
            label={t('advertising.figure.impressions')}
          />
        ),
      },
      {
        id: 'clicks',
        header: t('advertising.figure.clicks'),
        cell: ({ row: { original } }) => (
          <Delivered
            done={original.clicks_count}
            limit={original.clicks_limit}
            label={t('advertising.figure.clicks')}
          />
        ),
      },
    ];
  }, [t, projectId, project?.is_sandbox, isOfOne, names]);
}

export function StageBadge({ stage }: { stage: Stage }): ReactNode {
  const { t } = useTranslation();
  return (
    <Badge variant="light" color={COLORS[stage]}>
      {t(`advertising.stage.${stage}`)}
    </Badge>
  );
}

interface DeliveredProps {
  done: number;
  limit: number;
  label: string;
}

export function Delivered({ done, limit, label }: DeliveredProps): ReactNode {
  const { t } = useTranslation();
  return (
    <Stack gap={4} miw={110}>
      <Text size="sm" className="numeric" style={{ whiteSpace: 'nowrap' }}>
        {t('advertising.ofLimit', { done: count(done), limit: count(limit) })}
      </Text>
      <Progress value={limit === 0 ? 100 : (done / limit) * 100} size="xs" aria-label={label} />
    </Stack>
  );
}
