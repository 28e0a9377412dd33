// What the columns of a file mean: the server's guess, to be mended before anything is sent.
import {
  Alert,
  Button,
  Group,
  ScrollArea,
  Paper,
  Select,
  SimpleGrid,
  Stack,
  Table,
  Text,
  TextInput,
} from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { type ReactNode, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { timeZones } from '@/shared/form/choices';

import { assigned, columnsSent, guessOf, type Mapping, missingIn } from './mapping';
import type { Preview } from './queries';

/** What a file often does not say, because all its rows have it in common. */
const COMMON = ['source', 'account', 'currency', 'status'];

export interface Wanted {
  columns?: Record<string, string>;
  constants?: Record<string, string>;
  time_zone?: string;
}

interface Props {
  /** Absent for a file that is too long to be looked at. */
  preview: Preview | undefined;
  /** Of the project. */
  timeZone: string | undefined;
  onSend: (wanted: Wanted) => void;
}

export function MappingForm({ preview, timeZone, onSend }: Props): ReactNode {
  const { t } = useTranslation();
  const [mapping, setMapping] = useState<Mapping>(() => (preview === undefined ? new Map() : guessOf(preview)));
  const [constants, setConstants] = useState<Record<string, string>>({});
  const [zone, setZone] = useState<string | null>(null);
  const zones = useMemo(() => timeZones(), []);
  const missing = preview === undefined ? [] : missingIn(preview, mapping, constants);
  const fields = preview?.fields ?? [];
  const held = new Set(mapping.values());
  const common = fields.filter(({ name }) => COMMON.includes(name) && !held.has(name));
  const send = (): void => {
    const said = Object.fromEntries(Object.entries(constants).filter(([, value]) => value.trim() !== ''));
    onSend({
      ...(preview === undefined ? {} : { columns: columnsSent(preview, mapping) }),
      ...(Object.keys(said).length === 0 ? {} : { constants: said }),
      ...(zone === null ? {} : { time_zone: zone }),
    });
  };
  return (
    <Stack>
      {preview !== undefined && <Columns preview={preview} mapping={mapping} onChange={setMapping} />}
      {missing.length > 0 && (
        <Alert variant="light" color="orange" icon={<IconAlertTriangle />} title={t('data.missing')} role="status">
          {missing.map((name) => t(`data.field.${name as 'net'}`, { defaultValue: name })).join(', ')}
        </Alert>
      )}
      <SimpleGrid cols={{ base: 1, xs: 2, lg: 4 }}>
        {common.map(({ name }) => (
          <TextInput
            key={name}
            label={t(`data.field.${name as 'net'}`, { defaultValue: name })}
            description={t('data.forAllRows')}
            value={constants[name] ?? ''}
            onChange={(event) => setConstants({ ...constants, [name]: event.currentTarget.value })}
          />
        ))}
        <Select
          label={t('field.time_zone')}
          description={t('data.zoneHint')}
          placeholder={timeZone ?? 'UTC'}
          data={zones}
          searchable
          clearable
          limit={100}
          value={zone}
          onChange={setZone}
        />
      </SimpleGrid>
      <Group justify="flex-end">
        <Button disabled={missing.length > 0} onClick={send}>
          {t('data.send')}
        </Button>
      </Group>
    </Stack>
  );
}

interface ColumnsProps {
  preview: Preview;
  mapping: Mapping;
  onChange: (mapping: Mapping) => void;
}

function Columns({ preview, mapping, onChange }: ColumnsProps): ReactNode {
  const { t } = useTranslation();
  const choices = useMemo(
    () =>
      preview.fields.map(({ name, is_required }) => ({
        value: name,
        label: t(`data.field.${name as 'net'}`, { defaultValue: name }) + (is_required ? ' *' : ''),
      })),
    [preview, t],
  );
  return (
    <>
      <Text size="sm" c="dimmed">
        {t('data.columnsHint', { format: preview.format.toUpperCase(), encoding: preview.encoding })}
      </Text>
      <Paper style={{ overflow: 'hidden' }}>
        <ScrollArea type="auto" viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': t('data.columns') }}>
          <Table horizontalSpacing="sm" aria-label={t('data.columns')} className="preview-table">
            <Table.Thead>
              <Table.Tr>
                {preview.columns.map((column, place) => (
                  <Table.Th key={place} miw={200} style={{ verticalAlign: 'top' }}>
                    <Text size="xs" fw={600} className="break-anywhere" mb={4}>
                      {column.name}
                    </Text>
                    <Select
                      size="xs"
                      aria-label={t('data.fieldOf', { column: column.name })}
                      placeholder={t('data.leftOut')}
                      data={choices}
                      searchable
                      clearable
                      value={mapping.get(place) ?? null}
                      onChange={(field) => onChange(assigned(mapping, place, field ?? undefined))}
                    />
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {preview.rows.map((row, at) => (
                <Table.Tr key={at}>
                  {preview.columns.map((_, place) => (
                    <Table.Td key={place} {...(mapping.has(place) ? {} : { c: 'dimmed' })}>
                      <Text size="xs" truncate maw={240} inherit>
                        {row[place]}
                      </Text>
                    </Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </ScrollArea>
      </Paper>
    </>
  );
}
