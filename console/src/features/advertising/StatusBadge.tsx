// In what state a campaign is: what its owner wants, and while it is active, what its days and counters say.
import { Badge } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import type { Campaign, Stage, Status } from './queries';

const OF_STAGE: Record<Stage, string> = { upcoming: 'blue', running: 'green', full: 'orange', over: 'gray' };
const OF_STATUS: Record<Status, string> = {
  active: 'green',
  paused: 'yellow',
  draft: 'blue',
  finished: 'gray',
  archived: 'gray',
};

export function StatusBadge({ campaign }: { campaign: Pick<Campaign, 'status' | 'stage'> }): ReactNode {
  const { t } = useTranslation();
  const [status, stage] = [campaign.status as Status, campaign.stage as Stage];
  // Of one that was launched, its stage says more than that it was.
  const isTold = status === 'active' || status === 'finished';
  return (
    <Badge variant="light" color={isTold ? OF_STAGE[stage] : OF_STATUS[status]}>
      {isTold ? t(`advertising.stage.${stage}`) : t(`advertising.status.${status}`)}
    </Badge>
  );
}
