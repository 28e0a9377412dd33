// In what state webhooks and their messages are.
import { Badge } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import type { State } from './queries';

const COLORS: Record<State, string> = { pending: 'blue', delivered: 'green', failed: 'red' };

export function WebhookState({ isOn }: { isOn: boolean }): ReactNode {
  const { t } = useTranslation();
  return (
    <Badge variant="light" color={isOn ? 'green' : 'gray'}>
      {t(isOn ? 'webhooks.on' : 'webhooks.off')}
    </Badge>
  );
}

export function DeliveryState({ state }: { state: State }): ReactNode {
  const { t } = useTranslation();
  return (
    <Badge variant="light" color={COLORS[state]}>
      {t(`webhooks.state.${state}`)}
    </Badge>
  );
}
