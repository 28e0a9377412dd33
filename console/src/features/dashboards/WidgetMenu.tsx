// What can be done with a widget: taken away as a file, asked further; while arranging: changed, copied, removed.
import { ActionIcon, Menu } from '@mantine/core';
import { IconChartBar, IconCopy, IconDots, IconDownload, IconPencil, IconTrash } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import type { Widget } from '@/shared/dashboard/content';
import { FORMATS } from '@/shared/report/download';
import { useDownload } from '@/shared/report/ExportMenu';
import type { Question } from '@/shared/report/question';
import { viewOfQuestion } from '@/shared/report/view';

interface MenuProps {
  title: string;
  children: ReactNode;
}

function Dots({ title, children }: MenuProps): ReactNode {
  const { t } = useTranslation();
  return (
    <span className="widget-actions">
      <Menu position="bottom-end" width={230}>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={t('dashboards.actions', { title })}>
            <IconDots size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>{children}</Menu.Dropdown>
      </Menu>
    </span>
  );
}

interface Props {
  projectId: string;
  title: string;
  widget: Widget;
  /** What it asks by now. */
  question: Question | undefined;
}

export function WidgetMenu({ projectId, title, widget, question }: Props): ReactNode {
  const { t } = useTranslation();
  const { download } = useDownload(projectId);
  if (question === undefined) return null;
  const address = Object.entries(viewOfQuestion(question, widget.kind)).filter(([, value]) => value !== undefined);
  return (
    <Dots title={title}>
      <Menu.Item
        component={Link}
        to="/projects/$projectId/reports"
        params={{ projectId } as never}
        search={Object.fromEntries(address) as never}
        leftSection={<IconChartBar size={16} />}
      >
        {t('overview.explore')}
      </Menu.Item>
      <Menu.Divider />
      <Menu.Label>{t('common.export')}</Menu.Label>
      {FORMATS.map((format) => (
        <Menu.Item
          key={format}
          leftSection={<IconDownload size={16} />}
          onClick={() => download(question, format, title)}
        >
          {t(`report.format.${format}`)}
        </Menu.Item>
      ))}
    </Dots>
  );
}

interface EditingProps {
  title: string;
  onEdit: () => void;
  onCopy: () => void;
  onRemove: () => void;
}

export function EditingMenu({ title, onEdit, onCopy, onRemove }: EditingProps): ReactNode {
  const { t } = useTranslation();
  return (
    <Dots title={title}>
      <Menu.Item leftSection={<IconPencil size={16} />} onClick={onEdit}>
        {t('dashboards.change')}
      </Menu.Item>
      <Menu.Item leftSection={<IconCopy size={16} />} onClick={onCopy}>
        {t('dashboards.duplicate')}
      </Menu.Item>
      <Menu.Item leftSection={<IconTrash size={16} />} color="red" onClick={onRemove}>
        {t('dashboards.remove')}
      </Menu.Item>
    </Dots>
  );
}
