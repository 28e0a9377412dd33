// In what state a campaign is: what its owner wants, and while it is active, what its days and counters say.
import { ActionIcon, Badge, Group, Tooltip } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { NEXT } from './campaignStatus';
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

interface SwitchProps {
  campaign: Campaign;
  onStatus: (campaign: Campaign, status: Status) => void;
  isPending: boolean;
}

/** The state, and beside it the step that changes it. */
export function StatusSwitch({ campaign, onStatus, isPending }: SwitchProps): ReactNode {
  const { t } = useTranslation();
  const next = NEXT[campaign.status as Status];
  const title = campaign.name ?? campaign.ad_title;
  return (
    <Group gap={4} wrap="nowrap">
      <StatusBadge campaign={campaign} />
      {next !== undefined && (
        <Tooltip label={t(`advertising.${next.text}`)}>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="sm"
            aria-label={t(`advertising.${next.text}One`, { title })}
            loading={isPending}
            onClick={() => onStatus(campaign, next.status)}
          >
            {next.text === 'pause' ? <IconPlayerPause size={16} /> : <IconPlayerPlay size={16} />}
          </ActionIcon>
        </Tooltip>
      )}
    </Group>
  );
}
