// What is done to several campaigns at once.
import { Button, Group, Paper, Stack, Text } from '@mantine/core';
import { IconArchive, IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { ProblemAlert } from '@/shared/ui/ProblemAlert';

import { actTogether, type Together, useCampaignsChanged } from './queries';

const ICONS = { pause: IconPlayerPause, resume: IconPlayerPlay, archive: IconArchive };

interface Props {
  projectId: string;
  chosen: ReadonlySet<string>;
  onDone: () => void;
}

export function ChosenBar({ projectId, chosen, onDone }: Props): ReactNode {
  const { t } = useTranslation();
  const changed = useCampaignsChanged(projectId);
  const acting = useMutation({
    mutationFn: (action: Together) => actTogether(projectId, [...chosen], action),
    onSuccess: onDone,
    onSettled: changed,
  });
  return (
    <Paper p="sm" mb="md" role="status">
      <Stack gap="sm">
        <Group justify="space-between">
          <Text size="sm" fw={500}>
            {t('advertising.chosen', { count: chosen.size })}
          </Text>
          <Group gap="sm">
            <Button variant="subtle" size="compact-md" onClick={onDone}>
              {t('clicks.unchoose')}
            </Button>
            {(['pause', 'resume', 'archive'] as const).map((action) => {
              const Icon = ICONS[action];
              return (
                <Button
                  key={action}
                  variant="default"
                  size="compact-md"
                  leftSection={<Icon size={16} />}
                  loading={acting.isPending && acting.variables === action}
                  disabled={acting.isPending}
                  onClick={() => acting.mutate(action)}
                >
                  {t(`advertising.${action}`)}
                </Button>
              );
            })}
          </Group>
        </Group>
        <ProblemAlert error={acting.error} />
      </Stack>
    </Paper>
  );
}
