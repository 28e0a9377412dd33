// A dashboard that is being changed. Nothing is kept until it is saved; whoever leaves before is asked once.
import { Alert, Button, Group, Paper, Stack } from '@mantine/core';
import { useDisclosure, useMediaQuery } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { IconAdjustments, IconDeviceFloppy, IconLayoutDashboard, IconPlus } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { Problem } from '@/shared/api/problem';
import { type Content, freePlace, MAX_WIDGETS, newId, type Widget } from '@/shared/dashboard/content';
import { changeDashboard, type Dashboard } from '@/shared/dashboard/queries';
import { EmptyState } from '@/shared/ui/EmptyState';
import { Leaving } from '@/shared/ui/Leaving';
import { PageHeader } from '@/shared/ui/PageHeader';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';

import { type Answers, useDraftAnswers } from './answers';
import { settled } from './arrange';
import { Board } from './Board';
import { EditableBoard, Handle } from './EditableBoard';
import { SettingsModal } from './SettingsModal';
import { useTitleOf, WidgetCard } from './WidgetCard';
import { WidgetEditor } from './WidgetEditor';
import { EditingMenu } from './WidgetMenu';

interface Props {
  projectId: string;
  dashboard: Dashboard;
  onDone: () => void;
}

/** What a new widget asks, until somebody says otherwise. */
function firstWidget(content: Content): Widget {
  const query = { metrics: ['revenue', 'cost'], group_by: ['day'] };
  return { id: newId(), kind: 'line', query, place: freePlace(content.widgets, 'line') };
}

export function Editing({ projectId, dashboard, onDone }: Props): ReactNode {
  const { t } = useTranslation();
  // A change is made to the version that was begun with, whatever was read since.
  const [begun] = useState(dashboard);
  const [before] = useState<Content>(() => ({ ...dashboard, widgets: settled(dashboard.widgets) }));
  const [content, setContent] = useState(before);
  const [edited, setEdited] = useState<Widget>();
  const [isSetting, settings] = useDisclosure(false);
  const isLeaving = useRef(false);
  const isChanged = content !== before;
  const queries = useQueryClient();
  const saving = useMutation({
    mutationFn: (isAnyway: boolean) => save(projectId, begun, content, isAnyway),
    onSuccess: (saved) => {
      queries.setQueryData(['dashboard', projectId, saved.id], saved);
      void queries.invalidateQueries({ queryKey: ['dashboards', projectId] });
      notifications.show({ message: t('common.saved'), color: 'green' });
      leave();
    },
  });
  const leave = (): void => {
    isLeaving.current = true;
    onDone();
  };
  const answers = useDraftAnswers(projectId, content);
  const put = (widget: Widget): void => {
    const isNew = content.widgets.every(({ id }) => id !== widget.id);
    const widgets = isNew
      ? [...content.widgets, { ...widget, place: freePlace(content.widgets, widget.kind) }]
      : content.widgets.map((each) => (each.id === widget.id ? widget : each));
    setContent({ ...content, widgets });
    setEdited(undefined);
  };
  const actions = (
    <Group gap="sm">
      <Button variant="default" onClick={leave}>
        {t(isChanged ? 'common.discard' : 'common.cancel')}
      </Button>
      <Button
        leftSection={<IconDeviceFloppy size={18} />}
        onClick={() => saving.mutate(false)}
        loading={saving.isPending}
        disabled={!isChanged}
      >
        {t('common.save')}
      </Button>
    </Group>
  );
  return (
    <>
      <PageHeader title={content.name} description={content.description} actions={actions} />
      <Stack gap="md">
        <Group gap="sm">
          <Button
            variant="light"
            leftSection={<IconPlus size={18} />}
            onClick={() => setEdited(firstWidget(content))}
            disabled={content.widgets.length >= MAX_WIDGETS}
          >
            {t('dashboards.add')}
          </Button>
          <Button variant="default" leftSection={<IconAdjustments size={18} />} onClick={settings.open}>
            {t('dashboards.settings')}
          </Button>
        </Group>
        <Conflict error={saving.error} onAnyway={() => saving.mutate(true)} />
        <ProblemAlert error={answers.error} onRetry={() => void answers.refetch()} />
        <Arranging content={content} answers={answers.data} onChange={setContent} onEdit={setEdited} />
      </Stack>
      {edited !== undefined && (
        <WidgetEditor
          projectId={projectId}
          content={content}
          widget={edited}
          onClose={() => setEdited(undefined)}
          onDone={put}
        />
      )}
      {isSetting && (
        <SettingsModal
          projectId={projectId}
          content={content}
          onClose={settings.close}
          onDone={(changed) => {
            setContent(changed);
            settings.close();
          }}
        />
      )}
      <Leaving isChanged={isChanged} mayLeave={() => isLeaving.current} hint={t('dashboards.leaveHint')} />
    </>
  );
}

/** Over what somebody else has saved meanwhile only when that is wanted. */
async function save(projectId: string, dashboard: Dashboard, content: Content, isAnyway: boolean): Promise<Dashboard> {
  return changeDashboard(projectId, isAnyway ? { id: dashboard.id } : dashboard, content);
}

function Conflict({ error, onAnyway }: { error: unknown; onAnyway: () => void }): ReactNode {
  const { t } = useTranslation();
  if (!(error instanceof Problem) || error.code !== 'version-conflict') return <ProblemAlert error={error} />;
  return (
    <Alert color="orange" variant="light" title={t('problem.version-conflict.title')} role="alert">
      <Group justify="space-between">
        {t('dashboards.conflictHint')}
        <Button size="xs" variant="default" onClick={onAnyway}>
          {t('dashboards.saveAnyway')}
        </Button>
      </Group>
    </Alert>
  );
}

interface ArrangingProps {
  content: Content;
  answers: Answers | undefined;
  onChange: (content: Content) => void;
  onEdit: (widget: Widget) => void;
}

function Arranging({ content, answers, onChange, onEdit }: ArrangingProps): ReactNode {
  const { t } = useTranslation();
  const titleOf = useTitleOf();
  // Where widgets stand below each other there is nothing to arrange.
  const isWide = useMediaQuery('(min-width: 62em)', true);
  const { widgets } = content;
  if (widgets.length === 0) {
    return (
      <Paper>
        <EmptyState icon={IconLayoutDashboard} title={t('dashboards.empty')} hint={t('dashboards.emptyEditHint')} />
      </Paper>
    );
  }
  const arrange = (arranged: Widget[]): void => onChange({ ...content, widgets: arranged });
  const card = (widget: Widget): ReactNode => {
    const outcome = answers?.[widget.id];
    const title = titleOf(widget, outcome);
    return (
      <WidgetCard
        widget={widget}
        outcome={outcome}
        handle={isWide && <Handle title={title} widget={widget} widgets={widgets} onArrange={arrange} />}
        actions={
          <EditingMenu
            title={title}
            onEdit={() => onEdit(widget)}
            onCopy={() =>
              arrange([...widgets, { ...widget, id: newId(), place: freePlace(widgets, widget.kind, widget.place) }])
            }
            onRemove={() => arrange(settled(widgets.filter(({ id }) => id !== widget.id)))}
          />
        }
      />
    );
  };
  if (!isWide) return <Board widgets={widgets}>{card}</Board>;
  return (
    <EditableBoard widgets={widgets} onArrange={arrange}>
      {card}
    </EditableBoard>
  );
}
