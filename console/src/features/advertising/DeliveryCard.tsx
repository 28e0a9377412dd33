// Whether a campaign is given now, and everything that keeps it from that: with its numbers, when it ends, and where to change it.
import { Anchor, Card, Group, List, Skeleton, Stack, Text, ThemeIcon, Title } from '@mantine/core';
import { IconCheck, IconClockPause } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import { type Calendar, type Reason, useReasonText } from '@/shared/advertising/reason';
import { mayAs, type Project } from '@/shared/session/viewer';
import { dayOfIso } from '@/shared/ui/day';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';

import { type Campaign, useDelivery } from './queries';

interface Props {
  campaign: Campaign;
  project: Project;
}

export function DeliveryCard({ campaign, project }: Props): ReactNode {
  const { t } = useTranslation();
  const delivery = useDelivery(project.project_id, campaign.campaign_id);
  const found = delivery.data;
  return (
    <Card padding="lg">
      <Title order={2} size="h4" mb="sm">
        {t(found?.is_delivering === false ? 'advertising.delivery.whyNot' : 'advertising.delivery.title')}
      </Title>
      <ProblemAlert error={delivery.error} onRetry={() => void delivery.refetch()} />
      {found === undefined && delivery.error === null && <Skeleton height={64} />}
      {found?.is_delivering === true && <Given />}
      {found?.is_delivering === false && <Reasons reasons={found.reasons} campaign={campaign} project={project} />}
    </Card>
  );
}

function Given(): ReactNode {
  const { t } = useTranslation();
  return (
    <Group gap="sm" wrap="nowrap" align="flex-start">
      <ThemeIcon variant="light" color="green" radius="xl" aria-hidden>
        <IconCheck size={18} />
      </ThemeIcon>
      <Stack gap={2}>
        <Text fw={550}>{t('advertising.delivery.given')}</Text>
        <Text size="sm" c="dimmed">
          {t('advertising.delivery.givenHint')}
        </Text>
      </Stack>
    </Group>
  );
}

function Reasons({ reasons, campaign, project }: Props & { reasons: Reason[] }): ReactNode {
  const { t } = useTranslation();
  const calendar = useMemo<Calendar>(
    () => ({ project, epoch: (dayOfIso(campaign.start_date) ?? 0) - campaign.start_day }),
    [project, campaign.start_date, campaign.start_day],
  );
  const textOf = useReasonText(calendar);
  const icon = (
    <ThemeIcon variant="light" color="orange" radius="xl" aria-hidden>
      <IconClockPause size={18} />
    </ThemeIcon>
  );
  return (
    <>
      <List spacing="sm" icon={icon} center={false} styles={{ itemWrapper: { alignItems: 'flex-start' } }}>
        {reasons.map((reason) => (
          <List.Item key={reason.reason} data-testid={`reason-${reason.reason}`}>
            <Text size="sm" pt={4}>
              {textOf(reason)}
              {mayAs(project, 'marketer') && <Remedy reason={reason.reason} campaign={campaign} project={project} />}
            </Text>
          </List.Item>
        ))}
      </List>
      <Text size="xs" c="dimmed" mt="xs">
        {t('advertising.delivery.fresh')}
      </Text>
    </>
  );
}

/** What can be changed in the campaign's form. */
const IN_FORM = ['over', 'impressions_limit', 'total_budget', 'daily_budget', 'paced', 'fits_nobody', 'not_started'];

function Remedy({ reason, campaign, project }: Props & { reason: string }): ReactNode {
  const { t } = useTranslation();
  const path = { projectId: project.project_id, campaignId: campaign.campaign_id };
  if (reason === 'no_money') {
    const owner = { projectId: project.project_id, advertiserId: campaign.advertiser_id };
    return (
      <>
        {' '}
        <Anchor
          component={Link}
          to="/projects/$projectId/advertisers/$advertiserId/money"
          params={owner as never}
          inherit
          underline="always"
        >
          {t('advertising.delivery.toMoney')}
        </Anchor>
      </>
    );
  }
  if (!IN_FORM.includes(reason)) return null;
  return (
    <>
      {' '}
      <Anchor
        component={Link}
        to="/projects/$projectId/campaigns/$campaignId/edit"
        params={path as never}
        inherit
        underline="always"
      >
        {t('advertising.delivery.toForm')}
      </Anchor>
    </>
  );
}
