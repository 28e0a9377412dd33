// The rules of channels: in which order they are tried, and what they say of a visit.
import {
  Alert,
  Button,
  Card,
  Grid,
  Group,
  Paper,
  ScrollArea,
  Skeleton,
  Stack,
  Table,
  Text,
  TextInput,
  Title,
} from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { IconRoute } from '@tabler/icons-react';
import i18next from 'i18next';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { dimensionText } from '@/shared/report/format';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { useProjectId } from '@/shared/url/filters';

import { type ChannelRule, tryVisit, useChannelRules, type Verdict, type Visit } from './queries';

const FIELDS = ['utm_source', 'utm_medium', 'utm_campaign', 'click_id_name', 'referrer', 'page'] as const;
const RULES_PX = 480;
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
          <ProblemAlert error={rules.error} onRetry={() => void rules.refetch()} />
          {rules.data === undefined ? (
            rules.error === null && <Skeleton height={RULES_PX} />
          ) : (
            <Rules rules={rules.data.rules} decisive={trying.data?.rule} />
          )}
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

function Rules({ rules, decisive }: { rules: ChannelRule[]; decisive: string | undefined }): ReactNode {
  const { t } = useTranslation();
  return (
    <Paper style={{ overflow: 'hidden' }}>
      <ScrollArea type="auto" viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': t('data.page.channels') }}>
        <Table className="list-table" horizontalSpacing="md" aria-label={t('data.page.channels')}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>№</Table.Th>
              <Table.Th>{t('data.rule')}</Table.Th>
              <Table.Th>{t('data.conditions')}</Table.Th>
              <Table.Th>{t('data.channel')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rules.map((rule, at) => (
              <Table.Tr
                key={at}
                {...(rule.name === decisive ? { bg: 'var(--mantine-primary-color-light)', 'aria-current': true } : {})}
              >
                <Table.Td className="numeric">{at + 1}</Table.Td>
                <Table.Td>
                  <Text size="sm" miw={150}>
                    {ruleText(rule.name)}
                  </Text>
                </Table.Td>
                <Table.Td>
                  <Conditions rule={rule} />
                </Table.Td>
                <Table.Td>
                  <Text size="sm" fw={500} miw={110}>
                    {dimensionText('channel', rule.channel)}
                  </Text>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollArea>
    </Paper>
  );
}

/** Rules are called in English; one that is new to this console stays so. */
function ruleText(name: string): string {
  return i18next.t(`data.ruleName.${name as 'no trace'}`, { defaultValue: name });
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
            {t(`data.visit.${field as 'referrer'}`, { defaultValue: field })}
          </Text>{' '}
          {t(`data.test.${test as 'is'}`, { defaultValue: test })} {values.slice(0, SHOWN).join(', ')}
          {values.length > SHOWN && ` ${t('data.andOthers', { count: values.length - SHOWN })}`}
        </Text>
      ))}
    </Group>
  );
}
