// Which numbers: found by name or meaning, each with what it means and what it is made of.
import { MultiSelect, type MultiSelectProps, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { type Catalogue, labelOf } from './catalogue';
import { formulaOf } from './format';

interface Props {
  catalogue: Catalogue | undefined;
  value: string[];
  onChange: (names: string[]) => void;
  max?: number;
  size?: string;
}

export function MetricsInput({ catalogue, value, onChange, max = 12 }: Props): ReactNode {
  const { t } = useTranslation();
  const entries = catalogue?.metrics ?? [];
  const groups = ['count', 'money', 'percent', 'ratio'].map((kind) => ({
    group: t(`report.kind.${kind as 'count'}`),
    items: entries
      .filter((entry) => entry.kind === kind)
      .map((entry) => ({ value: entry.name, label: labelOf(entry.label) })),
  }));
  const meaning = new Map(entries.map((entry) => [entry.name, labelOf(entry.definition)]));
  const renderOption: MultiSelectProps['renderOption'] = ({ option }) => (
    <Stack gap={0}>
      <Text size="sm" fw={500}>
        {option.label}
        {formulaOf(option.value) !== undefined && (
          <Text span size="xs" c="dimmed" fw={400}>
            {`  ${formulaOf(option.value) ?? ''}`}
          </Text>
        )}
      </Text>
      <Text size="xs" c="dimmed">
        {meaning.get(option.value)}
      </Text>
    </Stack>
  );
  return (
    <MultiSelect
      label={t('report.metrics')}
      data={groups}
      value={entries.length === 0 ? [] : value}
      onChange={onChange}
      renderOption={renderOption}
      searchable
      maxValues={max}
      hidePickedOptions
      maxDropdownHeight={380}
      comboboxProps={{ width: 380, position: 'bottom-start' }}
      nothingFoundMessage={t('common.nothingFits')}
      disabled={entries.length === 0}
    />
  );
}
