// What a webhook was sent, and what became of it.
import { Button, Group, SegmentedControl, Text, Title } from '@mantine/core';
import { IconMailbox } from '@tabler/icons-react';
import { type ReactNode, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { EmptyState } from '@/shared/ui/EmptyState';
import { type Column, ListTable } from '@/shared/ui/ListTable';
import { Moment } from '@/shared/ui/Moment';
import { choice, page, useFilters } from '@/shared/url/filters';

import { DeliveryModal } from './DeliveryModal';
import { type Delivery, type Event, PAGE_SIZE, type State, STATES, useDeliveries, type Which } from './queries';
import { DeliveryState } from './states';

const address = { state: choice(STATES), page };

export function Deliveries({ which }: { which: Which }): ReactNode {
  const { t } = useTranslation();
  const { values, change, clear, isNarrowed } = useFilters(address);
  const deliveries = useDeliveries(which, {
    ...(values.state === undefined ? {} : { state: values.state }),
    page: values.page,
  });
  const [openedId, setOpenedId] = useState<string>();
  const columns = useColumns(setOpenedId);
  return (
    <div>
      <Title order={2} size="h3" mb="sm">
        {t('webhooks.deliveries')}
      </Title>
      <Group mb="md" style={{ overflowX: 'auto' }} wrap="nowrap">
        <SegmentedControl
          aria-label={t('common.state')}
          data={[
            { value: '', label: t('common.all') },
            ...STATES.map((state) => ({ value: state, label: t(`webhooks.state.${state}`) })),
          ]}
          value={values.state ?? ''}
          onChange={(state) => change({ state: state === '' ? undefined : state })}
        />
      </Group>
      <ListTable
        label={t('webhooks.deliveries')}
        columns={columns}
        query={deliveries}
        rowId={(delivery) => delivery.delivery_id}
        page={values.page}
        pageSize={PAGE_SIZE}
        onPage={(next) => change({ page: next })}
        empty={
          <EmptyState
            icon={IconMailbox}
            title={t(isNarrowed ? 'common.nothingFits' : 'webhooks.noDeliveries')}
            hint={t(isNarrowed ? 'common.nothingFitsHint' : 'webhooks.noDeliveriesHint')}
            action={
              isNarrowed && (
                <Button variant="light" onClick={clear}>
                  {t('common.clearFilters')}
                </Button>
              )
            }
          />
        }
      />
      <DeliveryModal
        which={which}
        delivery={deliveries.data?.rows.find(({ delivery_id }) => delivery_id === openedId)}
        onClose={() => setOpenedId(undefined)}
      />
    </div>
  );
}

function useColumns(onOpen: (deliveryId: string) => void): Column<Delivery>[] {
  const { t } = useTranslation();
  return useMemo<Column<Delivery>[]>(
    () => [
      {
        id: 'event',
        header: t('webhooks.told'),
        cell: ({ row: { original: delivery } }) => (
          <Text size="sm" fw={500} miw={160}>
            {t(`webhooks.event.${delivery.event as Event}.name`, { defaultValue: delivery.event })}
          </Text>
        ),
      },
      {
        id: 'state',
        header: t('common.state'),
        cell: ({ row }) => <DeliveryState state={row.original.state as State} />,
      },
      {
        id: 'answer',
        header: t('webhooks.answer'),
        cell: ({ row: { original: delivery } }) => <Answer delivery={delivery} />,
      },
      {
        id: 'attempts',
        header: t('webhooks.attempts'),
        cell: ({ row }) => (
          <Text size="sm" className="numeric">
            {row.original.attempts}
          </Text>
        ),
      },
      { id: 'tried', header: t('webhooks.tried'), cell: ({ row }) => <Moment at={row.original.tried_at} dimmed /> },
      {
        id: 'open',
        header: '',
        cell: ({ row }) => (
          <Button size="compact-sm" variant="subtle" onClick={() => onOpen(row.original.delivery_id)}>
            {t('jobs.open')}
          </Button>
        ),
      },
    ],
    [t, onOpen],
  );
}

/** The status of the last answer; why there was none is among the details. */
function Answer({ delivery }: { delivery: Delivery }): ReactNode {
  const { t } = useTranslation();
  const none = (delivery.error ?? '') === '' ? '—' : t('webhooks.noAnswer');
  return (
    <Text size="sm" c="dimmed" miw={110}>
      {delivery.status_code ?? none}
    </Text>
  );
}
