// What was found of a part, in the reader's language. The server says it in English; what is new to this console stays so.
import i18next from 'i18next';

/** What the server says, the words for it, and what its pieces are called there. */
const SAYINGS: [RegExp, string, ...string[]][] = [
  [/^(.+) answers, (\d+) rows in (\d+) MB$/, 'holds', 'name', 'rows', 'megabytes'],
  [/^(.+) answers$/, 'answers', 'name'],
  [/^this server owns the database$/, 'owns'],
  [/^everything is applied$/, 'applied'],
  [/^(\d+) s behind$/, 'behind', 'seconds'],
  [/^it does not answer$/, 'silent'],
  [/^kept in (.+), not sent$/, 'kept', 'place'],
  [/^(.+) takes mail from us$/, 'takesMail', 'place'],
  [/^in this process, up to (\d+) MB$/, 'inProcess', 'megabytes'],
  [/^Redis at (.+) forgets at once; see its maxmemory/, 'forgets', 'place'],
  [/^Redis at (.+)$/, 'redis', 'place'],
  [/^(.+) does not give back what it took$/, 'loses', 'place'],
  [/^the folder (.+)$/, 'folder', 'place'],
  [/^the bucket (.+)$/, 'bucket', 'place'],
  [/^the mail server (.+) does not answer in time$/, 'mailSilent', 'place'],
];

/** Engines by the names that people know them by. */
const NAMES: Record<string, string> = { duckdb: 'DuckDB', clickhouse: 'ClickHouse' };

export function foundText(found: string): string {
  for (const [pattern, key, ...names] of SAYINGS) {
    const pieces = pattern.exec(found);
    if (pieces === null) continue;
    const values = Object.fromEntries(names.map((name, at) => [name, calledBy(pieces[at + 1] ?? '')]));
    return i18next.t(`administration.health.found.${key as 'owns'}`, {
      ...values,
      interpolation: { escapeValue: false },
    });
  }
  return found;
}

function calledBy(piece: string): string {
  return NAMES[piece] ?? piece;
}
