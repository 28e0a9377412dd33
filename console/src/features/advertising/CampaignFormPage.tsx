// A new campaign, or another version of one: the ad with a preview beside it, the flight, the limits, prices, the audience.
import { Skeleton } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { answer, api } from '@/shared/api/client';
import { type Project, useProject } from '@/shared/session/viewer';
import { PageHeader } from '@/shared/ui/PageHeader';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { text, useFilters, usePathPart, useProjectId } from '@/shared/url/filters';

import { CampaignForm } from './CampaignForm';
import { bodyOf, changesOf, emptyValues, valuesOf, type Values } from './campaignValues';
import { type Campaign, useCampaign, useToday } from './queries';

const address = { advertiser_id: text };

function useOpen(projectId: string): (campaign: Campaign) => void {
  const queries = useQueryClient();
  const navigate = useNavigate();
  return (campaign) => {
    const campaignId = campaign.campaign_id;
    queries.setQueryData(['campaign', projectId, campaignId], campaign);
    void queries.invalidateQueries({ queryKey: ['campaigns', projectId] });
    void queries.invalidateQueries({ queryKey: ['ads', projectId, campaignId] });
    void navigate({ to: '/projects/$projectId/campaigns/$campaignId', params: { projectId, campaignId } as never });
  };
}

export function NewCampaignPage(): ReactNode {
  const { t } = useTranslation();
  const projectId = useProjectId();
  const project = useProject(projectId);
  const today = useToday(projectId);
  const { values } = useFilters(address);
  const open = useOpen(projectId);
  const create = (wanted: Values, isSandbox: boolean): Promise<Campaign> =>
    answer(
      api.POST('/api/v1/projects/{projectId}/campaigns', {
        params: { path: { projectId } },
        body: { advertiser_id: wanted.advertiser_id ?? '', ...bodyOf(wanted, isSandbox) },
      }),
    );
  return (
    <>
      <PageHeader title={t('advertising.createCampaign')} description={t('advertising.createCampaignLead')} />
      <ProblemAlert error={today.error ?? project.error} />
      {project.data === undefined || today.data === undefined ? (
        <Skeleton height={640} />
      ) : (
        <CampaignForm
          project={project.data}
          today={today.data}
          initial={emptyValues(today.data, project.data.is_sandbox, values.advertiser_id)}
          send={(wanted) => create(wanted, project.data.is_sandbox)}
          onDone={open}
        />
      )}
    </>
  );
}

export function EditCampaignPage(): ReactNode {
  const { t } = useTranslation();
  const projectId = useProjectId();
  const campaignId = usePathPart('campaignId');
  const project = useProject(projectId);
  const today = useToday(projectId);
  const campaign = useCampaign(projectId, campaignId);
  const isKnown = project.data !== undefined && today.data !== undefined && campaign.data !== undefined;
  return (
    <>
      <PageHeader
        title={t('advertising.editCampaign')}
        description={campaign.data?.name ?? campaign.data?.ad_title ?? ' '}
      />
      <ProblemAlert error={campaign.error ?? today.error} onRetry={() => void campaign.refetch()} />
      {isKnown ? (
        <Edit project={project.data} campaign={campaign.data} today={today.data} />
      ) : (
        <Skeleton height={640} />
      )}
    </>
  );
}

/** A change is made to the version that the form began with, whatever was read since. */
function Edit({ project, campaign, today }: { project: Project; campaign: Campaign; today: number }): ReactNode {
  const open = useOpen(project.project_id);
  const [first] = useState(campaign);
  const isSandbox = project.is_sandbox;
  const path = { projectId: project.project_id, campaignId: campaign.campaign_id };
  return (
    <CampaignForm
      project={project}
      today={today}
      initial={valuesOf(first, isSandbox)}
      before={first}
      send={(wanted, before = first) =>
        answer(
          api.PATCH('/api/v1/projects/{projectId}/campaigns/{campaignId}', {
            params: { path },
            body: changesOf(wanted, valuesOf(before, isSandbox), isSandbox),
            headers: { 'If-Match': `"${before.version}"` },
          }),
        )
      }
      onDone={open}
    />
  );
}
