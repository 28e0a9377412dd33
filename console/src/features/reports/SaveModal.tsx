// Keeps a report under a name, or changes one that is kept.
import { Alert, Modal, Stack, Textarea, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import * as v from 'valibot';

import * as rules from '@/shared/form/rules';
import { useProblemForm } from '@/shared/form/useProblemForm';
import type { Span } from '@/shared/report/question';

import { changeReport, keepReport, type SavedReport } from './queries';
import { keptQuestion, type View } from '@/shared/report/view';
import { FormEnd } from '@/shared/ui/FormEnd';

interface Props {
  projectId: string;
  view: View;
  span: Span;
  saved?: SavedReport;
  onClose: () => void;
  onSaved: (report: SavedReport) => void;
}

const schema = v.object({ name: rules.name, description: v.string() });

export function SaveModal({ projectId, view, span, saved, onClose, onSaved }: Props): ReactNode {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const { form, submit, sending, problem } = useProblemForm({
    initial: { name: saved?.name ?? '', description: saved?.description ?? '' },
    schema,
    send: ({ name, description }) => {
      const shape = view.shape === 'none' ? 'table' : (view.shape ?? 'table');
      const kept = { name: name.trim(), description, query: keptQuestion(view, span), view: shape };
      return saved === undefined ? keepReport(projectId, kept) : changeReport(projectId, saved, kept);
    },
    onSuccess: (report: SavedReport) => {
      void queries.invalidateQueries({ queryKey: ['saved reports', projectId] });
      onSaved(report);
      onClose();
    },
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={t(saved === undefined ? 'reports.saveNew' : 'reports.saveChanges')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form onSubmit={submit} noValidate>
        <Stack>
          <TextInput label={t('field.name')} data-autofocus {...form.getInputProps('name')} />
          <Textarea label={t('reports.description')} autosize minRows={2} {...form.getInputProps('description')} />
          {span.date_from !== undefined && (
            <Alert color="blue" variant="light" p="xs">
              {t('reports.fixedDays')}
            </Alert>
          )}
          <FormEnd problem={problem} submit={t('common.save')} isSending={sending.isPending} onCancel={onClose} />
        </Stack>
      </form>
    </Modal>
  );
}
