// One message to a webhook: what was sent, what was answered; it can be sent once more.
import { Button, Code, Group, Modal, Stack, Text } from '@mantine/core';
import { IconRepeat } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { answer, api } from '@/shared/api/client';
import { Moment } from '@/shared/ui/Moment';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';

import type { Delivery, Event, State, Which } from './queries';
import { DeliveryState } from './states';

interface Props {
  which: Which;
  delivery: Delivery | undefined;
  onClose: () => void;
}

export function DeliveryModal({ which, delivery, onClose }: Props): ReactNode {
  const { t } = useTranslation();
  return (
    <Modal
      opened={delivery !== undefined}
      onClose={onClose}
      size="lg"
      title={
        delivery === undefined
          ? ''
          : t(`webhooks.event.${delivery.event as Event}.name`, { defaultValue: delivery.event })
      }
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      {delivery !== undefined && <Message which={which} delivery={delivery} />}
    </Modal>
  );
}

function Message({ which, delivery }: { which: Which; delivery: Delivery }): ReactNode {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const path = { ...which, deliveryId: delivery.delivery_id };
  const replaying = useMutation({
    mutationFn: () =>
      answer(
        api.POST('/api/v1/projects/{projectId}/webhooks/{webhookId}/deliveries/{deliveryId}/replay', {
          params: { path },
        }),
      ),
    onSettled: () => queries.invalidateQueries({ queryKey: ['webhooks', which.projectId, which.webhookId] }),
  });
  return (
    <Stack>
      <Group gap="sm">
        <DeliveryState state={delivery.state as State} />
        {typeof delivery.status_code === 'number' && <Code>{delivery.status_code}</Code>}
        <Text size="sm" c="dimmed">
          {t('webhooks.triedTimes', { count: delivery.attempts })}
        </Text>
      </Group>
      {(delivery.error ?? '') !== '' && (
        <div>
          <Text size="xs" c="dimmed">
            {t('webhooks.lastAnswer')}
          </Text>
          <Text size="sm" className="break-anywhere">
            {delivery.error}
          </Text>
        </div>
      )}
      <Text size="sm">
        {t('common.created')}: <Moment at={delivery.created_at} exact /> · {t('webhooks.tried')}:{' '}
        <Moment at={delivery.tried_at} exact />
      </Text>
      <Code block style={{ whiteSpace: 'pre-wrap' }} className="break-anywhere">
        {JSON.stringify(delivery.body, undefined, 2)}
      </Code>
      <Text size="xs" c="dimmed" className="break-anywhere">
        <Code>webhook-id</Code> {delivery.delivery_id}
      </Text>
      <ProblemAlert error={replaying.error} />
      <Group justify="flex-end">
        <Button
          variant="light"
          leftSection={<IconRepeat size={18} />}
          loading={replaying.isPending}
          disabled={delivery.state === 'pending'}
          onClick={() => replaying.mutate()}
        >
          {t('webhooks.replay')}
        </Button>
      </Group>
    </Stack>
  );
}
