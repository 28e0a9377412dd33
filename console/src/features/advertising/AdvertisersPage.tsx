// Those who pay for campaigns.
import { Anchor, Badge, Button, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconBuildingStore, IconPlus } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { type ReactNode, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import * as v from 'valibot';

import { answer, api } from '@/shared/api/client';
import * as rules from '@/shared/form/rules';
import { useProblemForm } from '@/shared/form/useProblemForm';
import { mayAs, useProject } from '@/shared/session/viewer';
import { EmptyState } from '@/shared/ui/EmptyState';
import { FormEnd } from '@/shared/ui/FormEnd';
import { type Column, ListTable } from '@/shared/ui/ListTable';
import { NothingFound } from '@/shared/ui/NothingFound';
import { movement } from '@/shared/ui/number';
import { PageHeader } from '@/shared/ui/PageHeader';
import { choice, page, text, useFilters, useProjectId } from '@/shared/url/filters';

import { ListFilters, wantedOf } from './ListFilters';
import {
  type Advertiser,
  ADVERTISER_SORTS,
  type AdvertiserWithBalance,
  KEPT_STATUSES,
  PAGE_SIZE,
  useAdvertisers,
} from './queries';

const address = { search: text, status: choice(KEPT_STATUSES), sort: choice(ADVERTISER_SORTS), page };
export function AdvertisersPage(): ReactNode {
  const { t } = useTranslation();
  const projectId = useProjectId();
  const mayWork = mayAs(useProject(projectId).data, 'marketer');
  const { values, change, clear, isNarrowed } = useFilters(address);
  const [isCreating, { open, close }] = useDisclosure(false);
  const advertisers = useAdvertisers(projectId, wantedOf(values));
  const columns = useColumns(projectId);
  const create = (
    <Button leftSection={<IconPlus size={18} />} onClick={open}>
      {t('advertising.createAdvertiser')}
    </Button>
  );
  return (
    <>
      <PageHeader
        title={t('advertising.advertisers')}
        description={t('advertising.advertisersLead')}
        actions={mayWork && create}
      />
      <ListFilters
        label={t('advertising.searchAdvertisers')}
        sorts={ADVERTISER_SORTS}
        values={values}
        change={change}
      />
      <ListTable
        label={t('advertising.advertisers')}
        columns={columns}
        query={advertisers}
        rowId={(advertiser) => advertiser.advertiser_id}
        page={values.page}
        pageSize={PAGE_SIZE}
        onPage={(next) => change({ page: next })}
        empty={
          isNarrowed ? (
            <NothingFound icon={IconBuildingStore} onClear={clear} />
          ) : (
            <EmptyState
              icon={IconBuildingStore}
              title={t('advertising.noAdvertisers')}
              hint={t('advertising.noAdvertisersHint')}
              action={mayWork && create}
            />
          )
        }
      />
      <Modal
        opened={isCreating}
        onClose={close}
        title={t('advertising.createAdvertiser')}
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        <CreateAdvertiser projectId={projectId} onClose={close} />
      </Modal>
    </>
  );
}

function useColumns(projectId: string): Column<AdvertiserWithBalance>[] {
  const { t } = useTranslation();
  return useMemo<Column<AdvertiserWithBalance>[]>(
    () => [
      {
        id: 'name',
        header: t('advertising.advertiser'),
        cell: ({ row: { original: advertiser } }) => (
          <Anchor
            component={Link}
            to="/projects/$projectId/advertisers/$advertiserId"
            params={{ projectId, advertiserId: advertiser.advertiser_id } as never}
            size="sm"
            fw={500}
            miw={160}
          >
            {advertiser.name}
          </Anchor>
        ),
      },
      {
        id: 'balance',
        header: t('money.balance'),
        cell: ({ row: { original: advertiser } }) => (
          <Anchor
            component={Link}
            to={`/projects/${projectId}/advertisers/${advertiser.advertiser_id}/money` as never}
            size="sm"
            className="numeric"
            c={advertiser.balance < 0 ? 'var(--tone-bad)' : 'var(--mantine-color-text)'}
            style={{ whiteSpace: 'nowrap' }}
          >
            {movement(advertiser.balance, advertiser.currency)}
          </Anchor>
        ),
      },
      {
        id: 'spendable',
        header: t('money.spendable'),
        cell: ({ row: { original: advertiser } }) => (
          <Text
            size="sm"
            className="numeric"
            style={{ whiteSpace: 'nowrap' }}
            {...(advertiser.spendable === 0 ? { c: 'var(--tone-bad)' } : {})}
          >
            {typeof advertiser.spendable === 'number'
              ? movement(advertiser.spendable, advertiser.currency)
              : t('money.noLimit')}
          </Text>
        ),
      },
      {
        id: 'kind',
        header: t('money.terms.kind'),
        cell: ({ row }) => <Badge variant="light">{t(`money.kind.${row.original.account_kind as 'prepaid'}`)}</Badge>,
      },
    ],
    [t, projectId],
  );
}

const schema = v.object({ name: rules.name });

function CreateAdvertiser({ projectId, onClose }: { projectId: string; onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const { form, submit, sending, problem } = useProblemForm<{ name: string }, Advertiser>({
    initial: { name: '' },
    schema,
    send: (body) =>
      answer(api.POST('/api/v1/projects/{projectId}/advertisers', { params: { path: { projectId } }, body })),
    onSuccess: ({ advertiser_id }) => {
      void queries.invalidateQueries({ queryKey: ['advertisers', projectId] });
      void navigate({
        to: '/projects/$projectId/advertisers/$advertiserId',
        params: { projectId, advertiserId: advertiser_id } as never,
      });
    },
  });
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <TextInput label={t('advertising.name')} data-autofocus {...form.getInputProps('name')} />
        <FormEnd problem={problem} submit={t('advertising.create')} isSending={sending.isPending} onCancel={onClose} />
      </Stack>
    </form>
  );
}
