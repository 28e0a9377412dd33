// Reports that were saved: opened, changed, made anew, deleted.
import { Button, Menu, ScrollArea, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconBookmark, IconDeviceFloppy, IconPencil, IconTrash } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { api, done } from '@/shared/api/client';
import type { Span } from '@/shared/report/question';
import { questionOf } from '@/shared/report/saved';
import { mayAs, useProject } from '@/shared/session/viewer';
import { ConfirmModal } from '@/shared/ui/ConfirmModal';
import { matching } from '@/shared/ui/found';

import { type SavedReport, useSavedReports } from './queries';
import { SaveModal } from './SaveModal';
import { keptQuestion, type View, viewOfQuestion } from '@/shared/report/view';

/** More than this are searched. */
const MANY = 8;
const nameOf = ({ name }: SavedReport): string[] => [name];

interface Props {
  projectId: string;
  view: View;
  span: Span | undefined;
}

/** Whether what is looked at is no longer what was saved. */
function isChanged(saved: SavedReport, view: View, span: Span | undefined): boolean {
  if (span === undefined) return false;
  const shape = view.shape === 'none' ? 'table' : view.shape;
  const sortedKeys = (value: unknown): string =>
    JSON.stringify(value, (_, inner: unknown) =>
      inner !== null && typeof inner === 'object' && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => a.localeCompare(b)))
        : inner,
    );
  const isOther = sortedKeys(questionOf(saved.query)) !== sortedKeys(questionOf(keptQuestion(view, span)));
  return isOther || (shape !== undefined && shape !== saved.view);
}

export function SavedMenu({ projectId, view, span }: Props): ReactNode {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const saved = useSavedReports(projectId);
  const mayWrite = mayAs(useProject(projectId).data, 'marketer');
  const rows = saved.data?.rows ?? [];
  const opened = rows.find((each) => each.saved_report_id === view.saved);
  const open = (report: SavedReport): void => {
    const address = { ...viewOfQuestion(questionOf(report.query), report.view), saved: report.saved_report_id };
    const search = Object.fromEntries(Object.entries(address).filter(([, value]) => value !== undefined));
    void navigate({ to: '.', search: search as never });
  };
  const hasChanged = opened !== undefined && isChanged(opened, view, span);
  return (
    <Steps projectId={projectId} view={view} span={span} opened={opened} onSaved={open}>
      {(steps) => (
        <Menu position="bottom-end" width={280}>
          <Menu.Target>
            <Button variant={hasChanged ? 'light' : 'default'} leftSection={<IconBookmark size={18} />}>
              {t(hasChanged ? 'reports.changed' : 'reports.saved')}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Reports rows={rows} opened={opened} onOpen={open} />
            {mayWrite && span !== undefined && steps}
          </Menu.Dropdown>
        </Menu>
      )}
    </Steps>
  );
}

interface ReportsProps {
  rows: SavedReport[];
  opened: SavedReport | undefined;
  onOpen: (report: SavedReport) => void;
}

function Reports({ rows, opened, onOpen }: ReportsProps): ReactNode {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const found = matching(rows, typed, nameOf);
  return (
    <>
      {rows.length > MANY && (
        <TextInput
          m={4}
          size="xs"
          aria-label={t('reports.searchSaved')}
          placeholder={t('reports.searchSaved')}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          // Keys are for the text, not for going through the menu.
          onKeyDown={(event) => event.key !== 'Escape' && event.stopPropagation()}
        />
      )}
      {found.length === 0 && <Menu.Label>{t(rows.length === 0 ? 'reports.noSaved' : 'common.nothingFits')}</Menu.Label>}
      <ScrollArea.Autosize mah={300}>
        {found.map((report) => (
          <Menu.Item key={report.saved_report_id} onClick={() => onOpen(report)}>
            <Text size="sm" fw={report === opened ? 600 : 400} truncate>
              {report.name}
            </Text>
          </Menu.Item>
        ))}
      </ScrollArea.Autosize>
    </>
  );
}

interface StepsProps extends Props {
  opened: SavedReport | undefined;
  onSaved: (report: SavedReport) => void;
  /** Where the steps are offered. */
  children: (steps: ReactNode) => ReactNode;
}

/** What can be done with what is looked at, and the windows in which it is done. */
function Steps({ projectId, view, span, opened, onSaved, children }: StepsProps): ReactNode {
  const { t } = useTranslation();
  const [saving, setSaving] = useState<'new' | 'change'>();
  const [isDeleting, deletion] = useDisclosure(false);
  const steps = (
    <>
      <Menu.Divider />
      {opened !== undefined && (
        <Menu.Item leftSection={<IconPencil size={16} />} onClick={() => setSaving('change')}>
          {t('reports.saveChanges')}
        </Menu.Item>
      )}
      <Menu.Item leftSection={<IconDeviceFloppy size={16} />} onClick={() => setSaving('new')}>
        {t('reports.saveNew')}
      </Menu.Item>
      {opened !== undefined && (
        <Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={deletion.open}>
          {t('reports.delete')}
        </Menu.Item>
      )}
    </>
  );
  return (
    <>
      {children(steps)}
      {saving !== undefined && span !== undefined && (
        <SaveModal
          projectId={projectId}
          view={view}
          span={span}
          {...(saving === 'change' && opened !== undefined ? { saved: opened } : {})}
          onClose={() => setSaving(undefined)}
          onSaved={onSaved}
        />
      )}
      {opened !== undefined && (
        <Deletion projectId={projectId} report={opened} isOpen={isDeleting} onClose={deletion.close} />
      )}
    </>
  );
}

interface DeletionProps {
  projectId: string;
  report: SavedReport;
  isOpen: boolean;
  onClose: () => void;
}

function Deletion({ projectId, report, isOpen, onClose }: DeletionProps): ReactNode {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const deleting = useMutation({
    mutationFn: () =>
      done(
        api.DELETE('/api/v1/projects/{projectId}/saved_reports/{savedReportId}', {
          params: { path: { projectId, savedReportId: report.saved_report_id } },
        }),
      ),
    onSuccess: async () => {
      onClose();
      await navigate({ to: '.', search: {} as never });
      await queries.invalidateQueries({ queryKey: ['saved reports', projectId] });
    },
  });
  return (
    <ConfirmModal
      isOpen={isOpen}
      title={t('reports.deleteAsk', { name: report.name })}
      confirm={t('reports.delete')}
      onConfirm={() => deleting.mutate()}
      onClose={onClose}
      isPending={deleting.isPending}
      error={deleting.error}
    >
      {t('reports.deleteHint')}
    </ConfirmModal>
  );
}
