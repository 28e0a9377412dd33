// Where a webhook is and what it is told.
import { Alert, Badge, Card, Code, Group, SimpleGrid, Text } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { Moment } from '@/shared/ui/Moment';

import type { Event, Webhook } from './queries';

export function Terms({ webhook }: { webhook: Webhook }): ReactNode {
  const { t } = useTranslation();
  const rows: [string, ReactNode][] = [
    [
      t('webhooks.url'),
      <Code key="url" className="break-anywhere">
        {webhook.url}
      </Code>,
    ],
    [
      t('webhooks.events'),
      <Group key="events" gap={4}>
        {webhook.events.map((event) => (
          <Badge key={event} variant="light">
            {t(`webhooks.event.${event as Event}.name`, { defaultValue: event })}
          </Badge>
        ))}
      </Group>,
    ],
    [t('webhooks.description'), webhook.description === '' ? '—' : webhook.description],
    [t('webhooks.changed'), <Moment key="changed" at={webhook.updated_at} />],
  ];
  return (
    <Card padding="lg">
      {!webhook.is_enabled && (
        <Alert variant="light" color="gray" icon={<IconPlugConnectedX />} mb="md">
          {t('webhooks.offHint')}
        </Alert>
      )}
      <SimpleGrid cols={{ base: 1, sm: 2 }} component="dl" m={0}>
        {rows.map(([name, value]) => (
          <div key={name}>
            <Text component="dt" size="xs" c="dimmed">
              {name}
            </Text>
            <Text component="dd" size="sm" m={0} className="break-anywhere">
              {value}
            </Text>
          </div>
        ))}
      </SimpleGrid>
    </Card>
  );
}
