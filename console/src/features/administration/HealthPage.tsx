// How the installation does: every part asked now, what version runs, where people reach it.
import {
  Alert,
  Badge,
  Button,
  Card,
  Code,
  Group,
  SimpleGrid,
  Skeleton,
  Stack,
  Text,
  ThemeIcon,
  Title,
} from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconRefresh } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { answer, api, type Schema } from '@/shared/api/client';
import { PageHeader } from '@/shared/ui/PageHeader';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';

import { foundText } from './found';

type Part = Schema<'PartHealth'>;

/** How often it is asked while somebody looks. */
const WATCH_MS = 15_000;
const EXPECTED_PARTS = 6;

export function HealthPage(): ReactNode {
  const { t } = useTranslation();
  const health = useQuery({
    queryKey: ['health'],
    queryFn: () => answer(api.GET('/api/v1/installation/health')),
    refetchInterval: WATCH_MS,
  });
  const isAllWell = health.data?.every((part) => part.is_in_order) === true;
  return (
    <>
      <PageHeader
        title={t('administration.health.title')}
        description={t('administration.health.lead')}
        actions={
          <Button
            variant="default"
            leftSection={<IconRefresh size={18} />}
            loading={health.isFetching}
            onClick={() => void health.refetch()}
          >
            {t('administration.health.again')}
          </Button>
        }
      />
      <Stack gap="lg">
        <ProblemAlert error={health.error} />
        {health.data !== undefined && (
          <Alert
            variant="light"
            color={isAllWell ? 'green' : 'red'}
            icon={isAllWell ? <IconCheck /> : <IconAlertTriangle />}
            title={t(isAllWell ? 'administration.health.well' : 'administration.health.ill')}
            role="status"
          />
        )}
        <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
          {health.data === undefined
            ? Array.from({ length: EXPECTED_PARTS }, (_, place) => <Skeleton key={place} height={104} />)
            : health.data.map((part) => <PartCard key={part.part} part={part} />)}
        </SimpleGrid>
        <Versions />
      </Stack>
    </>
  );
}

function PartCard({ part }: { part: Part }): ReactNode {
  const { t } = useTranslation();
  return (
    <Card padding="md">
      <Group wrap="nowrap" align="flex-start">
        <ThemeIcon variant="light" radius="xl" color={part.is_in_order ? 'green' : 'red'} aria-hidden>
          {part.is_in_order ? <IconCheck size={18} /> : <IconAlertTriangle size={18} />}
        </ThemeIcon>
        <Stack gap={4} miw={0} flex={1}>
          <Group justify="space-between" gap="xs">
            <Text fw={600}>
              {t(`administration.health.part.${part.part as 'database'}`, { defaultValue: part.part })}
            </Text>
            <Text size="xs" c="dimmed" className="numeric">
              {t('common.milliseconds', { ms: part.took_ms })}
            </Text>
          </Group>
          <Text size="sm" c="dimmed" className="break-anywhere">
            {foundText(part.found)}
          </Text>
        </Stack>
      </Group>
    </Card>
  );
}

function Versions(): ReactNode {
  const { t } = useTranslation();
  const installation = useQuery({ queryKey: ['installation'], queryFn: () => answer(api.GET('/api/v1/installation')) });
  const found = installation.data;
  if (found === undefined)
    return installation.isPending ? <Skeleton height={120} /> : <ProblemAlert error={installation.error} />;
  const rows: [string, ReactNode][] = [
    [t('administration.version'), <Code key="version">{found.version}</Code>],
    [t('administration.publicUrl'), <Code key="url">{found.public_url}</Code>],
    [t('administration.database'), found.database],
    [t('administration.openProjects'), found.open_projects],
    [t('administration.overshoot'), `${found.overshoot_percent} %`],
    [
      t('administration.registration'),
      <Badge key="registration" variant="light">
        {t(`administration.settings.register.${found.registration as 'open'}`)}
      </Badge>,
    ],
  ];
  return (
    <Card padding="lg">
      <Title order={2} size="h4" mb="md">
        {t('administration.about')}
      </Title>
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} component="dl" m={0}>
        {rows.map(([name, value]) => (
          <div key={name}>
            <Text component="dt" size="xs" c="dimmed">
              {name}
            </Text>
            <Text component="dd" size="sm" m={0} className="break-anywhere">
              {value}
            </Text>
          </div>
        ))}
      </SimpleGrid>
    </Card>
  );
}
