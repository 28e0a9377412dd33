// What made a number what it is now: who contributed most to its difference, by channel and by campaign.
import { Box, Group, Paper, SegmentedControl, Stack, Text, Title, Tooltip } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { differenceText, dimensionText, TONES, toneOf, valueText } from '@/shared/report/format';
import { metricsOf } from '@/shared/report/question';

import type { Changes, Contributor, Metric, Overview, Place } from './queries';

interface Props {
  overview: Overview;
  metric: Metric;
}

export function WhatChanged({ overview, metric }: Props): ReactNode {
  const { t } = useTranslation();
  const [place, setPlace] = useState<Place>('channel');
  const changes = overview.changes[place];
  const { trend } = overview;
  const kind = metricsOf(trend).find(({ name }) => name === metric)?.kind ?? 'count';
  return (
    <Paper p="lg" h="100%">
      <Group justify="space-between" mb="md" gap="xs">
        <Title order={2} size="h4">
          {t('overview.changed')}
        </Title>
        <SegmentedControl
          size="xs"
          aria-label={t('overview.by')}
          data={[
            { value: 'channel', label: t('overview.byChannel') },
            { value: 'campaign_name', label: t('overview.byCampaign') },
          ]}
          value={place}
          onChange={(chosen) => setPlace(chosen)}
        />
      </Group>
      {changes === undefined || changes.difference === null || changes.contributors.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t(trend.previous === undefined ? 'overview.compareFirst' : 'overview.noChange')}
        </Text>
      ) : (
        <Contributors changes={changes} place={place} metric={metric} kind={kind} currency={trend.currency} />
      )}
    </Paper>
  );
}

interface ContributorsProps {
  changes: Changes;
  place: Place;
  metric: Metric;
  kind: string;
  currency: string;
}

function Contributors({ changes, place, metric, kind, currency }: ContributorsProps): ReactNode {
  const { t } = useTranslation();
  const { contributors, others, difference } = changes;
  const widest = Math.max(...contributors.map(({ contribution }) => Math.abs(contribution ?? 0)), Number.MIN_VALUE);
  return (
    <Stack gap="sm">
      <Text size="sm">
        <Text span fw={650} className="numeric" style={{ color: TONES[toneOf(metric, difference)] }}>
          {differenceText(kind, difference, currency)}
        </Text>{' '}
        <Text span c="dimmed">
          {t('overview.fromTo', {
            before: valueText(kind, changes.before, currency),
            now: valueText(kind, changes.now, currency),
          })}
        </Text>
      </Text>
      {contributors.map((contributor) => (
        <Contribution
          key={nameOf(contributor, place)}
          name={dimensionText(place, nameOf(contributor, place))}
          contributor={contributor}
          share={Math.abs(contributor.contribution ?? 0) / widest}
          metric={metric}
          kind={kind}
          currency={currency}
        />
      ))}
      {others.count > 0 && (
        <Text size="xs" c="dimmed">
          {t('overview.others', {
            count: others.count,
            contribution: differenceText(kind, others.contribution, currency),
          })}
        </Text>
      )}
    </Stack>
  );
}

function nameOf(contributor: Contributor, place: Place): string {
  const name = contributor[place];
  return typeof name === 'string' ? name : '';
}

interface ContributionProps {
  name: string;
  contributor: Contributor;
  share: number;
  metric: Metric;
  kind: string;
  currency: string;
}

function Contribution({ name, contributor, share, metric, kind, currency }: ContributionProps): ReactNode {
  const { before, now, contribution } = contributor;
  const tone = TONES[toneOf(metric, contribution)];
  const was = `${valueText(kind, before, currency)} → ${valueText(kind, now, currency)}`;
  return (
    <div>
      <Group justify="space-between" gap="sm" wrap="nowrap" mb={2}>
        <Text size="sm" truncate title={name}>
          {name}
        </Text>
        <Tooltip label={was}>
          <Text size="sm" className="numeric" fw={550} style={{ color: tone, whiteSpace: 'nowrap' }} tabIndex={0}>
            {differenceText(kind, contribution, currency)}
          </Text>
        </Tooltip>
      </Group>
      <Box h={4} bg="var(--mantine-color-default-border)" style={{ borderRadius: 2, overflow: 'hidden' }} aria-hidden>
        <Box h={4} w={`${share * 100}%`} bg={tone} />
      </Box>
    </div>
  );
}
