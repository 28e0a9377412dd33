// Which rows count: a chip for each filter, changed and removed where it stands. Values are offered as they occur.
import { Button, CloseButton, Group, Popover, SegmentedControl, Select, Stack, TagsInput, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconFilterPlus } from '@tabler/icons-react';
import { useQueries, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { answer, api } from '../api/client';
import { type Catalogue, labelOf, useCatalogue } from './catalogue';
import { dimensionText, UNATTRIBUTED } from './format';
import { askReport, type Filter, type Names, type Report, type Span, textOf } from './question';

/** Values that are offered; any other can be typed. */
const MAX_OFFERED = 200;
/** Names on a chip; the others are counted. */
const MAX_NAMED = 2;
/** Dimensions whose values are codes that people know by other names. */
const CODED = ['channel', 'country'];
/** The dimension whose values are ids, which reports name. */
const NAMED = 'advertiser';

interface Props {
  projectId: string;
  value: Filter[];
  onChange: (filters: Filter[]) => void;
  /** Where values are looked for. */
  span: Span | undefined;
}

export function FiltersInput({ projectId, value, onChange, span }: Props): ReactNode {
  const { t } = useTranslation();
  // A page without filters has nothing to name, and asks for nothing.
  const catalogue = useCatalogue(projectId, value.length > 0).data;
  const names = useNames(projectId, value.flatMap(idsOf), span);
  const put = (place: number, filter: Filter | undefined): void =>
    onChange(value.flatMap((each, at) => (at !== place ? [each] : filter === undefined ? [] : [filter])));
  return (
    <Group gap="xs" maw="100%">
      {value.map((filter, place) => (
        <Group key={`${filter.dimension}-${place}`} gap={0} className="chip" wrap="nowrap" maw="min(30rem, 100%)">
          <Editor
            projectId={projectId}
            span={span}
            filter={filter}
            known={names}
            label={chipText(filter, catalogue, names, t('report.isNot'))}
            more={filter.values.length - MAX_NAMED}
            onDone={(changed) => put(place, changed)}
          />
          <CloseButton
            size="sm"
            flex="none"
            aria-label={t('report.removeFilter', { name: nameOf(filter.dimension, catalogue) })}
            onClick={() => put(place, undefined)}
          />
        </Group>
      ))}
      <Editor
        projectId={projectId}
        span={span}
        label={t('report.addFilter')}
        onDone={(filter) => onChange([...value, filter])}
      />
    </Group>
  );
}

/** Ids that a filter names. */
function idsOf({ dimension, values }: Pick<Filter, 'dimension' | 'values'>): string[] {
  return dimension === NAMED ? values.filter((value) => value !== UNATTRIBUTED) : [];
}

/** How the values are called: reports name those that have numbers, and the others are asked for one by one. */
function useNames(projectId: string, ids: string[], span: Span | undefined): Names {
  const { data, isPending } = useValues(projectId, ids.length > 0 ? NAMED : '', span);
  const known: Record<string, string> = data?.names?.[NAMED] ?? {};
  const missing = isPending ? [] : [...new Set(ids)].filter((id) => known[id] === undefined);
  const asked = useQueries({
    queries: missing.map((id) => ({
      queryKey: ['advertiser name', projectId, id],
      queryFn: () => askName(projectId, id),
      staleTime: 60_000,
    })),
  });
  const found = missing.flatMap((id, at) => (asked[at]?.data === undefined ? [] : [[id, asked[at].data] as const]));
  return { ...data?.names, [NAMED]: { ...known, ...Object.fromEntries(found) } };
}

async function askName(projectId: string, advertiserId: string): Promise<string> {
  const path = { projectId, advertiserId };
  return (await answer(api.GET('/api/v1/projects/{projectId}/advertisers/{advertiserId}', { params: { path } }))).name;
}

function nameOf(dimension: string, catalogue: Catalogue | undefined): string {
  const entry = catalogue?.dimensions.find(({ name }) => name === dimension);
  return entry === undefined ? dimension : labelOf(entry.label);
}

function chipText(filter: Filter, catalogue: Catalogue | undefined, known: Names | undefined, not: string): string {
  const names = filter.values.slice(0, MAX_NAMED).map((value) => dimensionText(filter.dimension, value, known));
  return `${nameOf(filter.dimension, catalogue)}: ${filter.operator === 'is_not' ? `${not} ` : ''}${names.join(', ')}`;
}

interface EditorProps {
  projectId: string;
  span: Span | undefined;
  filter?: Filter;
  label: string;
  /** Names of what the filter says. */
  known?: Names;
  /** Values that the label does not name. */
  more?: number;
  onDone: (filter: Filter) => void;
}

function Editor(props: EditorProps): ReactNode {
  const { filter, label, more = 0 } = props;
  const [isOpen, { close, toggle }] = useDisclosure(false);
  return (
    <Popover opened={isOpen} onChange={close} position="bottom-start" trapFocus shadow="md" width={320}>
      <Popover.Target>
        <Button
          variant={filter === undefined ? 'default' : 'transparent'}
          size="compact-sm"
          px={8}
          miw={0}
          title={label}
          {...(filter === undefined ? { leftSection: <IconFilterPlus size={16} /> } : { color: 'plum' })}
          onClick={toggle}
        >
          <Text span inherit truncate>
            {label}
          </Text>
          {more > 0 && `\u00a0+${more}`}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>{isOpen && <Fields {...props} onClose={close} />}</Popover.Dropdown>
    </Popover>
  );
}

/** The values of a dimension as they occur; none are asked for without a dimension. */
function useValues(projectId: string, dimension: string, span: Span | undefined): UseQueryResult<Report> {
  const { window, date_from, date_to } = span ?? {};
  return useQuery({
    queryKey: ['report', projectId, 'values', dimension, window, date_from, date_to],
    queryFn: () => {
      const metrics = ['revenue', 'cost', 'sessions'];
      return askReport(projectId, { metrics, group_by: [dimension], window, date_from, date_to, limit: MAX_OFFERED });
    },
    enabled: dimension !== '',
    staleTime: 60_000,
  });
}

function offeredOf(report: Report | undefined, dimension: string): string[] {
  const values = report?.rows.map((row) => textOf(row, dimension)).filter((value) => value !== '') ?? [];
  return dimension === '' ? [] : [...new Set([...values, UNATTRIBUTED])];
}

/** Two of one name are told apart by their ids. */
function namesOf(values: string[], text: (value: string) => string): Map<string, string> {
  const names = values.map(text);
  return new Map(
    values.map((value, at) => [value, names.indexOf(names[at] ?? '') === at ? (names[at] ?? value) : value]),
  );
}

/** Names of what the filter says, and of what occurs. */
function both(known: Names | undefined, { names }: Partial<Report> = {}): Names {
  return { ...names, [NAMED]: { ...known?.[NAMED], ...names?.[NAMED] } };
}

function Fields({ projectId, span, filter, known, onDone, onClose }: EditorProps & { onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const [dimension, setDimension] = useState(filter?.dimension ?? 'channel');
  const [operator, setOperator] = useState<Filter['operator']>(filter?.operator ?? 'is');
  const [values, setValues] = useState(filter?.values ?? []);
  const catalogue = useCatalogue(projectId).data;
  const occurring = useValues(projectId, dimension, span).data;
  const offered = offeredOf(occurring, dimension);
  // Values are shown by their names and kept by their codes or ids.
  const isCoded = CODED.includes(dimension);
  const every = [...new Set([...offered, ...values])];
  const called = both(known, occurring);
  const names = namesOf(every, (value) => shown(dimension, value, isCoded, called));
  const codes = new Map([...names].map(([value, name]) => [name, value]));
  const dimensions = (catalogue?.dimensions ?? []).filter(({ kind, name }) => kind !== 'time' && !name.endsWith('*'));
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        event.stopPropagation();
        if (values.length === 0) return;
        // What was typed before the values had come is a name, too.
        const named = new Map(offered.map((value) => [names.get(value), value]));
        onDone({ dimension, operator, values: values.map((value) => named.get(value) ?? value) });
        onClose();
      }}
    >
      <Stack gap="sm">
        <Select
          label={t('report.dimension')}
          data={dimensions.map((entry) => ({ value: entry.name, label: labelOf(entry.label) }))}
          value={dimension}
          allowDeselect={false}
          searchable
          comboboxProps={{ withinPortal: false }}
          onChange={(name) => {
            setDimension(name ?? '');
            setValues([]);
          }}
        />
        <SegmentedControl
          size="xs"
          fullWidth
          aria-label={t('report.operator')}
          data={[
            { value: 'is', label: t('report.is') },
            { value: 'is_not', label: t('report.isNot') },
          ]}
          value={operator}
          onChange={(chosen) => setOperator(chosen)}
        />
        <TagsInput
          label={t('report.values')}
          data={[...codes.keys()]}
          value={values.map((value) => names.get(value) ?? value)}
          onChange={(chosen) => setValues(chosen.map((text) => codes.get(text) ?? text))}
          // What is changed of a filter is mostly its values; their list opens when it is asked for.
          data-autofocus={filter === undefined ? undefined : true}
          openOnFocus={filter === undefined}
          acceptValueOnBlur
          // The list itself is scrolled: whoever types in the field moves in it by the arrows.
          withScrollArea={false}
          styles={{ options: { maxHeight: 180, overflowY: 'auto' } }}
          // Above, where it does not cover the button that ends this.
          comboboxProps={{ withinPortal: false, position: 'top', middlewares: { flip: false } }}
        />
        <Group justify="space-between">
          <Text size="xs" c="dimmed">
            {t('report.valuesHint')}
          </Text>
          <Button type="submit" size="xs" disabled={values.length === 0}>
            {t('period.apply')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function shown(dimension: string, value: string, isCoded: boolean, names: Names | undefined): string {
  const isKnown = isCoded || value === UNATTRIBUTED || names?.[dimension] !== undefined;
  return isKnown ? dimensionText(dimension, value, names) : value;
}
