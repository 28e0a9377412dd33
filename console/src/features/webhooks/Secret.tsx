// The secret of a webhook, and what it is for.
import { Code, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { ShownOnce } from '@/shared/ui/ShownOnce';

export function Secret({ secret, onClose }: { secret: string; onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  return (
    <ShownOnce secret={secret} onClose={onClose}>
      <Text size="sm" c="dimmed">
        {t('webhooks.howToCheck')}
      </Text>
      <Code block style={{ whiteSpace: 'pre-wrap' }} className="break-anywhere">
        {'webhook-signature: v1,base64(HMAC-SHA256(secret, "{webhook-id}.{webhook-timestamp}.{body}"))'}
      </Code>
    </ShownOnce>
  );
}
