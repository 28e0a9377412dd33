// What a widget shows and asks, with a look at it as it will be.
import {
  Alert,
  Button,
  Grid,
  Group,
  Modal,
  NumberInput,
  SegmentedControl,
  Stack,
  Switch,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { asked, type Content, faultOf, fitted, hasOwnPeriod, KINDS, type Widget } from '@/shared/dashboard/content';
import { AttributionInput } from '@/shared/report/AttributionInput';
import { useCatalogue } from '@/shared/report/catalogue';
import { DimensionsInput } from '@/shared/report/DimensionsInput';
import { FiltersInput } from '@/shared/report/FiltersInput';
import { MetricsInput } from '@/shared/report/MetricsInput';
import type { Outcome, Question, Report } from '@/shared/report/question';
import { useReport } from '@/shared/report/useReport';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';

import { OwnPeriod } from './OwnPeriod';
import { useTitleOf, WidgetCard } from './WidgetCard';

const PREVIEW_PX = 320;
const MAX_ROWS = 1_000;

interface Props {
  projectId: string;
  content: Content;
  widget: Widget;
  onClose: () => void;
  onDone: (widget: Widget) => void;
}

export function WidgetEditor({ projectId, content, widget, onClose, onDone }: Props): ReactNode {
  const { t } = useTranslation();
  const [draft, setDraft] = useState(widget);
  const fault = faultOf(draft);
  const question = draft.query === undefined || fault !== undefined ? undefined : asked(content, draft.query);
  const report = useReport(projectId, question);
  const isNew = content.widgets.every(({ id }) => id !== widget.id);
  return (
    <Modal
      opened
      onClose={onClose}
      title={t(isNew ? 'dashboards.add' : 'dashboards.change')}
      size="72rem"
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 6 }}>
          <Stack gap="md">
            <KindInput draft={draft} onChange={setDraft} />
            <TextInput
              label={t('dashboards.title')}
              value={draft.title ?? ''}
              maxLength={255}
              placeholder={t('dashboards.titleHint')}
              onChange={({ currentTarget: { value } }) => setDraft({ ...draft, title: value })}
            />
            {draft.kind === 'text' ? (
              <Textarea
                label={t('dashboards.text')}
                autosize
                minRows={4}
                maxLength={10_000}
                value={draft.text ?? ''}
                onChange={({ currentTarget: { value } }) => setDraft({ ...draft, text: value })}
              />
            ) : (
              <QuestionInput projectId={projectId} draft={draft} onChange={setDraft} report={report.data} />
            )}
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 6 }}>
          <Preview widget={draft} report={report.data} isStale={report.isPlaceholderData} />
          <ProblemAlert error={report.error} />
        </Grid.Col>
      </Grid>
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={onClose}>
          {t('common.cancel')}
        </Button>
        <Button onClick={() => onDone(tidy(draft))} disabled={fault !== undefined || report.error !== null}>
          {t(isNew ? 'dashboards.addIt' : 'dashboards.apply')}
        </Button>
      </Group>
    </Modal>
  );
}

/** Without what a kind does not have. */
function tidy({ id, kind, title, place, query, text }: Widget): Widget {
  const named = (title ?? '').trim() === '' ? {} : { title: title?.trim() };
  return kind === 'text' ? { id, kind, place, ...named, text } : { id, kind, place, ...named, query };
}

interface InputProps {
  draft: Widget;
  onChange: (draft: Widget) => void;
}

function KindInput({ draft, onChange }: InputProps): ReactNode {
  const { t } = useTranslation();
  return (
    <SegmentedControl
      fullWidth
      size="xs"
      aria-label={t('dashboards.kindLabel')}
      data={KINDS.map((kind) => ({ value: kind, label: t(`dashboards.kind.${kind}`) }))}
      value={draft.kind}
      onChange={(kind) => onChange({ ...draft, kind, query: fitted(kind, draft.query ?? { metrics: ['revenue'] }) })}
    />
  );
}

interface QuestionProps extends InputProps {
  projectId: string;
  report: Report | undefined;
}

function QuestionInput({ projectId, draft, onChange, report }: QuestionProps): ReactNode {
  const { t } = useTranslation();
  const catalogue = useCatalogue(projectId).data;
  const query = draft.query ?? {};
  const put = (patch: Question): void => onChange({ ...draft, query: { ...query, ...patch } });
  const span = report === undefined ? undefined : { date_from: report.date_from, date_to: report.date_to };
  return (
    <>
      <MetricsInput
        catalogue={catalogue}
        value={query.metrics ?? []}
        max={draft.kind === 'pie' ? 1 : 12}
        onChange={(metrics) => put({ metrics, sort: undefined })}
      />
      {draft.kind !== 'number' && (
        <DimensionsInput
          catalogue={catalogue}
          value={query.group_by ?? []}
          onChange={(names) => put({ group_by: names.length === 0 ? undefined : names, sort: undefined })}
        />
      )}
      <Stack gap={6}>
        <Text size="sm" fw={500}>
          {t('dashboards.filters')}
        </Text>
        <FiltersInput
          projectId={projectId}
          value={query.filters ?? []}
          span={span}
          onChange={(filters) => put({ filters: filters.length === 0 ? undefined : filters })}
        />
      </Stack>
      <OwnPeriodInput projectId={projectId} query={query} onChange={put} />
      <Further draft={draft} query={query} report={report} onChange={put} />
    </>
  );
}

interface FurtherProps {
  draft: Widget;
  query: Question;
  report: Report | undefined;
  onChange: (patch: Question) => void;
}

function Further({ draft, query, report, onChange }: FurtherProps): ReactNode {
  const { t } = useTranslation();
  const hasRows = draft.kind !== 'number' && draft.kind !== 'line';
  return (
    <Group align="flex-end">
      {hasRows && (
        <NumberInput
          w={160}
          label={t('dashboards.rows')}
          placeholder={t('common.all')}
          min={1}
          max={MAX_ROWS}
          allowDecimal={false}
          value={query.limit ?? ''}
          onChange={(limit) => onChange({ limit: typeof limit === 'number' ? limit : undefined })}
        />
      )}
      <AttributionInput
        value={query.attribution ?? {}}
        answered={report?.attribution}
        onChange={(attribution) => {
          const isEmpty = Object.values(attribution).every((each) => each === undefined);
          onChange({ attribution: isEmpty ? undefined : attribution });
        }}
      />
    </Group>
  );
}

interface OwnPeriodInputProps {
  projectId: string;
  query: Question;
  onChange: (patch: Question) => void;
}

function OwnPeriodInput({ projectId, query, onChange }: OwnPeriodInputProps): ReactNode {
  const { t } = useTranslation();
  const isOwn = hasOwnPeriod(query) || query.compare_to !== undefined;
  const none = { window: undefined, date_from: undefined, date_to: undefined, compare_to: undefined };
  return (
    <Stack gap="xs">
      <Switch
        label={t('dashboards.ownPeriod')}
        checked={isOwn}
        onChange={({ currentTarget: { checked } }) => onChange(checked ? { ...none, window: '30d' } : none)}
      />
      {isOwn && <OwnPeriod projectId={projectId} value={query} onChange={(span) => onChange({ ...none, ...span })} />}
    </Stack>
  );
}

interface PreviewProps {
  widget: Widget;
  report: Report | undefined;
  isStale: boolean;
}

function Preview({ widget, report, isStale }: PreviewProps): ReactNode {
  const { t } = useTranslation();
  const titleOf = useTitleOf();
  const fault = faultOf(widget);
  const outcome: Outcome | undefined = report === undefined ? undefined : { status: 200, report };
  return (
    <Stack gap={6}>
      <Text size="sm" fw={500}>
        {t('dashboards.preview')}
      </Text>
      <div style={{ height: widget.kind === 'number' ? 140 : PREVIEW_PX }} data-testid="preview">
        {fault === undefined ? (
          <WidgetCard widget={widget} outcome={outcome} isStale={isStale} />
        ) : (
          <Alert color="blue" variant="light" title={titleOf(widget, undefined)}>
            {t(`dashboards.fault.${fault}`)}
          </Alert>
        )}
      </div>
    </Stack>
  );
}
