// What a change changed: each field before and after.
import { Code, Table, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

type Fields = Record<string, unknown> | null;

interface Change {
  path: string;
  before: string;
  after: string;
}

function show(value: unknown): string {
  if (value === undefined || value === null) return '—';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** `{settings: {ranking}}` as `settings.ranking`. */
function flat(fields: unknown, prefix = ''): [string, unknown][] {
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) return [[prefix, fields]];
  return Object.entries(fields).flatMap(([name, value]) => flat(value, prefix === '' ? name : `${prefix}.${name}`));
}

/** The fields that differ. */
export function changesOf(before: Fields, after: Fields): Change[] {
  const [old, fresh] = [new Map(before === null ? [] : flat(before)), new Map(after === null ? [] : flat(after))];
  const paths = [...new Set([...old.keys(), ...fresh.keys()])];
  const all = paths.map((path) => ({ path, before: show(old.get(path)), after: show(fresh.get(path)) }));
  return all.filter((change) => change.before !== change.after);
}

export function Changes({ before, after }: { before: Fields; after: Fields }): ReactNode {
  const { t } = useTranslation();
  const changes = changesOf(before, after);
  if (changes.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t('trail.nothingChanged')}
      </Text>
    );
  }
  return (
    <Table.ScrollContainer minWidth={400}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('trail.field')}</Table.Th>
            {before !== null && <Table.Th>{t('trail.before')}</Table.Th>}
            <Table.Th>{t('trail.after')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {changes.map((change) => (
            <Table.Tr key={change.path}>
              <Table.Td>
                <Code>{change.path}</Code>
              </Table.Td>
              {before !== null && <Table.Td className="break-anywhere">{change.before}</Table.Td>}
              <Table.Td className="break-anywhere">{change.after}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
