// The library of creatives: what ads say and where they lead, found by their words.
import { Anchor, Badge, Button, Group, Modal, Stack, Text } from '@mantine/core';
import { IconPhoto, IconPlus } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { mayAs, useProject } from '@/shared/session/viewer';
import { AdPreview, AdThumbnail } from '@/shared/ui/AdPreview';
import { EmptyState } from '@/shared/ui/EmptyState';
import { type Column, ListTable } from '@/shared/ui/ListTable';
import { Moment } from '@/shared/ui/Moment';
import { NothingFound } from '@/shared/ui/NothingFound';
import { PageHeader } from '@/shared/ui/PageHeader';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { choice, page, text, useFilters, useProjectId } from '@/shared/url/filters';

import { changeCreative, type Creative, CREATIVE_SORTS, PAGE_SIZE, useAdsChanged, useCreatives } from './adQueries';
import { CreativeModal } from './CreativeModal';
import { ListFilters, wantedOf } from './ListFilters';
import { KEPT_STATUSES, type KeptStatus } from './queries';

const NEW = 'new';
const address = { search: text, status: choice(KEPT_STATUSES), sort: choice(CREATIVE_SORTS), page };

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
    mutationFn: ({ creative, status }: { creative: Creative; status: KeptStatus }) =>
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
      <ListFilters label={t('advertising.creatives.search')} sorts={CREATIVE_SORTS} values={values} change={change} />
      <ProblemAlert error={archiving.error} />
      <ListTable
        label={t('advertising.creatives.title')}
        columns={columns}
        query={creatives}
        rowId={(creative) => creative.creative_id}
        page={values.page}
        pageSize={PAGE_SIZE}
        onPage={(next) => change({ page: next })}
        empty={
          isNarrowed ? (
            <NothingFound icon={IconPhoto} onClear={clear} />
          ) : (
            <EmptyState
              icon={IconPhoto}
              title={t('advertising.creatives.none')}
              hint={t('advertising.creatives.noneHint')}
              action={create}
            />
          )
        }
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

interface Working {
  onEdit: (creativeId: string) => void;
  onStatus: (wanted: { creative: Creative; status: KeptStatus }) => void;
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
            {t(`advertising.creatives.state.${original.status as KeptStatus}`)}
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
