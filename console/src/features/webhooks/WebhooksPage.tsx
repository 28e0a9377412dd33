// Addresses of one's own that are told what happens in the project.
import { Anchor, Badge, Button, Group, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus, IconWebhook } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import { EmptyState } from '@/shared/ui/EmptyState';
import { FOUND_PAGE_SIZE, useFound } from '@/shared/ui/found';
import { type Column, ListTable } from '@/shared/ui/ListTable';
import { Moment } from '@/shared/ui/Moment';
import { NothingFound } from '@/shared/ui/NothingFound';
import { PageHeader } from '@/shared/ui/PageHeader';
import { SearchInput } from '@/shared/ui/SearchInput';
import { page, text, useFilters, useProjectId } from '@/shared/url/filters';

import { CreateWebhookModal } from './CreateWebhookModal';
import { type Event, useWebhooks, type Webhook } from './queries';
import { WebhookState } from './states';

const address = { search: text, page };
const wordsOf = ({ url, description }: Webhook): string[] => [url, description];

export function WebhooksPage(): ReactNode {
  const { t } = useTranslation();
  const projectId = useProjectId();
  const { values, change, clear, isNarrowed } = useFilters(address);
  const webhooks = useWebhooks(projectId);
  const found = useFound(webhooks, values, wordsOf);
  const [isCreating, { open, close }] = useDisclosure(false);
  const columns = useColumns(projectId);
  const create = (
    <Button leftSection={<IconPlus size={18} />} onClick={open}>
      {t('webhooks.create')}
    </Button>
  );
  return (
    <>
      <PageHeader title={t('webhooks.title')} description={t('webhooks.lead')} actions={create} />
      <SearchInput label={t('webhooks.search')} value={values.search} onChange={(search) => change({ search })} />
      <ListTable
        label={t('webhooks.title')}
        columns={columns}
        query={found}
        page={values.page}
        pageSize={FOUND_PAGE_SIZE}
        onPage={(next) => change({ page: next })}
        rowId={(webhook) => webhook.webhook_id}
        empty={
          isNarrowed ? (
            <NothingFound icon={IconWebhook} onClear={clear} />
          ) : (
            <EmptyState icon={IconWebhook} title={t('webhooks.none')} hint={t('webhooks.noneHint')} action={create} />
          )
        }
      />
      <CreateWebhookModal projectId={projectId} isOpen={isCreating} onClose={close} />
    </>
  );
}

function useColumns(projectId: string): Column<Webhook>[] {
  const { t } = useTranslation();
  return useMemo<Column<Webhook>[]>(
    () => [
      {
        id: 'url',
        header: t('webhooks.url'),
        cell: ({ row: { original: webhook } }) => (
          <Stack gap={2} miw={220}>
            <Anchor
              component={Link}
              to="/projects/$projectId/webhooks/$webhookId"
              params={{ projectId, webhookId: webhook.webhook_id } as never}
              size="sm"
              fw={500}
              className="break-anywhere"
            >
              {webhook.url}
            </Anchor>
            {webhook.description !== '' && (
              <Text size="xs" c="dimmed">
                {webhook.description}
              </Text>
            )}
          </Stack>
        ),
      },
      {
        id: 'events',
        header: t('webhooks.events'),
        cell: ({ row: { original: webhook } }) => (
          <Group gap={4}>
            {webhook.events.map((event) => (
              <Badge key={event} variant="light">
                {t(`webhooks.event.${event as Event}.name`, { defaultValue: event })}
              </Badge>
            ))}
          </Group>
        ),
      },
      { id: 'state', header: t('common.state'), cell: ({ row }) => <WebhookState isOn={row.original.is_enabled} /> },
      { id: 'created', header: t('common.created'), cell: ({ row }) => <Moment at={row.original.created_at} dimmed /> },
    ],
    [t, projectId],
  );
}
