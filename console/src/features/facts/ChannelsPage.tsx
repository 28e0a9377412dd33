// The rules of channels: in which order they are tried, and what they say of a visit.
import { Alert, Button, Card, Grid, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation, type UseQueryResult } from '@tanstack/react-query';
import { IconRoute } from '@tabler/icons-react';
import i18next from 'i18next';
import { type ReactNode, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { dimensionText } from '@/shared/report/format';
import { FOUND_PAGE_SIZE, useFound } from '@/shared/ui/found';
import { type Column, ListTable } from '@/shared/ui/ListTable';
import { NothingFound } from '@/shared/ui/NothingFound';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { SearchInput } from '@/shared/ui/SearchInput';
import { page, text, useFilters, useProjectId } from '@/shared/url/filters';

import { type ChannelRule, type ChannelRules, tryVisit, useChannelRules, type Verdict, type Visit } from './queries';

const FIELDS = ['utm_source', 'utm_medium', 'utm_campaign', 'click_id_name', 'referrer', 'page'] as const;
const address = { search: text, page };
const EXAMPLES: Record<(typeof FIELDS)[number], string> = {
  utm_source: 'yandex',
  utm_medium: 'cpc',
  utm_campaign: 'autumn',
  click_id_name: 'yclid',
  referrer: 'https://yandex.ru/',
  page: 'https://shop.example/',
};

export function ChannelsPage(): ReactNode {
  const { t } = useTranslation();
  const projectId = useProjectId();
  const rules = useChannelRules(projectId);
  const trying = useMutation({ mutationFn: (visit: Visit) => tryVisit(projectId, visit) });
  return (
    <Stack>
      <Text size="sm" c="dimmed" maw="46rem">
        {t('data.channelsLead')}
      </Text>
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, lg: 4 }}>
          <VisitForm isPending={trying.isPending} onTry={(visit) => trying.mutate(visit)}>
            <ProblemAlert error={trying.error} />
            {trying.data !== undefined && <Says verdict={trying.data} />}
          </VisitForm>
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 8 }}>
          <Rules query={rules} decisive={trying.data?.rule} />
        </Grid.Col>
      </Grid>
    </Stack>
  );
}

interface FormProps {
  isPending: boolean;
  onTry: (visit: Visit) => void;
  children: ReactNode;
}

function VisitForm({ isPending, onTry, children }: FormProps): ReactNode {
  const { t } = useTranslation();
  const [visit, setVisit] = useState<Record<string, string>>({});
  return (
    <Card padding="lg">
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          onTry(Object.fromEntries(Object.entries(visit).filter(([, value]) => value.trim() !== '')));
        }}
      >
        <Stack gap="sm">
          <Title order={2} size="h4">
            {t('data.tryVisit')}
          </Title>
          {FIELDS.map((name) => (
            <TextInput
              key={name}
              size="sm"
              label={t(`data.visit.${name}`)}
              placeholder={EXAMPLES[name]}
              value={visit[name] ?? ''}
              onChange={(event) => setVisit({ ...visit, [name]: event.currentTarget.value })}
            />
          ))}
          <Button type="submit" loading={isPending}>
            {t('data.try')}
          </Button>
          {children}
        </Stack>
      </form>
    </Card>
  );
}

function Says({ verdict }: { verdict: Verdict }): ReactNode {
  const { t } = useTranslation();
  return (
    <Alert variant="light" icon={<IconRoute />} title={dimensionText('channel', verdict.channel)} role="status">
      {t('data.byRule', { rule: ruleText(verdict.rule) })}
    </Alert>
  );
}

/** A rule, with its place in the whole order. */
interface Placed {
  at: number;
  rule: ChannelRule;
}

/** All that is written in a row. */
function wordsOf({ rule }: Placed): string[] {
  const conditions = rule.conditions.flatMap(({ field, test, values }) => [
    fieldText(field),
    testText(test),
    ...values,
  ]);
  return [ruleText(rule.name), dimensionText('channel', rule.channel), ...conditions];
}

interface RulesProps {
  query: UseQueryResult<ChannelRules>;
  decisive: string | undefined;
}

function Rules({ query, decisive }: RulesProps): ReactNode {
  const { t } = useTranslation();
  const { values, change, clear } = useFilters(address);
  const { data, error, refetch } = query;
  const placed = useMemo(() => {
    const rows = data?.rules.map((rule, at) => ({ at: at + 1, rule }));
    return { data: rows && { rows, total: rows.length }, error, refetch };
  }, [data, error, refetch]);
  const found = useFound(placed, values, wordsOf);
  const columns = useMemo<Column<Placed>[]>(
    () => [
      { id: 'at', header: '№', cell: ({ row }) => <span className="numeric">{row.original.at}</span> },
      {
        id: 'rule',
        header: t('data.rule'),
        cell: ({ row }) => (
          <Text size="sm" miw={150}>
            {ruleText(row.original.rule.name)}
          </Text>
        ),
      },
      { id: 'conditions', header: t('data.conditions'), cell: ({ row }) => <Conditions rule={row.original.rule} /> },
      {
        id: 'channel',
        header: t('data.channel'),
        cell: ({ row }) => (
          <Text size="sm" fw={500} miw={110}>
            {dimensionText('channel', row.original.rule.channel)}
          </Text>
        ),
      },
    ],
    [t],
  );
  return (
    <>
      <SearchInput label={t('data.searchRules')} value={values.search} onChange={(search) => change({ search })} />
      <ListTable
        label={t('data.page.channels')}
        columns={columns}
        query={found}
        rowId={({ at }) => String(at)}
        isMarked={({ rule }) => rule.name === decisive}
        page={values.page}
        pageSize={FOUND_PAGE_SIZE}
        onPage={(next) => change({ page: next })}
        empty={<NothingFound icon={IconRoute} onClear={clear} />}
      />
    </>
  );
}

/** Rules are called in English; one that is new to this console stays so. */
function ruleText(name: string): string {
  return i18next.t(`data.ruleName.${name as 'no trace'}`, { defaultValue: name });
}

function fieldText(field: string): string {
  return i18next.t(`data.visit.${field as 'referrer'}`, { defaultValue: field });
}

function testText(test: string): string {
  return i18next.t(`data.test.${test as 'is'}`, { defaultValue: test });
}

/** Values of a condition that are shown; the others are counted. */
const SHOWN = 6;

function Conditions({ rule }: { rule: ChannelRule }): ReactNode {
  const { t } = useTranslation();
  if (rule.conditions.length === 0) {
    return (
      <Text size="xs" c="dimmed">
        {t('data.always')}
      </Text>
    );
  }
  return (
    <Group gap={4} miw={220}>
      {rule.conditions.map(({ field, test, values }, at) => (
        <Text key={at} size="xs" className="break-anywhere" title={values.join(', ')}>
          <Text span fw={600} inherit>
            {fieldText(field)}
          </Text>{' '}
          {testText(test)} {values.slice(0, SHOWN).join(', ')}
          {values.length > SHOWN && ` ${t('data.andOthers', { count: values.length - SHOWN })}`}
        </Text>
      ))}
    </Group>
  );
}
