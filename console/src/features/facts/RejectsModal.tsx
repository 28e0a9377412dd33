// The rows of a file that were not kept: where each stands, what is wrong with it, and all of them as a file to mend.
import { Button, Group, Modal, Skeleton, Stack, Table, Text } from '@mantine/core';
import { IconDownload, IconFileX } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import i18next from 'i18next';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { matching } from '@/shared/ui/found';
import { NothingFound } from '@/shared/ui/NothingFound';
import { count } from '@/shared/ui/number';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { saveFile } from '@/shared/ui/saveFile';
import { SearchInput } from '@/shared/ui/SearchInput';

import { type Import, type Rejects, rejectsOf, useRejects } from './queries';

interface Props {
  projectId: string;
  one: Import;
  onClose: () => void;
}

export function RejectsModal({ projectId, one, onClose }: Props): ReactNode {
  const { t } = useTranslation();
  const found = useRejects(projectId, one.job_id);
  const saving = useMutation({
    mutationFn: () => rejectsOf(projectId, one.job_id),
    onSuccess: (file) => saveFile(file, `${one.file_name.replace(/\.\w+$/, '') || 'import'}-rejects.csv`),
  });
  const rejected = one.rejected ?? 0;
  const shown = found.data?.rows.length ?? 0;
  return (
    <Modal
      opened
      onClose={onClose}
      size="xl"
      title={t('data.rejectsOf', { file: one.file_name })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Stack>
        <Text size="sm">{t('data.rejectsLead')}</Text>
        <ProblemAlert error={found.error ?? saving.error} onRetry={() => void found.refetch()} />
        {found.data === undefined ? found.error === null && <Skeleton height={160} /> : <Rows rejects={found.data} />}
        <Group justify="space-between">
          <Text size="xs" c="dimmed">
            {shown > 0 && shown < rejected && t('data.rejectsShown', { shown: count(shown), all: count(rejected) })}
          </Text>
          <Button
            variant="light"
            leftSection={<IconDownload size={16} />}
            loading={saving.isPending}
            onClick={() => saving.mutate()}
          >
            {t('data.rejectsSave')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

type Reject = Rejects['rows'][number];

function fieldText({ field }: Reject): string {
  return field === '' ? '' : i18next.t(`data.field.${field as 'net'}`, { defaultValue: field });
}

/** A code that is new to this console is told in the server's own words. */
function reasonText({ code, reason }: Reject): string {
  return i18next.t(`data.reject.${code as 'required'}`, { defaultValue: reason });
}

const wordsOf = (row: Reject): string[] => [String(row.line), fieldText(row), reasonText(row), ...row.cells];

function Rows({ rejects: { columns, rows } }: { rejects: Rejects }): ReactNode {
  const { t } = useTranslation();
  const [search, setSearch] = useState<string>();
  const found = matching(rows, search, wordsOf);
  return (
    <div>
      <SearchInput label={t('data.searchRejects')} value={search} onChange={setSearch} />
      {found.length === 0 ? (
        <NothingFound icon={IconFileX} onClear={() => setSearch(undefined)} />
      ) : (
        <RejectTable columns={columns} rows={found} />
      )}
    </div>
  );
}

function RejectTable({ columns, rows }: Rejects): ReactNode {
  const { t } = useTranslation();
  return (
    <Table.ScrollContainer minWidth={0} mah={420} type="native" tabIndex={0}>
      <Table aria-label={t('data.rejects')} verticalSpacing={4} stickyHeader>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('data.rejectLine')}</Table.Th>
            <Table.Th>{t('data.rejectField')}</Table.Th>
            <Table.Th>{t('data.rejectReason')}</Table.Th>
            {columns.map((column, place) => (
              <Table.Th key={`${place}-${column}`} className="one-cell" title={column}>
                {column}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row, place) => (
            <Table.Tr key={place}>
              <Table.Td className="numeric">{row.line}</Table.Td>
              <Table.Td miw={120}>{fieldText(row)}</Table.Td>
              <Table.Td miw={200} title={row.reason}>
                {reasonText(row)}
              </Table.Td>
              {row.cells.map((cell, at) => (
                <Table.Td key={at} c="dimmed" className="one-cell" title={cell}>
                  {cell}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
