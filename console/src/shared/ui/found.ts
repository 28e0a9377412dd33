// Lists that come whole and are searched and paged where they are shown: of what a project has dozens of, not millions.
import { useMemo } from 'react';

import type { Listed } from '../api/client';

/** As many as the server gives at once. */
export const ALL = 1_000;
export const FOUND_PAGE_SIZE = 50;

interface Asked<Row> {
  data: Listed<Row> | undefined;
  error: unknown;
  refetch: () => unknown;
}

/** The page of those rows in whose words what was typed occurs, in any case. `wordsOf` must stay the same. */
export function useFound<Row>(
  query: Asked<Row>,
  { search, page }: { search?: string | undefined; page: number },
  wordsOf: (row: Row) => (string | null | undefined)[],
): Asked<Row> {
  const { data, error, refetch } = query;
  const found = useMemo(() => {
    if (data === undefined) return undefined;
    const rows = matching(data.rows, search, wordsOf);
    const first = (page - 1) * FOUND_PAGE_SIZE;
    return { rows: rows.slice(first, first + FOUND_PAGE_SIZE), total: rows.length };
  }, [data, search, page, wordsOf]);
  return { data: found, error, refetch };
}

export function matching<Row>(
  rows: Row[],
  search: string | undefined,
  wordsOf: (row: Row) => (string | null | undefined)[],
): Row[] {
  const wanted = (search ?? '').trim().toLocaleLowerCase();
  if (wanted === '') return rows;
  return rows.filter((row) => wordsOf(row).some((words) => (words ?? '').toLocaleLowerCase().includes(wanted)));
}
