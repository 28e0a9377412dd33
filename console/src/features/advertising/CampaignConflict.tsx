// Somebody else has changed the campaign while its form was open.
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { answer, api } from '@/shared/api/client';
import type { Project } from '@/shared/session/viewer';
import { Conflict, type Difference } from '@/shared/ui/Conflict';

import { useAudienceText } from './audience';
import { bodyOf, differing, isSame, type Values, valuesOf } from './campaignValues';
import type { Campaign } from './queries';

interface Props {
  project: Project;
  /** What the form began with. */
  before: Campaign;
  mine: Values;
  onMine: (theirs: Campaign) => void;
  onTheirs: (theirs: Campaign) => void;
}

export function CampaignConflict({ project, before, mine, onMine, onTheirs }: Props): ReactNode {
  const { t } = useTranslation();
  const shown = useValueText(project.is_sandbox);
  const path = { projectId: project.project_id, campaignId: before.campaign_id };
  const compare = (theirs: Campaign): Difference[] => {
    const [first, other] = [valuesOf(before, project.is_sandbox), valuesOf(theirs, project.is_sandbox)];
    return differing(other, first).map((name) => ({
      field: t(`field.${name as 'name'}`),
      was: shown(name, first),
      theirs: shown(name, other),
      mine: isSame(mine[name], first[name]) ? undefined : shown(name, mine),
    }));
  };
  return (
    <Conflict
      about={['campaign', project.project_id, before.campaign_id, before.version]}
      read={() => answer(api.GET('/api/v1/projects/{projectId}/campaigns/{campaignId}', { params: { path } }))}
      compare={compare}
      onMine={onMine}
      onTheirs={onTheirs}
    />
  );
}

/** A value of the form as people read it. */
function useValueText(isSandbox: boolean): (name: keyof Values, values: Values) => string {
  const { t } = useTranslation();
  const audience = useAudienceText();
  return (name, values) => {
    const { frequency_cap: cap, pacing, isDraft } = values;
    const special: Partial<Record<keyof Values, string>> = {
      targeting: audience(bodyOf(values, isSandbox).targeting),
      pacing: t(`advertising.pacing.${pacing}`),
      isDraft: t(`advertising.status.${isDraft ? 'draft' : 'active'}`),
      frequency_cap: cap.impressions === '' ? '—' : `${cap.impressions}: ${t(`advertising.window.${cap.per}`)}`,
      end_date: values.end_date === '' ? t('advertising.openEnd') : String(values.end_date),
    };
    const plain = `${(values[name] ?? '') as string | number}`;
    return special[name] ?? (plain === '' ? '—' : plain);
  };
}
