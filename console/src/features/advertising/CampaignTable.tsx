// Campaigns in a list, narrowed and sorted by the address: of a project, or of one advertiser.
import { Anchor, Button, Checkbox, Group, SegmentedControl, Select, Stack, Text } from '@mantine/core';
import { IconSpeakerphone } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { mayAs, type Project, useProject } from '@/shared/session/viewer';
import { EmptyState } from '@/shared/ui/EmptyState';
import { type Column, ListTable } from '@/shared/ui/ListTable';
import { money } from '@/shared/ui/number';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { SearchInput } from '@/shared/ui/SearchInput';
import { choice, page, text, useFilters } from '@/shared/url/filters';

import { useFlightText } from './audience';
import { ChosenBar } from './ChosenBar';
import { Delivered } from './Delivered';
import {
  type Campaign,
  PAGE_SIZE,
  SORTS,
  STAGES,
  type Status,
  STATUSES,
  useAdvertiserNames,
  useCampaigns,
  type WantedCampaigns,
} from './queries';
import { useCampaignStatus } from './campaignStatus';
import { StatusBadge, StatusSwitch } from './StatusBadge';

const address = { search: text, stage: choice(STAGES), status: choice(STATUSES), sort: choice(SORTS), page };

/** Campaigns that are chosen, by id. */
type Chosen = ReadonlySet<string>;
const NOBODY: Chosen = new Set();
const NO_ROWS: Campaign[] = [];

interface Props {
  projectId: string;
  advertiserId?: string;
}

export function CampaignTable({ projectId, advertiserId }: Props): ReactNode {
  const { t } = useTranslation();
  const project = useProject(projectId).data;
  const { values, change, clear } = useFilters(address);
  const { search, stage, status, sort } = values;
  const [chosen, setChosen] = useState(NOBODY);
  const campaigns = useCampaigns(
    projectId,
    said({ advertiser_id: advertiserId, search, stage, status, sort, page: values.page }),
  );
  const mayWork = mayAs(project, 'marketer');
  const rows = campaigns.data?.rows ?? NO_ROWS;
  const { mutate, variables, isPending, error } = useCampaignStatus(projectId);
  const pending = isPending ? variables.campaign.campaign_id : undefined;
  const working = useMemo<Working>(
    () => ({ chosen, setChosen, rows, pending, onStatus: (campaign, status) => mutate({ campaign, status }) }),
    [chosen, rows, pending, mutate],
  );
  const columns = useColumns(projectId, project, advertiserId !== undefined, mayWork ? working : undefined);
  const isNarrowed = [search, stage, status].some((filter) => filter !== undefined);
  return (
    <>
      <Group align="flex-start" gap="md" className="filter-bar">
        <SearchInput
          label={t('advertising.searchCampaigns')}
          value={search}
          onChange={(words) => change({ search: words })}
        />
        <Select
          aria-label={t('advertising.status.label')}
          placeholder={t('advertising.status.all')}
          data={STATUSES.map((value) => ({ value, label: t(`advertising.status.${value}`) }))}
          clearable
          value={status ?? null}
          onChange={(value) => change({ status: value ?? undefined })}
        />
        <Select
          aria-label={t('advertising.sort.label')}
          data={SORTS.map((value) => ({ value, label: t(`advertising.sort.${value}`) }))}
          value={sort ?? 'created'}
          onChange={(value) => change({ sort: value === 'created' || value === null ? undefined : value })}
          allowDeselect={false}
        />
      </Group>
      <Group mb="md">
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
      </Group>
      <ProblemAlert error={error} />
      {chosen.size > 0 && <ChosenBar projectId={projectId} chosen={chosen} onDone={() => setChosen(NOBODY)} />}
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

/** Without what is not said. */
function said(wanted: { [Name in keyof WantedCampaigns]: WantedCampaigns[Name] | undefined }): WantedCampaigns {
  return Object.fromEntries(
    Object.entries(wanted).filter(([, value]) => value !== undefined),
  ) as unknown as WantedCampaigns;
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

/** What it spent in all, and today where a day has a bound. */
function SpentOf({ campaign, currency }: { campaign: Campaign; currency: string }): ReactNode {
  const { t } = useTranslation();
  const { spent, spent_today: today, total_budget: total, daily_budget: daily } = campaign;
  const of = (done: number, limit: number): string =>
    t('advertising.ofLimit', { done: money(done, currency), limit: money(limit, currency) });
  return (
    <Stack gap={2} miw={96}>
      <Text size="sm" className="numeric" style={{ whiteSpace: 'nowrap' }}>
        {total == null ? money(spent, currency) : of(spent, total)}
      </Text>
      {daily != null && (
        <Text size="xs" c="dimmed" className="numeric" style={{ whiteSpace: 'nowrap' }}>
          {t('advertising.spend.ofToday', { spent: of(today, daily) })}
        </Text>
      )}
    </Stack>
  );
}

/** What whoever may work can do in the list. */
interface Working {
  chosen: Chosen;
  setChosen: (chosen: Chosen) => void;
  rows: Campaign[];
  /** The campaign whose state is being changed. */
  pending: string | undefined;
  onStatus: (campaign: Campaign, status: Status) => void;
}

function choiceColumn(
  { chosen, setChosen, rows }: Working,
  all: string,
  one: (title: string) => string,
): Column<Campaign> {
  const held = rows.filter(({ campaign_id }) => chosen.has(campaign_id)).length;
  return {
    id: 'choice',
    header: () => (
      <Checkbox
        aria-label={all}
        size="xs"
        checked={held > 0 && held === rows.length}
        indeterminate={held > 0 && held < rows.length}
        onChange={(event) => setChosen(changed(chosen, rows, event.currentTarget.checked))}
      />
    ),
    cell: ({ row: { original: campaign } }) => (
      <Checkbox
        aria-label={one(campaign.name ?? campaign.ad_title)}
        size="xs"
        checked={chosen.has(campaign.campaign_id)}
        onChange={(event) => setChosen(changed(chosen, [campaign], event.currentTarget.checked))}
      />
    ),
  };
}

/** With some more, or without them. */
function changed(chosen: Chosen, campaigns: Campaign[], isIn: boolean): Chosen {
  const next = new Set(chosen);
  for (const { campaign_id } of campaigns) {
    if (isIn) next.add(campaign_id);
    else next.delete(campaign_id);
  }
  return next;
}

function useColumns(
  projectId: string,
  project: Project | undefined,
  isOfOne: boolean,
  working: Working | undefined,
): Column<Campaign>[] {
  const { t } = useTranslation();
  const names = useAdvertiserNames(projectId);
  const flightText = useFlightText(project?.is_sandbox === true);
  const currency = project?.currency;
  return useMemo<Column<Campaign>[]>(() => {
    const one = (title: string): string => t('advertising.choose', { title });
    return [
      ...(working === undefined ? [] : [choiceColumn(working, t('advertising.chooseAll'), one)]),
      {
        id: 'title',
        header: t('advertising.campaign'),
        cell: ({ row: { original: campaign } }) => (
          <Stack gap={2} miw={150}>
            <Anchor
              component={Link}
              to="/projects/$projectId/campaigns/$campaignId"
              params={{ projectId, campaignId: campaign.campaign_id } as never}
              size="sm"
              fw={500}
            >
              {campaign.name ?? campaign.ad_title}
            </Anchor>
            {!isOfOne && (
              <Text size="xs" c="dimmed">
                {names.get(campaign.advertiser_id) ?? ' '}
              </Text>
            )}
          </Stack>
        ),
      },
      {
        id: 'stage',
        header: t('common.state'),
        cell: ({ row: { original } }) =>
          working === undefined ? (
            <StatusBadge campaign={original} />
          ) : (
            <StatusSwitch
              campaign={original}
              onStatus={working.onStatus}
              isPending={working.pending === original.campaign_id}
            />
          ),
      },
      {
        id: 'flight',
        header: t('advertising.flight'),
        cell: ({ row: { original } }) => (
          <Text size="sm" className="numeric">
            {flightText(original)}
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
      {
        id: 'spent',
        header: t('advertising.figure.spent'),
        cell: ({ row: { original } }) => currency !== undefined && <SpentOf campaign={original} currency={currency} />,
      },
    ];
  }, [t, projectId, currency, flightText, isOfOne, names, working]);
}
