// The ads of a campaign: what each shows, how much of the shows it gets, and whether it is active.
import { ActionIcon, Anchor, Badge, Button, Group, Menu, NumberInput, Stack, Text, Title } from '@mantine/core';
import { IconDots, IconPhotoPlus, IconPlus } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Listed } from '@/shared/api/client';
import { mayAs, type Project } from '@/shared/session/viewer';
import { AdThumbnail } from '@/shared/ui/AdPreview';
import { EmptyState } from '@/shared/ui/EmptyState';
import { type Column, ListTable } from '@/shared/ui/ListTable';
import { NothingFound } from '@/shared/ui/NothingFound';
import { count, percent } from '@/shared/ui/number';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { SearchInput } from '@/shared/ui/SearchInput';
import { choice, page, text, useFilters } from '@/shared/url/filters';

import { AdModal } from './AdModal';
import {
  type Ad,
  type AdStatus,
  changeAd,
  MAX_WEIGHT,
  PAGE_SIZE,
  useAds,
  useAdsChanged,
  useAllAds,
  type WhoseAds,
} from './adQueries';
import { sharesOf } from './adShares';
import type { Campaign } from './queries';

/** What is archived is asked for by itself. */
const address = { search: text, status: choice(['archived']), page };
const NEW = 'new';
const COLORS: Record<AdStatus, string> = { active: 'green', paused: 'yellow', archived: 'gray' };

interface Props {
  campaign: Campaign;
  project: Project;
}

export function AdsCard({ campaign, project }: Props): ReactNode {
  const { t } = useTranslation();
  const { values, change, clear } = useFilters(address);
  const { search, page, status } = values;
  const withArchived = status === 'archived';
  // The id of what is changed; of something new, `NEW`.
  const [edited, setEdited] = useState<string>();
  const whose = { projectId: project.project_id, campaignId: campaign.campaign_id };
  const ads = useAds(whose, {
    page,
    ...(search === undefined ? {} : { search }),
    ...(status === undefined ? {} : { status }),
  });
  const mayWork = mayAs(project, 'marketer');
  const changing = useAdChange(project.project_id);
  const rows = ads.data?.rows;
  const { mutate: onChange } = changing;
  // The same one as long as nothing changes: a cell that is typed into stays.
  const working = useMemo(() => (mayWork ? { onEdit: setEdited, onChange } : undefined), [mayWork, onChange]);
  const columns = useColumns(useShares(whose, ads.data, search), project, working);
  const create = (
    <Button variant="light" leftSection={<IconPlus size={18} />} onClick={() => setEdited(NEW)}>
      {t('advertising.ads.create')}
    </Button>
  );
  return (
    <section aria-labelledby="ads">
      <Head
        withArchived={withArchived}
        onArchived={() => change({ status: withArchived ? undefined : 'archived' })}
        create={mayWork ? create : undefined}
      />
      <SearchInput label={t('advertising.ads.search')} value={search} onChange={(words) => change({ search: words })} />
      <ProblemAlert error={changing.error} />
      <ListTable
        label={t('advertising.ads.title')}
        columns={columns}
        query={ads}
        rowId={(ad) => ad.ad_id}
        page={page}
        pageSize={PAGE_SIZE}
        onPage={(next) => change({ page: next })}
        empty={
          search === undefined ? (
            <Empty withArchived={withArchived} create={mayWork ? create : undefined} />
          ) : (
            <NothingFound icon={IconPhotoPlus} onClear={clear} />
          )
        }
      />
      {edited !== undefined && (
        <AdModal whose={whose} ad={rows?.find(({ ad_id }) => ad_id === edited)} onClose={() => setEdited(undefined)} />
      )}
    </section>
  );
}

interface HeadProps {
  withArchived: boolean;
  onArchived: () => void;
  create: ReactNode;
}

function Head({ withArchived, onArchived, create }: HeadProps): ReactNode {
  const { t } = useTranslation();
  return (
    <Group justify="space-between" mb="sm">
      <div>
        <Title order={2} size="h4" id="ads">
          {t('advertising.ads.title')}
        </Title>
        <Text size="sm" c="dimmed">
          {t('advertising.ads.lead')}
        </Text>
      </div>
      <Group gap="sm">
        <Button variant="subtle" color="gray" onClick={onArchived}>
          {t(withArchived ? 'advertising.ads.showCurrent' : 'advertising.ads.showArchived')}
        </Button>
        {create}
      </Group>
    </Group>
  );
}

function Empty({ withArchived, create }: { withArchived: boolean; create: ReactNode }): ReactNode {
  const { t } = useTranslation();
  return (
    <EmptyState
      icon={IconPhotoPlus}
      title={t(withArchived ? 'advertising.ads.noArchived' : 'advertising.ads.none')}
      hint={t('advertising.ads.noneHint')}
      action={!withArchived && create}
    />
  );
}

interface Wanted {
  ad: Ad;
  change: { status: AdStatus } | { weight: number };
}

function useAdChange(projectId: string): { mutate: (wanted: Wanted) => void; error: unknown } {
  const changed = useAdsChanged(projectId);
  return useMutation({
    mutationFn: ({ ad, change }: Wanted) => changeAd(projectId, ad, change),
    onSettled: changed,
  });
}

interface Working {
  onEdit: (adId: string) => void;
  onChange: (wanted: Wanted) => void;
}

/** Shares are shares of all, of which a search or a page shows but a part. */
function useShares(whose: WhoseAds, shown: Listed<Ad> | undefined, search: string | undefined): Map<string, number> {
  const isPart = search !== undefined || (shown !== undefined && shown.total > shown.rows.length);
  const all = useAllAds(whose, isPart).data;
  const ads = (isPart ? all : shown)?.rows;
  return useMemo(() => sharesOf(ads ?? []), [ads]);
}

function useColumns(shares: Map<string, number>, project: Project, working: Working | undefined): Column<Ad>[] {
  const { t } = useTranslation();
  return useMemo<Column<Ad>[]>(() => {
    return [
      { id: 'ad', header: t('advertising.ads.one'), cell: ({ row }) => <What ad={row.original} project={project} /> },
      { id: 'status', header: t('common.state'), cell: ({ row }) => <AdBadge ad={row.original} /> },
      {
        id: 'weight',
        header: t('field.weight'),
        cell: ({ row: { original: ad } }) =>
          working === undefined ? (
            <span className="numeric">{count(ad.weight)}</span>
          ) : (
            <WeightInput key={ad.weight} ad={ad} onChange={working.onChange} />
          ),
      },
      {
        id: 'share',
        header: t('advertising.ads.share'),
        cell: ({ row }) => {
          const share = shares.get(row.original.ad_id);
          return <span className="numeric">{share === undefined ? '—' : percent(share)}</span>;
        },
      },
      ...(working === undefined ? [] : [stepsColumn(working)]),
    ];
  }, [t, shares, project, working]);
}

function stepsColumn(working: Working): Column<Ad> {
  return { id: 'steps', header: '', cell: ({ row }) => <AdSteps ad={row.original} {...working} /> };
}

/** A weight is changed where it stands: when it is left, or by Enter. */
function WeightInput({ ad, onChange }: { ad: Ad; onChange: Working['onChange'] }): ReactNode {
  const { t } = useTranslation();
  const [weight, setWeight] = useState<number | string>(ad.weight);
  const isRight = typeof weight === 'number' && weight >= 1 && weight <= MAX_WEIGHT;
  const send = (): void => {
    if (isRight && weight !== ad.weight) onChange({ ad, change: { weight } });
  };
  return (
    <NumberInput
      aria-label={t('advertising.ads.weightOf', { title: ad.name ?? ad.creative.title })}
      w={96}
      size="xs"
      min={1}
      max={MAX_WEIGHT}
      allowDecimal={false}
      value={weight}
      error={!isRight}
      onChange={setWeight}
      onBlur={send}
      onKeyDown={(event) => {
        if (event.key === 'Enter') event.currentTarget.blur();
      }}
    />
  );
}

function What({ ad, project }: { ad: Ad; project: Project }): ReactNode {
  const { creative } = ad;
  return (
    <Group gap="sm" wrap="nowrap" maw={460}>
      <AdThumbnail imageUrl={creative.image_url} />
      <Stack gap={2} miw={180}>
        <Anchor
          component={Link}
          to="/projects/$projectId/campaigns/$campaignId/ads/$adId"
          params={{ projectId: project.project_id, campaignId: ad.campaign_id, adId: ad.ad_id } as never}
          size="sm"
          fw={500}
          className="break-anywhere"
        >
          {ad.name ?? creative.title}
        </Anchor>
        <Text size="xs" c="dimmed" lineClamp={2} className="break-anywhere">
          {ad.name == null ? creative.text : `${creative.title} · ${creative.text}`}
        </Text>
      </Stack>
    </Group>
  );
}

export function AdBadge({ ad }: { ad: Pick<Ad, 'status'> }): ReactNode {
  const { t } = useTranslation();
  const status = ad.status as AdStatus;
  return (
    <Badge variant="light" color={COLORS[status]}>
      {t(`advertising.ads.status.${status}`)}
    </Badge>
  );
}

function AdSteps({ ad, onEdit, onChange }: Working & { ad: Ad }): ReactNode {
  const { t } = useTranslation();
  const become = (status: AdStatus): void => onChange({ ad, change: { status } });
  return (
    <Group gap="xs" justify="flex-end" wrap="nowrap">
      <Button variant="default" size="xs" onClick={() => onEdit(ad.ad_id)}>
        {t('advertising.edit')}
      </Button>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t('advertising.ads.steps', { title: ad.name ?? ad.creative.title })}
          >
            <IconDots size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {ad.status === 'active' && <Menu.Item onClick={() => become('paused')}>{t('advertising.pause')}</Menu.Item>}
          {ad.status === 'paused' && <Menu.Item onClick={() => become('active')}>{t('advertising.resume')}</Menu.Item>}
          <Menu.Item onClick={() => become(ad.status === 'archived' ? 'paused' : 'archived')}>
            {t(ad.status === 'archived' ? 'advertising.restore' : 'advertising.archive')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </Group>
  );
}
