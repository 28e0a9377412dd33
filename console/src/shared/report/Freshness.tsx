// What the numbers were read from, and how far that reaches: whoever doubts a number looks here first.
import { Alert, Group, Popover, Stack, Table, Text, UnstyledButton } from '@mantine/core';
import { IconAlertTriangle, IconDatabase } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { Moment } from '../ui/Moment';
import { count } from '../ui/number';
import { dateText, spanText } from './format';
import type { Report, Source } from './question';
import { sourceText } from './source';

export function Freshness({ report }: { report: Report }): ReactNode {
  const { t } = useTranslation();
  const { sources } = report;
  return (
    <Stack gap="xs">
      {report.unconverted > 0 && (
        <Alert color="orange" variant="light" icon={<IconAlertTriangle />} p="xs">
          {t('report.unconverted', { count: report.unconverted, number: count(report.unconverted) })}
        </Alert>
      )}
      <Group gap="md" c="dimmed" fz="xs">
        <span>
          {spanText(report.date_from, report.date_to)}
          {report.previous !== undefined &&
            ` · ${t('report.comparedWith', { days: spanText(report.previous.date_from, report.previous.date_to) })}`}
        </span>
        {sources.length === 0 ? (
          <span>{t('report.noSources')}</span>
        ) : (
          <Popover position="top-start" shadow="md" width={520}>
            <Popover.Target>
              <UnstyledButton c="dimmed" fz="xs" td="underline">
                <Group gap={4} component="span" wrap="nowrap">
                  <IconDatabase size={14} aria-hidden />
                  {t('report.sources', { count: sources.length })}
                </Group>
              </UnstyledButton>
            </Popover.Target>
            <Popover.Dropdown style={{ overflowX: 'auto' }}>
              <Sources sources={sources} />
            </Popover.Dropdown>
          </Popover>
        )}
      </Group>
    </Stack>
  );
}

function Sources({ sources }: { sources: Source[] }): ReactNode {
  const { t } = useTranslation();
  return (
    <Table fz="xs" verticalSpacing={4}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t('report.source.name')}</Table.Th>
          <Table.Th>{t('report.source.facts')}</Table.Th>
          <Table.Th>{t('report.source.latest')}</Table.Th>
          <Table.Th>{t('report.source.arrived')}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {sources.map((source) => (
          <Table.Tr key={[source.feeds, source.facts, source.source, source.account].join('/')}>
            <Table.Td>
              {sourceText(source.source)}
              {source.account !== '' && (
                <Text size="xs" c="dimmed">
                  {source.account}
                </Text>
              )}
            </Table.Td>
            <Table.Td>{t(`facts.${source.facts as 'orders'}`, { defaultValue: source.facts })}</Table.Td>
            <Table.Td>
              <Latest latest={source.latest} />
            </Table.Td>
            <Table.Td>
              <Moment at={source.arrived_at} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

/** A day, or an instant. */
export function Latest({ latest }: { latest: string }): ReactNode {
  useTranslation();
  return latest.includes('T') ? <Moment at={latest} exact /> : dateText(latest);
}
