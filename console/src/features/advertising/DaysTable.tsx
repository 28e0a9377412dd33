// What was delivered and spent, as a table: the newest day first.
import { type ReactNode, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Project } from '@/shared/session/viewer';
import { dayText } from '@/shared/ui/day';
import { type Column, ListTable } from '@/shared/ui/ListTable';
import { count, percent, price } from '@/shared/ui/number';

import type { Statistics } from './queries';

type Day = Statistics['days'][number];

const PAGE_SIZE = 14;

export function DaysTable({ statistics, project }: { statistics: Statistics; project: Project }): ReactNode {
  const { t } = useTranslation();
  const [page, setPage] = useState(1);
  const { days } = statistics;
  const shown = useMemo(() => {
    const rows = days.toReversed().slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE);
    return { data: { rows, total: days.length }, error: null, refetch: () => undefined };
  }, [days, page]);
  const columns = useMemo<Column<Day>[]>(() => {
    const { is_sandbox: isSandbox, currency } = project;
    const column = (id: string, header: string, value: (day: Day) => string): Column<Day> => ({
      id,
      header,
      cell: ({ row }) => <span className="numeric">{value(row.original)}</span>,
    });
    return [
      column('day', t('advertising.table.day'), (day) => dayText(day.date, isSandbox)),
      column('impressions', t('advertising.figure.impressions'), (day) => count(day.impressions_count)),
      column('clicks', t('advertising.figure.clicks'), (day) => count(day.clicks_count)),
      column('conversion', t('advertising.table.conversion'), (day) => percent(day.conversion / 100)),
      column('spent', t('advertising.figure.spent'), (day) => price(day.spent_total, currency)),
    ];
  }, [t, project]);
  return (
    <ListTable
      label={t('advertising.byDay')}
      columns={columns}
      query={shown}
      rowId={(day) => String(day.date)}
      page={page}
      pageSize={PAGE_SIZE}
      onPage={setPage}
      empty={null}
      isDense
    />
  );
}
