// A dashboard that is looked at: for its own days or others, fresh by itself, on the whole screen.
import { ActionIcon, Button, Group, Paper, Stack, Text, Tooltip } from '@mantine/core';
import { useFullscreenDocument } from '@mantine/hooks';
import { IconLayoutDashboard, IconMaximize, IconMinimize, IconPencil, IconRefresh } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { asked } from '@/shared/dashboard/content';
import type { Dashboard } from '@/shared/dashboard/queries';
import { filtersInAddress, filtersParameter } from '@/shared/report/filtersAddress';
import { FiltersInput } from '@/shared/report/FiltersInput';
import { needsToday, type Period, periodAddress, periodOf, spanOf } from '@/shared/report/period';
import { PeriodPicker } from '@/shared/report/PeriodPicker';
import type { Filter } from '@/shared/report/question';
import { useCivilToday } from '@/shared/report/today';
import { EmptyState } from '@/shared/ui/EmptyState';
import { Moment } from '@/shared/ui/Moment';
import { PageHeader } from '@/shared/ui/PageHeader';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { useFilters } from '@/shared/url/filters';

import { type Answers, type Instead, useAnswers } from './answers';
import { Board } from './Board';
import { MoreMenu } from './MoreMenu';
import { ShareButton } from './ShareModal';
import { useTitleOf, WidgetCard } from './WidgetCard';
import { WidgetMenu } from './WidgetMenu';

const address = { ...periodAddress, where: filtersParameter };
const NO_FILTERS: Filter[] = [];

interface Props {
  projectId: string;
  dashboard: Dashboard;
  mayChange: boolean;
  onEdit: () => void;
}

/** The period that the address names, and what is not said there as the dashboard has it. */
function periodOfAddress(values: Period, own: Period): Period {
  const isOwn = values.period === undefined && values.from === undefined;
  return { ...(isOwn ? { ...own } : values), compare: values.compare ?? own.compare };
}

export function Viewing({ projectId, dashboard, mayChange, onEdit }: Props): ReactNode {
  const { values, change } = useFilters(address);
  const own = periodOf(dashboard.period ?? {});
  const period = periodOfAddress(values, own);
  const today = useCivilToday(projectId, needsToday(period));
  const isOther = values.period !== undefined || values.from !== undefined || values.compare !== undefined;
  const { where = NO_FILTERS } = values;
  const span = spanOf(period, today);
  const instead = { ...(isOther ? { span } : {}), filters: where };
  const answers = useAnswers(projectId, dashboard, instead);
  const { fullscreen } = useFullscreenDocument();
  return (
    <>
      <PageHeader
        title={dashboard.name}
        description={dashboard.description}
        actions={<Actions projectId={projectId} dashboard={dashboard} mayChange={mayChange} onEdit={onEdit} />}
      />
      <Stack gap="md">
        <Group justify="space-between" gap="md" display={fullscreen ? 'none' : undefined}>
          <PeriodPicker value={period} onChange={(patch) => change(told(patch, own))} />
          <Group gap="md">
            <FiltersInput
              projectId={projectId}
              value={where}
              span={span}
              onChange={(next) => change({ where: filtersInAddress(next) }, true)}
            />
            <Fresh at={answers.dataUpdatedAt} isAsking={answers.isFetching} onAsk={() => void answers.refetch()} />
          </Group>
        </Group>
        <ProblemAlert error={answers.error} onRetry={() => void answers.refetch()} />
        {dashboard.widgets.length === 0 ? (
          <Empty onEdit={mayChange ? onEdit : undefined} />
        ) : (
          <Widgets
            projectId={projectId}
            dashboard={dashboard}
            answers={answers.data}
            instead={instead}
            isStale={answers.isPlaceholderData}
          />
        )}
      </Stack>
    </>
  );
}

/** What is as the dashboard has it stands in no address. */
function told(patch: Period, own: Period): Period {
  return {
    ...patch,
    ...('compare' in patch ? toldCompare(patch, own) : {}),
    ...('period' in patch ? toldPreset(patch, own) : {}),
  };
}

function toldCompare({ compare = 'none' }: Period, own: Period): Period {
  return { compare: compare === (own.compare ?? 'none') ? undefined : compare };
}

function toldPreset({ period, from }: Period, own: Period): Period {
  if (from !== undefined) return {};
  // Thirty days are what an address means that says nothing, but not what every dashboard does.
  const chosen = period ?? '30d';
  return { period: chosen === own.period && own.from === undefined ? undefined : chosen };
}

interface WidgetsProps {
  projectId: string;
  dashboard: Dashboard;
  answers: Answers | undefined;
  instead: Instead;
  isStale: boolean;
}

function Widgets({ projectId, dashboard, answers, instead, isStale }: WidgetsProps): ReactNode {
  const titleOf = useTitleOf();
  return (
    <Board widgets={dashboard.widgets}>
      {(widget) => {
        const outcome = answers?.[widget.id];
        const { query } = widget;
        return (
          <WidgetCard
            widget={widget}
            outcome={outcome}
            isStale={isStale}
            actions={
              query !== undefined && (
                <WidgetMenu
                  projectId={projectId}
                  title={titleOf(widget, outcome)}
                  widget={widget}
                  question={asked(dashboard, query, instead.span, instead.filters)}
                />
              )
            }
          />
        );
      }}
    </Board>
  );
}

function Empty({ onEdit }: { onEdit: (() => void) | undefined }): ReactNode {
  const { t } = useTranslation();
  return (
    <Paper>
      <EmptyState
        icon={IconLayoutDashboard}
        title={t('dashboards.empty')}
        hint={t('dashboards.emptyHint')}
        action={
          onEdit !== undefined && (
            <Button mt="sm" onClick={onEdit}>
              {t('dashboards.edit')}
            </Button>
          )
        }
      />
    </Paper>
  );
}

interface FreshProps {
  at: number;
  isAsking: boolean;
  onAsk: () => void;
}

function Fresh({ at, isAsking, onAsk }: FreshProps): ReactNode {
  const { t } = useTranslation();
  return (
    <Group gap={4} wrap="nowrap">
      {at > 0 && (
        <Text size="xs" c="dimmed" component="div">
          <Moment at={new Date(at).toISOString()} dimmed />
        </Text>
      )}
      <Tooltip label={t('dashboards.refresh')}>
        <ActionIcon variant="subtle" aria-label={t('dashboards.refresh')} onClick={onAsk} disabled={isAsking}>
          <IconRefresh size={18} />
        </ActionIcon>
      </Tooltip>
    </Group>
  );
}

function Actions({ projectId, dashboard, mayChange, onEdit }: Props): ReactNode {
  const { t } = useTranslation();
  const { toggle, fullscreen } = useFullscreenDocument();
  const label = t(fullscreen ? 'dashboards.leaveFullScreen' : 'dashboards.fullScreen');
  return (
    <Group gap="sm">
      {mayChange && !fullscreen && (
        <>
          <Button leftSection={<IconPencil size={18} />} onClick={onEdit}>
            {t('dashboards.edit')}
          </Button>
          <ShareButton projectId={projectId} dashboardId={dashboard.id} />
        </>
      )}
      <Tooltip label={label}>
        <ActionIcon variant="default" size={36} aria-label={label} onClick={() => void toggle()}>
          {fullscreen ? <IconMinimize size={18} /> : <IconMaximize size={18} />}
        </ActionIcon>
      </Tooltip>
      {mayChange && !fullscreen && <MoreMenu projectId={projectId} dashboard={dashboard} />}
    </Group>
  );
}
