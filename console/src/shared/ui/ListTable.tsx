// A page of a list as a table: skeletons of the same height while it loads, an empty state that says what to do, pages.
import { Box, Group, Pagination, Paper, ScrollArea, Skeleton, Table, Text } from '@mantine/core';
import { type Cell, type ColumnDef, tableFeatures, useTable } from '@tanstack/react-table';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import type { Listed } from '../api/client';
import { ProblemAlert } from './ProblemAlert';

const features = tableFeatures({});

export type Column<Row> = ColumnDef<typeof features, Row & object>;

interface Props<Row> {
  /** What it is a list of, for those who hear it read. */
  label: string;
  columns: Column<Row>[];
  query: { data: Listed<Row> | undefined; error: unknown; isPlaceholderData?: boolean; refetch: () => unknown };
  rowId: (row: Row) => string;
  empty: ReactNode;
  pageSize?: number;
  page?: number;
  onPage?: (page: number) => void;
  /** Rows that stand out; others are not less true. */
  isMarked?: (row: Row) => boolean;
  /** Short numbers only: it stays a table on a phone, where other lists become cards. */
  isDense?: boolean;
}

/** Rows that a list shows before it knows how many there are. */
const EXPECTED_ROWS = 6;
const NO_ROWS: never[] = [];
const MARKED = { bg: 'var(--mantine-primary-color-light)', 'aria-current': true } as const;

export function ListTable<Row extends object>(props: Props<Row>): ReactNode {
  const { query, empty, page = 1, label } = props;
  const { data } = query;
  if (query.error !== null && data === undefined) {
    return <ProblemAlert error={query.error} onRetry={() => void query.refetch()} />;
  }
  if (data?.rows.length === 0 && page === 1) return <Paper>{empty}</Paper>;
  return (
    <>
      <Paper style={{ overflow: 'hidden' }}>
        <ScrollArea type="auto" viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': label }}>
          <Rows {...props} />
        </ScrollArea>
      </Paper>
      <Pages total={data?.total ?? 0} pageSize={props.pageSize ?? 50} page={page} onPage={props.onPage} />
    </>
  );
}

function Rows<Row extends object>({ columns, query, rowId, label, isMarked, isDense = false }: Props<Row>): ReactNode {
  const table = useTable({ features, columns, data: query.data?.rows ?? NO_ROWS, getRowId: rowId });
  return (
    <Table
      className="list-table"
      verticalSpacing="xs"
      horizontalSpacing="md"
      highlightOnHover
      data-cards={!isDense}
      data-stale={query.isPlaceholderData === true}
      aria-busy={query.data === undefined || query.isPlaceholderData === true}
      aria-label={label}
      {...asA('table')}
    >
      <Table.Thead {...asA('rowgroup')}>
        {table.getHeaderGroups().map((group) => (
          <Table.Tr key={group.id} {...asA('row')}>
            {group.headers.map((header) => (
              <Table.Th
                key={header.id}
                data-named={nameOf(header.column.columnDef) !== undefined}
                {...asA('columnheader')}
              >
                <table.FlexRender header={header} />
              </Table.Th>
            ))}
          </Table.Tr>
        ))}
      </Table.Thead>
      <Table.Tbody {...asA('rowgroup')}>
        {query.data === undefined ? (
          <SkeletonRows columns={columns.length} />
        ) : (
          table.getRowModel().rows.map((row) => (
            <Table.Tr key={row.id} {...asA('row')} {...(isMarked?.(row.original) === true ? MARKED : {})}>
              {row.getAllCells().map((cell) => (
                <Table.Td
                  key={cell.id}
                  data-column={cell.column.id}
                  data-label={nameOf(cell.column.columnDef)}
                  {...asA('cell')}
                >
                  {drawn(cell)}
                </Table.Td>
              ))}
            </Table.Tr>
          ))
        )}
      </Table.Tbody>
    </Table>
  );
}

/**
 * What a cell holds. Its function is called, not drawn as a component: columns that are made anew with the rows would begin every cell
 * anew, and with it an open menu or a number that is being typed.
 */
function drawn<Row extends object>(cell: Cell<typeof features, Row>): ReactNode {
  const { cell: draw } = cell.column.columnDef;
  return (typeof draw === 'function' ? draw(cell.getContext()) : draw) as ReactNode;
}

/** A table that is drawn as cards on a phone says itself what its parts are. */
function asA(role: 'table' | 'rowgroup' | 'row' | 'columnheader' | 'cell'): { role: string } {
  return { role };
}

/** What a card writes before the value. */
function nameOf({ header }: { header?: unknown }): string | undefined {
  return typeof header === 'string' && header !== '' ? header : undefined;
}

function SkeletonRows({ columns }: { columns: number }): ReactNode {
  return Array.from({ length: EXPECTED_ROWS }, (_, row) => (
    <Table.Tr key={row}>
      {Array.from({ length: columns }, (_, column) => (
        <Table.Td key={column}>
          <Skeleton height={14} width={`${40 + ((row * 7 + column * 23) % 45)}%`} miw={32} />
        </Table.Td>
      ))}
    </Table.Tr>
  ));
}

interface PagesProps {
  total: number;
  pageSize: number;
  page: number;
  onPage: ((page: number) => void) | undefined;
}

function Pages({ total, pageSize, page, onPage }: PagesProps): ReactNode {
  const { t } = useTranslation();
  if (onPage === undefined || total <= pageSize) return null;
  const first = (page - 1) * pageSize + 1;
  const last = Math.min(page * pageSize, total);
  return (
    <Group justify="space-between" mt="md" gap="md">
      <Text size="sm" c="dimmed" className="numeric">
        {t('common.rowsOf', { first, last, total })}
      </Text>
      <Box>
        <Pagination
          total={Math.ceil(total / pageSize)}
          value={page}
          onChange={onPage}
          size="sm"
          getControlProps={(control) => ({ 'aria-label': t(`common.page.${control}`) })}
          getItemProps={(number) => ({ 'aria-label': t('common.page.number', { number }) })}
        />
      </Box>
    </Group>
  );
}
