// How much of a limit is delivered.
import { Progress, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { count } from '@/shared/ui/number';

interface DeliveredProps {
  done: number;
  limit: number;
  label: string;
}

export function Delivered({ done, limit, label }: DeliveredProps): ReactNode {
  const { t } = useTranslation();
  return (
    <Stack gap={4} miw={88}>
      <Text size="sm" className="numeric" style={{ whiteSpace: 'nowrap' }}>
        {t('advertising.ofLimit', { done: count(done), limit: count(limit) })}
      </Text>
      <Progress value={limit === 0 ? 100 : (done / limit) * 100} size="xs" aria-label={label} />
    </Stack>
  );
}
