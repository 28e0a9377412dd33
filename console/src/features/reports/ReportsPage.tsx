// The explorer: which numbers, split by what, of which rows, credited how, when. The address holds all of it.
import { Button, Grid, Group, Paper, Stack, Switch } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPin } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { AttributionInput } from '@/shared/report/AttributionInput';
import { useCatalogue } from '@/shared/report/catalogue';
import { DimensionsInput } from '@/shared/report/DimensionsInput';
import { ExportMenu } from '@/shared/report/ExportMenu';
import { filtersInAddress } from '@/shared/report/filtersAddress';
import { FiltersInput } from '@/shared/report/FiltersInput';
import { MetricsInput } from '@/shared/report/MetricsInput';
import { needsToday, spanOf } from '@/shared/report/period';
import { PeriodPicker } from '@/shared/report/PeriodPicker';
import type { Report, Span } from '@/shared/report/question';
import { useCivilToday } from '@/shared/report/today';
import { useReport } from '@/shared/report/useReport';
import {
  address,
  breakdownInAddress,
  breakdownOf,
  keptQuestion,
  metricsOfView,
  questionOfView,
  type View,
} from '@/shared/report/view';
import { mayAs, useProject } from '@/shared/session/viewer';
import { PageHeader } from '@/shared/ui/PageHeader';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { type Filters, useFilters, useProjectId } from '@/shared/url/filters';

import { Answer } from './Answer';
import { PinModal } from './PinModal';
import { useSavedReports } from './queries';
import { SavedMenu } from './SavedMenu';

export function ReportsPage(): ReactNode {
  const { t } = useTranslation();
  const projectId = useProjectId();
  const filters = useFilters(address);
  const view = filters.values;
  const today = useCivilToday(projectId, needsToday(view));
  const span = spanOf(view, today);
  const question = questionOfView(view, span);
  const report = useReport(projectId, question);
  const saved = useSavedReports(projectId).data?.rows.find((each) => each.saved_report_id === view.saved);
  const title = saved?.name ?? t('reports.title');
  return (
    <>
      <PageHeader
        title={title}
        description={saved?.description === undefined ? t('reports.lead') : saved.description}
        actions={
          <Group gap="sm">
            <PinButton projectId={projectId} view={view} span={span} title={title} />
            <SavedMenu projectId={projectId} view={view} span={span} />
            <ExportMenu projectId={projectId} question={question} title={title} />
          </Group>
        }
      />
      <Stack gap="md">
        <Controls projectId={projectId} filters={filters} span={span} report={report.data} />
        <ProblemAlert error={report.error} onRetry={() => void report.refetch()} />
        {report.error === null && <Answer filters={filters} report={report.data} isStale={report.isPlaceholderData} />}
      </Stack>
    </>
  );
}

interface PinProps {
  projectId: string;
  view: View;
  span: Span | undefined;
  title: string;
}

function PinButton({ projectId, view, span, title }: PinProps): ReactNode {
  const { t } = useTranslation();
  const [isOpen, { open, close }] = useDisclosure(false);
  const mayWrite = mayAs(useProject(projectId).data, 'marketer');
  if (!mayWrite) return null;
  return (
    <>
      <Button variant="default" leftSection={<IconPin size={18} />} onClick={open} disabled={span === undefined}>
        {t('reports.pin')}
      </Button>
      {isOpen && span !== undefined && (
        <PinModal
          projectId={projectId}
          question={keptQuestion(view, span)}
          shape={view.shape}
          title={title}
          onClose={close}
        />
      )}
    </>
  );
}

interface ControlsProps {
  projectId: string;
  filters: Filters<View>;
  span: Span | undefined;
  report: Report | undefined;
}

function Controls({ projectId, filters, span, report }: ControlsProps): ReactNode {
  const { t } = useTranslation();
  const { values: view, change } = filters;
  const catalogue = useCatalogue(projectId);
  const where = view.where ?? [];
  return (
    <Paper p="md">
      <Stack gap="md">
        <PeriodPicker value={view} onChange={change} days={report} />
        <ProblemAlert error={catalogue.error} onRetry={() => void catalogue.refetch()} />
        <Grid>
          <Grid.Col span={{ base: 12, md: 7 }}>
            <MetricsInput
              catalogue={catalogue.data}
              value={metricsOfView(view)}
              onChange={(names) => change({ metrics: names.join(',') })}
            />
          </Grid.Col>
          <Grid.Col span={{ base: 12, md: 5 }}>
            <DimensionsInput
              catalogue={catalogue.data}
              value={breakdownOf(view)}
              onChange={(names) => change({ by: breakdownInAddress(names) })}
            />
          </Grid.Col>
        </Grid>
        <Group justify="space-between" gap="md">
          <FiltersInput
            projectId={projectId}
            value={where}
            span={span}
            onChange={(next) => change({ where: filtersInAddress(next) }, true)}
          />
          <Group gap="md" maw="100%">
            <Switch
              size="sm"
              label={t('reports.net')}
              checked={view.gross !== true}
              onChange={(event) => change({ gross: event.currentTarget.checked ? undefined : true })}
            />
            <AttributionInput
              value={{ model: view.model, lookback_days: view.lookback, dated_by: view.dated }}
              answered={report?.attribution}
              onChange={({ model, lookback_days, dated_by }) =>
                change({ model, lookback: lookback_days, dated: dated_by })
              }
            />
          </Group>
        </Group>
      </Stack>
    </Paper>
  );
}
