// Puts what is looked at on a dashboard, as one of its widgets.
import { Anchor, Button, Group, Modal, Select, Stack, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { contentOf, faultOf, fitted, freePlace, type Kind, newId } from '@/shared/dashboard/content';
import { firstWords } from '@/shared/dashboard/first';
import {
  changeDashboard,
  createDashboard,
  type Dashboard,
  dashboardOf,
  useDashboards,
} from '@/shared/dashboard/queries';
import type { Question } from '@/shared/report/question';
import type { ShapeChoice } from '@/shared/report/view';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';

const NEW = 'new';
/** One notice at a time says where a report is: the newest. */
const NOTICE = 'pinned';

interface Props {
  projectId: string;
  /** As it would be kept. */
  question: Question;
  shape: ShapeChoice | undefined;
  title: string;
  onClose: () => void;
}

/** The widget that shows a question most like the explorer does. */
export function kindOf(question: Question, shape: ShapeChoice | undefined): Kind {
  if ((question.group_by ?? []).length === 0) return 'number';
  if (shape === undefined || shape === 'none') return 'table';
  return faultOf({ kind: shape, query: fitted(shape, question) }) === undefined ? shape : 'table';
}

export function PinModal({ projectId, question, shape, title, onClose }: Props): ReactNode {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const dashboards = useDashboards(projectId);
  const [chosen, setChosen] = useState<string>();
  const [called, setCalled] = useState(title);
  const [kind, setKind] = useState<Kind>(kindOf(question, shape));
  const rows = dashboards.data?.rows ?? [];
  const target = chosen ?? rows[0]?.dashboard_id ?? NEW;
  const pinning = useMutation({
    mutationFn: async (): Promise<Dashboard> => {
      const kept = rows.find(({ dashboard_id }) => dashboard_id === target);
      const before = kept === undefined ? undefined : dashboardOf(kept);
      const content = before ?? contentOf({ name: called.trim() === '' ? title : called.trim() });
      const place = freePlace(content.widgets, kind);
      const widget = { id: newId(), kind, title: called.trim(), place, query: fitted(kind, question) };
      const next = { ...content, widgets: [...content.widgets, widget] };
      return before === undefined ? createDashboard(projectId, next) : changeDashboard(projectId, before, next);
    },
    onSuccess: (changed) => {
      queries.setQueryData(['dashboard', projectId, changed.id], changed);
      void queries.invalidateQueries({ queryKey: ['dashboards', projectId] });
      const open = (): void => {
        notifications.hide(NOTICE);
        void navigate({
          to: '/projects/$projectId/dashboards/$dashboardId',
          params: { projectId, dashboardId: changed.id } as never,
        });
      };
      // What notifies stands outside of the router.
      const link = (
        <Anchor component="button" type="button" size="sm" onClick={open}>
          {firstWords(changed.name)}
        </Anchor>
      );
      notifications.hide(NOTICE);
      notifications.show({
        ...{ id: NOTICE, color: 'green', title: t('reports.pinned'), message: link },
        // It leads somewhere: it stays until somebody goes there, or closes it.
        autoClose: false,
        closeButtonProps: { 'aria-label': t('common.close') },
      });
      onClose();
    },
    // Somebody else may have changed it: the next attempt is made with what it is now.
    onError: () => void queries.invalidateQueries({ queryKey: ['dashboards', projectId] }),
  });
  const kinds = (['number', 'line', 'bar', 'pie', 'table'] as const).filter(
    (each) => each === kindOf(question, shape) || faultOf({ kind: each, query: question }) === undefined,
  );
  return (
    <Modal opened onClose={onClose} title={t('reports.pin')} closeButtonProps={{ 'aria-label': t('common.close') }}>
      <Stack>
        <ProblemAlert error={pinning.error ?? dashboards.error} />
        <Select
          label={t('reports.pinTo')}
          data={[
            ...rows.map(({ dashboard_id, name }) => ({ value: dashboard_id, label: firstWords(name) })),
            { value: NEW, label: t('reports.pinNew') },
          ]}
          value={target}
          allowDeselect={false}
          searchable
          disabled={dashboards.data === undefined}
          onChange={(next) => setChosen(next ?? undefined)}
        />
        <TextInput
          label={t('dashboards.title')}
          value={called}
          maxLength={255}
          onChange={({ currentTarget: { value } }) => setCalled(value)}
        />
        <Select
          label={t('dashboards.kindLabel')}
          data={kinds.map((each) => ({ value: each, label: t(`dashboards.kind.${each}`) }))}
          value={kind}
          allowDeselect={false}
          onChange={(next) => setKind(next ?? kind)}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button onClick={() => pinning.mutate()} loading={pinning.isPending} disabled={dashboards.data === undefined}>
            {t('reports.pinIt')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
