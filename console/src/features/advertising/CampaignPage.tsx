// One campaign: its ad, its terms, how far it is, and what it delivered.
import { Anchor, Card, Grid, SimpleGrid, Skeleton, Stack, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { mayAs, type Project, useProject } from '@/shared/session/viewer';
import { AdPreview } from '@/shared/ui/AdPreview';
import { price } from '@/shared/ui/number';
import { PageHeader } from '@/shared/ui/PageHeader';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { usePathPart, useProjectId } from '@/shared/url/filters';

import { useAds } from './adQueries';
import { AdsCard } from './AdsCard';
import { BudgetCard, PaceCard } from './BudgetCard';
import { CampaignSteps } from './CampaignSteps';
import { Delivered } from './Delivered';
import { DeliveryCard } from './DeliveryCard';
import { wordsOf } from './creativeRules';
import { type Campaign, useAdvertiserNames, useCampaign } from './queries';
import { StatisticsPanel } from './StatisticsPanel';
import { StatusBadge } from './StatusBadge';
import { useAudienceText, useCapText, useFlightText } from './audience';
import type { Pacing } from './campaignValues';

export function CampaignPage(): ReactNode {
  const projectId = useProjectId();
  const campaignId = usePathPart('campaignId');
  const project = useProject(projectId);
  const campaign = useCampaign(projectId, campaignId);
  if (campaign.error !== null && campaign.data === undefined) {
    return <ProblemAlert error={campaign.error} onRetry={() => void campaign.refetch()} />;
  }
  if (campaign.data === undefined || project.data === undefined) return <Loading />;
  return <Found campaign={campaign.data} project={project.data} />;
}

function Loading(): ReactNode {
  return (
    <Stack>
      <PageHeader title=" " description=" " />
      <Skeleton height={220} />
      <Skeleton height={380} />
    </Stack>
  );
}

function Found({ campaign, project }: { campaign: Campaign; project: Project }): ReactNode {
  const { t } = useTranslation();
  const names = useAdvertiserNames(project.project_id);
  const by = names.get(campaign.advertiser_id);
  const advertiser = (
    <Anchor
      component={Link}
      to="/projects/$projectId/advertisers/$advertiserId"
      params={{ projectId: project.project_id, advertiserId: campaign.advertiser_id } as never}
      inherit
    >
      {by ?? t('advertising.advertiser')}
    </Anchor>
  );
  return (
    <>
      <PageHeader
        title={campaign.name ?? campaign.ad_title}
        badge={<StatusBadge campaign={campaign} />}
        description={advertiser}
        actions={mayAs(project, 'marketer') && <CampaignSteps campaign={campaign} projectId={project.project_id} />}
      />
      <Stack gap="lg">
        <Grid gap="lg">
          <Grid.Col span={{ base: 12, md: 7 }}>
            <Stack gap="lg">
              <DeliveryCard campaign={campaign} project={project} />
              <Terms campaign={campaign} project={project} />
              <PaceCard campaign={campaign} project={project} />
            </Stack>
          </Grid.Col>
          <Grid.Col span={{ base: 12, md: 5 }}>
            <Stack gap="lg">
              <Shown campaign={campaign} by={by} projectId={project.project_id} />
              <BudgetCard campaign={campaign} project={project} />
            </Stack>
          </Grid.Col>
        </Grid>
        <AdsCard campaign={campaign} project={project} />
        <StatisticsPanel kind="campaign" id={campaign.campaign_id} project={project} />
      </Stack>
    </>
  );
}

interface ShownProps {
  campaign: Campaign;
  by: string | undefined;
  projectId: string;
}

/** What clients see of it: the ad that it was made with, in all its parts. */
function Shown({ campaign, by, projectId }: ShownProps): ReactNode {
  const { campaign_id: campaignId, ad_title, ad_text } = campaign;
  const ads = useAds({ projectId, campaignId }, { page: 1 }).data?.rows;
  // The ad that is made with a campaign has its id.
  const creative = ads?.find(({ ad_id: id }) => id === campaignId)?.creative;
  const words = wordsOf({ ...creative, title: ad_title, text: ad_text });
  return (
    <AdPreview
      title={words.title}
      text={words.text}
      by={by}
      landingUrl={words.landing_url}
      imageUrl={words.image?.url}
    />
  );
}

function Terms({ campaign, project }: { campaign: Campaign; project: Project }): ReactNode {
  const { t } = useTranslation();
  const audience = useAudienceText();
  const capText = useCapText();
  const flightText = useFlightText(project.is_sandbox);
  const rows: [string, ReactNode][] = [
    [t('advertising.flight'), flightText(campaign)],
    [t('field.targeting'), audience(campaign.targeting)],
    [t('field.cost_per_impression'), price(campaign.cost_per_impression, project.currency)],
    [t('field.cost_per_click'), price(campaign.cost_per_click, project.currency)],
    [t('field.pacing'), t(`advertising.pacing.${campaign.pacing as Pacing}`)],
    [t('advertising.cap.label'), capText(campaign)],
    [
      t('advertising.figure.impressions'),
      <Delivered
        key="impressions"
        done={campaign.impressions_count}
        limit={campaign.impressions_limit}
        label={t('advertising.figure.impressions')}
      />,
    ],
    [
      t('advertising.figure.clicks'),
      <Delivered
        key="clicks"
        done={campaign.clicks_count}
        limit={campaign.clicks_limit}
        label={t('advertising.figure.clicks')}
      />,
    ],
  ];
  return (
    <Card padding="lg">
      <Title order={2} size="h4" mb="md">
        {t('advertising.terms')}
      </Title>
      <SimpleGrid cols={2} component="dl" m={0}>
        {rows.map(([name, value]) => (
          <div key={name}>
            <Text component="dt" size="xs" c="dimmed">
              {name}
            </Text>
            <Text component="dd" size="sm" m={0} className="numeric">
              {value}
            </Text>
          </div>
        ))}
      </SimpleGrid>
    </Card>
  );
}
