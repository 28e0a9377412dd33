// One webhook: its terms, and everything that it was sent of late.
import { Skeleton, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { PageHeader } from '@/shared/ui/PageHeader';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { usePathPart, useProjectId } from '@/shared/url/filters';

import { Deliveries } from './Deliveries';
import { useWebhook } from './queries';
import { WebhookState } from './states';
import { Steps } from './Steps';
import { Terms } from './Terms';

const TERMS_PX = 120;

export function WebhookPage(): ReactNode {
  const { t } = useTranslation();
  const which = { projectId: useProjectId(), webhookId: usePathPart('webhookId') };
  const webhook = useWebhook(which);
  const found = webhook.data;
  if (found === undefined && webhook.error !== null) {
    return <ProblemAlert error={webhook.error} onRetry={() => void webhook.refetch()} />;
  }
  return (
    <>
      <PageHeader
        title={found === undefined ? ' ' : nameOf(found.url)}
        badge={found !== undefined && <WebhookState isOn={found.is_enabled} />}
        description={t('webhooks.webhook')}
        actions={found !== undefined && <Steps which={which} webhook={found} />}
      />
      <Stack gap="xl">
        {found === undefined ? <Skeleton height={TERMS_PX} /> : <Terms webhook={found} />}
        <Deliveries which={which} />
      </Stack>
    </>
  );
}

/** Where it is, short enough for a heading. */
function nameOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}
