// What the campaign of the ad on the stage has counted, as it moves.
import { Anchor, Card, Group, SimpleGrid, Skeleton, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { answer, api } from '@/shared/api/client';
import type { Project } from '@/shared/session/viewer';
import { count, money } from '@/shared/ui/number';

export function Counters({ campaignId, project }: { campaignId: string; project: Project }): ReactNode {
  const { t } = useTranslation();
  const projectId = project.project_id;
  const statistics = useQuery({
    queryKey: ['statistics', projectId, 'campaign', campaignId],
    queryFn: () =>
      answer(
        api.GET('/api/v1/projects/{projectId}/campaigns/{campaignId}/statistics', {
          params: { path: { projectId, campaignId }, query: { fill: 'none' } },
        }),
      ),
  });
  const total = statistics.data?.total;
  const figures = [
    ['impressions', total && count(total.impressions_count)],
    ['clicks', total && count(total.clicks_count)],
    ['spent', total && money(total.spent_total, project.currency)],
  ] as const;
  return (
    <Card padding="lg">
      <Group justify="space-between" mb="sm">
        <Text fw={600}>{t('playground.counted')}</Text>
        <Anchor
          component={Link}
          to="/projects/$projectId/campaigns/$campaignId"
          params={{ projectId, campaignId } as never}
          size="sm"
        >
          {t('playground.open')}
        </Anchor>
      </Group>
      <SimpleGrid cols={3}>
        {figures.map(([name, value]) => (
          <div key={name}>
            <Text size="xs" c="dimmed">
              {t(`advertising.figure.${name}`)}
            </Text>
            {value === undefined ? (
              <Skeleton height={26} width="60%" />
            ) : (
              <Text size="lg" fw={650} className="numeric" data-testid={`counted-${name}`}>
                {value}
              </Text>
            )}
          </div>
        ))}
      </SimpleGrid>
    </Card>
  );
}
