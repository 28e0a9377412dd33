// The rows of a report. Only those in sight are drawn, so that ten thousand scroll like ten; totals stay in view.
import { Box, Group, Text, UnstyledButton } from '@mantine/core';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { type ColumnDef, type Row as TableRow, tableFeatures, useTable } from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, type ReactNode, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';

import { labelOf } from './catalogue';
import { changeText, dimensionText, formulaOf, TONES, toneOf, valueText } from './format';
import { type Column, type Names, type Numbers, numberOf, type Report, type Row, textOf } from './question';

const features = tableFeatures({});
type Line = TableRow<typeof features, Row>;

const ROW_PX = 40;
const COMPARED_ROW_PX = 54;
/** On a phone a name leaves room for numbers. */
const NAME_WIDTH = 'clamp(120px, 32vw, 140px)';
const TIME_WIDTH = 'clamp(120px, 32vw, 150px)';
const LEAST_NUMBER_PX = 86;
const DIGIT_PX = 10;
/** Of a heading. */
const LETTER_PX = 8;
const PADDING_PX = 20;
/** Rows drawn beyond the edges, so that none is missing while scrolling. */
const BEYOND = 8;

export interface Drill {
  /** Whether there is something below this dimension. */
  goesBelow: (dimension: string) => boolean;
  open: (dimension: string, value: string) => void;
}

interface Props {
  label: string;
  report: Report;
  sort?: string | undefined;
  onSort?: ((sort: string) => void) | undefined;
  drill?: Drill | undefined;
  maxHeight?: number | string;
  isStale?: boolean;
}

/** A total is the longest number of most columns; a heading is broken between its words, and not within them. */
function widthOf({ role, kind, name, label }: Column, { totals, currency }: Report): string {
  if (role !== 'metric') return kind === 'time' ? TIME_WIDTH : NAME_WIDTH;
  const digits = valueText(kind, numberOf(totals, name), currency).length;
  const letters = Math.max(
    ...labelOf(label)
      .split(/[\s-]+/)
      .map((word) => word.length),
  );
  return `${Math.max(LEAST_NUMBER_PX, digits * DIGIT_PX + PADDING_PX, letters * LETTER_PX + PADDING_PX)}px`;
}

export function ReportTable(props: Props): ReactNode {
  const { report, label, sort, onSort, drill, maxHeight = 620, isStale = false } = props;
  const { columns, rows, currency } = report;
  const isCompared = report.previous !== undefined;
  const definitions = useMemo<ColumnDef<typeof features, Row>[]>(
    () => columns.map(({ name }) => ({ id: name, header: name })),
    [columns],
  );
  const table = useTable({ features, columns: definitions, data: rows });
  const lines = table.getRowModel().rows;
  const scroller = useRef<HTMLDivElement>(null);
  const height = isCompared ? COMPARED_ROW_PX : ROW_PX;
  // eslint-disable-next-line react-hooks/incompatible-library -- nothing here is memoized by a compiler
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: BEYOND,
  });
  const shown = virtual.getVirtualItems();
  const before = shown[0]?.start ?? 0;
  const after = virtual.getTotalSize() - (shown.at(-1)?.end ?? 0);
  const widths = columns.map((column) => widthOf(column, report));
  return (
    <Box
      ref={scroller}
      className="report-scroll"
      mah={maxHeight}
      tabIndex={0}
      role="region"
      aria-label={label}
      data-stale={isStale}
    >
      <table
        className="report-table"
        style={{ minWidth: `calc(${widths.join(' + ')})` }}
        aria-label={label}
        aria-rowcount={lines.length + 2}
      >
        <colgroup>
          {columns.map((column, place) => (
            <col key={column.name} style={{ width: widths[place] }} />
          ))}
        </colgroup>
        <thead>
          <tr>
            {columns.map((column) => (
              <Head key={column.name} column={column} sort={sort} onSort={onSort} />
            ))}
          </tr>
        </thead>
        <tbody>
          {before > 0 && <tr style={{ height: before }} aria-hidden />}
          {shown.map(({ index }) => {
            const line = lines[index];
            return (
              line !== undefined && (
                <Cells
                  key={line.id}
                  line={line}
                  place={index}
                  height={height}
                  columns={columns}
                  currency={currency}
                  names={report.names}
                  isCompared={isCompared}
                  drill={drill}
                />
              )
            );
          })}
          {after > 0 && <tr style={{ height: after }} aria-hidden />}
        </tbody>
        <Totals report={report} isCompared={isCompared} />
      </table>
    </Box>
  );
}

interface HeadProps {
  column: Column;
  sort: string | undefined;
  onSort: ((sort: string) => void) | undefined;
}

function orderOf(name: string, sort: string | undefined): 'asc' | 'desc' | 'none' {
  if (sort === name) return 'asc';
  return sort === `-${name}` ? 'desc' : 'none';
}

const ARIA = { asc: 'ascending', desc: 'descending', none: 'none' } as const;

function Head({ column, sort, onSort }: HeadProps): ReactNode {
  const { name, role } = column;
  const order = orderOf(name, sort);
  const formula = role === 'metric' ? formulaOf(name) : undefined;
  const text = (
    <>
      <Group gap={4} wrap="nowrap" justify={role === 'metric' ? 'flex-end' : 'flex-start'}>
        <span className="report-name">{labelOf(column.label)}</span>
        {order === 'asc' && <IconArrowUp size={14} aria-hidden />}
        {order === 'desc' && <IconArrowDown size={14} aria-hidden />}
      </Group>
      {formula !== undefined && <span className="report-formula">{formula}</span>}
    </>
  );
  // A number is looked for from the top, a name from the beginning.
  const first = role === 'metric' ? 'desc' : 'asc';
  const isDescending = order === 'none' ? first === 'desc' : order === 'asc';
  const next = isDescending ? `-${name}` : name;
  return (
    <th scope="col" data-role={role} aria-sort={ARIA[order]}>
      {onSort === undefined ? (
        text
      ) : (
        <UnstyledButton className="report-sort" ta="inherit" onClick={() => onSort(next)}>
          {text}
        </UnstyledButton>
      )}
    </th>
  );
}

interface CellsProps {
  line: Line;
  place: number;
  height: number;
  columns: Column[];
  currency: string;
  names: Names | undefined;
  isCompared: boolean;
  drill: Drill | undefined;
}

const Cells = memo(function Cells(props: CellsProps) {
  const { line, place, height, columns, currency, names, isCompared, drill } = props;
  const row = line.original;
  return (
    <tr style={{ height }} aria-rowindex={place + 2}>
      {columns.map((column) =>
        column.role === 'metric' ? (
          <NumberCell key={column.name} column={column} row={row} currency={currency} isCompared={isCompared} />
        ) : (
          <NameCell key={column.name} column={column} value={textOf(row, column.name)} names={names} drill={drill} />
        ),
      )}
    </tr>
  );
});

interface NameProps {
  column: Column;
  value: string;
  names: Names | undefined;
  drill: Drill | undefined;
}

function NameCell({ column, value, names, drill }: NameProps): ReactNode {
  const text = dimensionText(column.name, value, names);
  const mayOpen = drill?.goesBelow(column.name) === true && value !== '';
  return (
    <td data-role="dimension" title={text}>
      {mayOpen ? (
        <button type="button" className="report-drill" onClick={() => drill.open(column.name, value)}>
          {text}
        </button>
      ) : (
        <span className="report-plain">{text}</span>
      )}
    </td>
  );
}

interface NumberProps {
  column: Column;
  row: Row;
  currency: string;
  isCompared: boolean;
}

function NumberCell({ column, row, currency, isCompared }: NumberProps): ReactNode {
  const { name, kind } = column;
  return (
    <td data-role="metric">
      {valueText(kind, numberOf(row, name), currency)}
      {isCompared && <Change metric={name} kind={kind} row={row} currency={currency} />}
    </td>
  );
}

interface ChangeProps {
  metric: string;
  kind: string;
  row: { previous?: Numbers; change?: Numbers };
  currency: string;
}

/** What it was before, and by how much it changed. */
function Change({ metric, kind, row, currency }: ChangeProps): ReactNode {
  const change = numberOf(row.change, metric);
  return (
    <span
      className="report-change"
      style={{ color: TONES[toneOf(metric, change)] }}
      title={valueText(kind, numberOf(row.previous, metric), currency)}
    >
      {changeText(change)}
    </span>
  );
}

function Totals({ report, isCompared }: { report: Report; isCompared: boolean }): ReactNode {
  const { t } = useTranslation();
  const { columns, totals, currency } = report;
  return (
    <tfoot>
      <tr>
        {columns.map((column, place) =>
          column.role === 'metric' ? (
            <NumberCell key={column.name} column={column} row={totals} currency={currency} isCompared={isCompared} />
          ) : (
            <td key={column.name} data-role="dimension">
              {place === 0 && (
                <Text span inherit>
                  {t('report.total')}
                </Text>
              )}
            </td>
          ),
        )}
      </tr>
    </tfoot>
  );
}
