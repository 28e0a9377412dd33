// One ad of a campaign: what it shows, and what it delivered.
import { Anchor, Button, Card, Grid, SimpleGrid, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPencil } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { mayAs, type Project, useProject } from '@/shared/session/viewer';
import { AdPreview } from '@/shared/ui/AdPreview';
import { count, percent } from '@/shared/ui/number';
import { PageHeader } from '@/shared/ui/PageHeader';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { usePathPart, useProjectId } from '@/shared/url/filters';

import { AdModal } from './AdModal';
import { type Ad, useAd, useAds } from './adQueries';
import { AdBadge } from './AdsCard';
import { sharesOf } from './adShares';
import { wordsOf } from './creativeRules';
import { useAdvertiserNames, useCampaign } from './queries';
import { StatisticsPanel } from './StatisticsPanel';

export function AdPage(): ReactNode {
  const projectId = useProjectId();
  const project = useProject(projectId);
  const ad = useAd(projectId, usePathPart('adId'));
  if (ad.error !== null && ad.data === undefined) {
    return <ProblemAlert error={ad.error} onRetry={() => void ad.refetch()} />;
  }
  if (ad.data === undefined || project.data === undefined) return <Loading />;
  return <Found ad={ad.data} project={project.data} />;
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

function Found({ ad, project }: { ad: Ad; project: Project }): ReactNode {
  const { t } = useTranslation();
  const [isEdited, editing] = useDisclosure(false);
  const { project_id: projectId } = project;
  const whose = { projectId, campaignId: ad.campaign_id };
  const campaign = useCampaign(projectId, ad.campaign_id).data;
  const by = useAdvertiserNames(projectId).get(campaign?.advertiser_id ?? '');
  const back = (
    <>
      {t('advertising.ofCampaign')}{' '}
      <Anchor component={Link} to="/projects/$projectId/campaigns/$campaignId" params={whose as never} inherit>
        {campaign === undefined ? '…' : (campaign.name ?? campaign.ad_title)}
      </Anchor>
    </>
  );
  return (
    <>
      <PageHeader
        title={ad.name ?? ad.creative.title}
        badge={<AdBadge ad={ad} />}
        description={back}
        actions={
          mayAs(project, 'marketer') && (
            <Button variant="default" leftSection={<IconPencil size={18} />} onClick={editing.open}>
              {t('advertising.edit')}
            </Button>
          )
        }
      />
      <Stack gap="lg">
        <Grid gap="lg">
          <Grid.Col span={{ base: 12, md: 5 }}>
            <AdPreview
              title={ad.creative.title}
              text={ad.creative.text}
              by={by}
              landingUrl={ad.creative.landing_url ?? undefined}
              imageUrl={wordsOf(ad.creative).image?.url}
            />
          </Grid.Col>
          <Grid.Col span={{ base: 12, md: 7 }}>
            <Terms ad={ad} projectId={projectId} />
          </Grid.Col>
        </Grid>
        <StatisticsPanel kind="ad" id={ad.ad_id} project={project} />
      </Stack>
      {isEdited && <AdModal whose={whose} ad={ad} onClose={editing.close} />}
    </>
  );
}

function Terms({ ad, projectId }: { ad: Ad; projectId: string }): ReactNode {
  const { t } = useTranslation();
  const { rows = [] } = useAds({ projectId, campaignId: ad.campaign_id }, { page: 1 }).data ?? {};
  const share = sharesOf(rows).get(ad.ad_id);
  const landing = ad.creative.landing_url ?? '';
  const facts: [string, ReactNode][] = [
    [t('field.weight'), count(ad.weight)],
    [t('advertising.ads.share'), share === undefined ? '—' : percent(share)],
    [
      t('field.landing_url'),
      landing === '' ? (
        t('advertising.ads.nowhere')
      ) : (
        <Anchor href={landing} target="_blank" rel="noreferrer" className="break-anywhere" inherit>
          {landing}
        </Anchor>
      ),
    ],
  ];
  return (
    <Card padding="lg" h="100%">
      <Title order={2} size="h4" mb="md">
        {t('advertising.terms')}
      </Title>
      <SimpleGrid cols={2} component="dl" m={0}>
        {facts.map(([name, value]) => (
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
