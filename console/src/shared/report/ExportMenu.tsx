// Takes a report away as a file.
import { Button, Menu } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconDownload } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { explainProblem } from '../ui/explain';
import { downloadReport, type Format, FORMATS } from './download';
import type { Question } from './question';

export function useDownload(projectId: string): {
  download: (question: Question, format: Format, title: string) => void;
  isPending: boolean;
} {
  const { mutate, isPending } = useMutation({
    mutationFn: ({ question, format, title }: { question: Question; format: Format; title: string }) =>
      downloadReport(projectId, question, format, title),
    onError: (error) => {
      const { title, hint } = explainProblem(error);
      notifications.show({ color: 'red', title, message: hint });
    },
  });
  return { download: (question, format, title) => mutate({ question, format, title }), isPending };
}

interface Props {
  projectId: string;
  question: Question | undefined;
  title: string;
}

export function ExportMenu({ projectId, question, title }: Props): ReactNode {
  const { t } = useTranslation();
  const { download, isPending } = useDownload(projectId);
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          variant="default"
          leftSection={<IconDownload size={18} />}
          loading={isPending}
          disabled={question === undefined}
        >
          {t('common.export')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {FORMATS.map((format) => (
          <Menu.Item
            key={format}
            onClick={() => {
              if (question !== undefined) download(question, format, title);
            }}
          >
            {t(`report.format.${format}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
