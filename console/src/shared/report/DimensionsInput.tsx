// What rows are: a few dimensions in their order, or any attribute of events by its name.
import { MultiSelect, type MultiSelectProps, Stack, Text } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { type Catalogue, labelOf } from './catalogue';

const ATTRIBUTE = /^attributes\.\S+$/;
/** More columns of names than this leave no room for numbers. */
const MAX = 4;

interface Props {
  catalogue: Catalogue | undefined;
  value: string[];
  onChange: (names: string[]) => void;
}

export function DimensionsInput({ catalogue, value, onChange }: Props): ReactNode {
  const { t } = useTranslation();
  const [search, setSearch] = useState('');
  const entries = (catalogue?.dimensions ?? []).filter((entry) => !entry.name.endsWith('*'));
  const known = entries.map((entry) => ({ value: entry.name, label: labelOf(entry.label) }));
  const attributes = [...value.filter((name) => ATTRIBUTE.test(name)), ...(ATTRIBUTE.test(search) ? [search] : [])];
  const own = [...new Set(attributes)].map((name) => ({ value: name, label: name }));
  const meaning = new Map(entries.map((entry) => [entry.name, labelOf(entry.definition)]));
  const renderOption: MultiSelectProps['renderOption'] = ({ option }) => (
    <Stack gap={0}>
      <Text size="sm" fw={500}>
        {option.label}
      </Text>
      <Text size="xs" c="dimmed">
        {meaning.get(option.value)}
      </Text>
    </Stack>
  );
  return (
    <MultiSelect
      label={t('report.breakdown')}
      placeholder={value.length === 0 ? t('report.noBreakdown') : undefined}
      data={[...known, ...own]}
      value={entries.length === 0 ? [] : value}
      onChange={onChange}
      searchValue={search}
      onSearchChange={setSearch}
      renderOption={renderOption}
      searchable
      maxValues={MAX}
      hidePickedOptions
      maxDropdownHeight={380}
      comboboxProps={{ width: 340, position: 'bottom-start' }}
      nothingFoundMessage={t('report.attributeHint')}
      disabled={entries.length === 0}
    />
  );
}
