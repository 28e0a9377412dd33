// Says that the server is away, when it is asked again, and lets people ask now. What they see stays on the screen.
import { Button, Group, Paper, Text, Transition } from '@mantine/core';
import { useInterval } from '@mantine/hooks';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { type ReactNode, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { tryNow, useConnection } from '../api/connection';

export function ConnectionBanner(): ReactNode {
  const { t } = useTranslation();
  const { isUp, isTrying, nextAttemptAt } = useConnection();
  const [now, setNow] = useState(() => Date.now());
  const { start, stop } = useInterval(() => setNow(Date.now()), 500);
  useEffect(() => {
    if (isUp) stop();
    else start();
    return stop;
  }, [isUp, start, stop]);
  const seconds = Math.max(0, Math.ceil((nextAttemptAt - now) / 1_000));
  return (
    <Transition mounted={!isUp} transition="slide-down">
      {(style) => (
        <Paper
          role="alert"
          shadow="md"
          px="md"
          py="xs"
          pos="fixed"
          top={12}
          left={0}
          right={0}
          mx="auto"
          w="fit-content"
          maw="calc(100vw - 2rem)"
          style={{ ...style, zIndex: 1_000 }}
        >
          <Group gap="md">
            <IconPlugConnectedX size={20} color="var(--mantine-color-red-filled)" aria-hidden />
            <Text size="sm" className="numeric">
              {t('connection.away')} {isTrying ? t('connection.trying') : t('connection.again', { seconds })}
            </Text>
            <Button size="compact-sm" variant="light" loading={isTrying} onClick={() => void tryNow()}>
              {t('connection.now')}
            </Button>
          </Group>
        </Paper>
      )}
    </Transition>
  );
}
