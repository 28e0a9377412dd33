// The library of creatives: what ads say and where they lead, found by their words.
import { Anchor, Badge, Button, Group, Modal, Select, Stack, Text } from '@mantine/core';
import { IconPhoto, IconPlus } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { mayAs, useProject } from '@/shared/session/viewer';
import { AdPreview, AdThumbnail } from '@/shared/ui/AdPreview';
import { EmptyState } from '@/shared/ui/EmptyState';
import { type Column, ListTable } from '@/shared/ui/ListTable';
import { Moment } from '@/shared/ui/Moment';
import { PageHeader } from '@/shared/ui/PageHeader';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { SearchInput } from '@/shared/ui/SearchInput';
import { choice, page, text, useFilters, useProjectId } from '@/shared/url/filters';

import {
  changeCreative,
  type Creative,
  CREATIVE_SORTS,
  CREATIVE_STATUSES,
  type CreativeStatus,
  PAGE_SIZE,
  useAdsChanged,
  useCreatives,
  type WantedCreatives,
} from './adQueries';
import { CreativeModal } from './CreativeModal';

const NEW = 'new';
const address = { search: text, status: choice(CREATIVE_STATUSES), sort: choice(CREATIVE_SORTS), page };

export function CreativesPage(): ReactNode {
  const { t } = useTranslation();
  const projectId = useProjectId();
  const mayWork = mayAs(useProject(projectId).data, 'marketer');
  const { values, change, clear, isNarrowed } = useFilters(address);
  // The id of what is changed; of something new, `NEW`.
  const [edited, setEdited] = useState<string>();
  const [viewed, setViewed] = useState<Creative>();
  const creatives = useCreatives(projectId, wantedOf(values));
  const changed = useAdsChanged(projectId);
  const archiving = useMutation({
    mutationFn: ({ creative, status }: { creative: Creative; status: CreativeStatus }) =>
      changeCreative(projectId, creative, { status }),
    onSettled: changed,
  });
  const { mutate: onStatus } = archiving;
  const working = useMemo(() => (mayWork ? { onEdit: setEdited, onStatus } : undefined), [mayWork, onStatus]);
  const columns = useColumns(setViewed, working);
  const create = mayWork && (
    <Button leftSection={<IconPlus size={18} />} onClick={() => setEdited(NEW)}>
      {t('advertising.creatives.create')}
    </Button>
  );
  return (
    <>
      <PageHeader
        title={t('advertising.creatives.title')}
        description={t('advertising.creatives.lead')}
        actions={create}
      />
      <FilterBar values={values} change={change} />
      <ProblemAlert error={archiving.error} />
      <ListTable
        label={t('advertising.creatives.title')}
        columns={columns}
        query={creatives}
        rowId={(creative) => creative.creative_id}
        page={values.page}
        pageSize={PAGE_SIZE}
        onPage={(next) => change({ page: next })}
        empty={<Empty isNarrowed={isNarrowed} onClear={clear} create={create} />}
      />
      <PreviewModal creative={viewed} onClose={() => setViewed(undefined)} />
      {edited !== undefined && (
        <CreativeModal
          projectId={projectId}
          creative={creatives.data?.rows.find(({ creative_id }) => creative_id === edited)}
          onClose={() => setEdited(undefined)}
        />
      )}
    </>
  );
}

/** A creative as the client will see it, for whoever may not change it, too. */
function PreviewModal({ creative, onClose }: { creative: Creative | undefined; onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  return (
    <Modal
      opened={creative !== undefined}
      onClose={onClose}
      title={t('advertising.form.preview')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      {creative !== undefined && (
        <AdPreview
          title={creative.title}
          text={creative.text}
          landingUrl={creative.landing_url ?? undefined}
          imageUrl={creative.image_url ?? undefined}
        />
      )}
    </Modal>
  );
}

type Address = ReturnType<typeof useFilters<typeof address>>;

/** Without what is not said. */
function wantedOf({ page, search, status, sort }: Address['values']): WantedCreatives {
  return {
    page,
    ...(search === undefined ? {} : { search }),
    ...(status === undefined ? {} : { status }),
    ...(sort === undefined ? {} : { sort }),
  };
}

function FilterBar({ values, change }: Pick<Address, 'values' | 'change'>): ReactNode {
  const { t } = useTranslation();
  return (
    <Group align="flex-start" gap="md" className="filter-bar">
      <SearchInput
        label={t('advertising.creatives.search')}
        value={values.search}
        onChange={(words) => change({ search: words })}
      />
      <Select
        aria-label={t('common.state')}
        data={CREATIVE_STATUSES.map((value) => ({ value, label: t(`advertising.creatives.status.${value}`) }))}
        allowDeselect={false}
        value={values.status ?? 'active'}
        onChange={(value) => change({ status: value === 'active' ? undefined : value })}
      />
      <Select
        aria-label={t('advertising.sort.label')}
        data={CREATIVE_SORTS.map((value) => ({ value, label: t(`advertising.sort.${value}`) }))}
        allowDeselect={false}
        value={values.sort ?? 'created'}
        onChange={(value) => change({ sort: value === 'created' ? undefined : value })}
      />
    </Group>
  );
}

function Empty(props: { isNarrowed: boolean; onClear: () => void; create: ReactNode }): ReactNode {
  const { t } = useTranslation();
  const { isNarrowed, onClear, create } = props;
  const clear = (
    <Button variant="light" onClick={onClear}>
      {t('common.clearFilters')}
    </Button>
  );
  return (
    <EmptyState
      icon={IconPhoto}
      title={t(isNarrowed ? 'common.nothingFits' : 'advertising.creatives.none')}
      hint={t(isNarrowed ? 'common.nothingFitsHint' : 'advertising.creatives.noneHint')}
      action={isNarrowed ? clear : create}
    />
  );
}

interface Working {
  onEdit: (creativeId: string) => void;
  onStatus: (wanted: { creative: Creative; status: CreativeStatus }) => void;
}

function useColumns(onView: (creative: Creative) => void, working: Working | undefined): Column<Creative>[] {
  const { t } = useTranslation();
  return useMemo<Column<Creative>[]>(
    () => [
      {
        id: 'words',
        header: t('advertising.creatives.one'),
        cell: ({ row: { original } }) => (
          <Group gap="sm" wrap="nowrap" maw={520}>
            <AdThumbnail imageUrl={original.image_url} />
            <Stack gap={2} miw={200} align="flex-start">
              <Anchor component="button" type="button" size="sm" fw={500} ta="left" onClick={() => onView(original)}>
                {original.title}
              </Anchor>
              <Text size="xs" c="dimmed" lineClamp={2} className="break-anywhere">
                {original.text}
              </Text>
            </Stack>
          </Group>
        ),
      },
      {
        id: 'landing',
        header: t('field.landing_url'),
        cell: ({ row: { original } }) => (
          <Text size="sm" className="break-anywhere" maw={280} lineClamp={2}>
            {original.landing_url ?? t('advertising.ads.nowhere')}
          </Text>
        ),
      },
      {
        id: 'state',
        header: t('common.state'),
        cell: ({ row: { original } }) => (
          <Badge variant="light" color={original.status === 'active' ? 'green' : 'gray'}>
            {t(`advertising.creatives.state.${original.status as CreativeStatus}`)}
          </Badge>
        ),
      },
      { id: 'created', header: t('common.created'), cell: ({ row }) => <Moment at={row.original.created_at} dimmed /> },
      ...(working === undefined ? [] : [stepsColumn(working)]),
    ],
    [t, onView, working],
  );
}

function stepsColumn(working: Working): Column<Creative> {
  return { id: 'steps', header: '', cell: ({ row }) => <CreativeSteps creative={row.original} {...working} /> };
}

function CreativeSteps({ creative, onEdit, onStatus }: Working & { creative: Creative }): ReactNode {
  const { t } = useTranslation();
  const isArchived = creative.status === 'archived';
  return (
    <Group gap="xs" justify="flex-end" wrap="nowrap">
      <Button variant="default" size="xs" onClick={() => onEdit(creative.creative_id)}>
        {t('advertising.edit')}
      </Button>
      <Button
        variant="subtle"
        color="gray"
        size="xs"
        onClick={() => onStatus({ creative, status: isArchived ? 'active' : 'archived' })}
      >
        {t(isArchived ? 'advertising.restore' : 'advertising.archive')}
      </Button>
    </Group>
  );
}
