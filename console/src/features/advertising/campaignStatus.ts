// What its owner may want next of a campaign, and the change that says so.
import { useMutation, type UseMutationResult } from '@tanstack/react-query';

import { answer, api } from '@/shared/api/client';

import { type Campaign, type Status, useCampaignsChanged } from './queries';

export interface Step {
  status: Status;
  text: 'launch' | 'pause' | 'resume';
}

/** Of a campaign that is not put away, and in which words. */
export const NEXT: Partial<Record<Status, Step>> = {
  draft: { status: 'active', text: 'launch' },
  active: { status: 'paused', text: 'pause' },
  paused: { status: 'active', text: 'resume' },
};

interface Wanted {
  campaign: Campaign;
  status: Status;
}

/** A change to the version that somebody sees. */
export function useCampaignStatus(projectId: string): UseMutationResult<Campaign, Error, Wanted> {
  const changed = useCampaignsChanged(projectId);
  return useMutation({
    mutationFn: ({ campaign, status }: Wanted) =>
      answer(
        api.PATCH('/api/v1/projects/{projectId}/campaigns/{campaignId}', {
          params: { path: { projectId, campaignId: campaign.campaign_id } },
          body: { status },
          headers: { 'If-Match': `"${campaign.version}"` },
        }),
      ),
    onSettled: changed,
  });
}
