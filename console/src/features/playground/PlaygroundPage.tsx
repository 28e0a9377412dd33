// A sandbox to play with: its day, a client, the ad that this client would get, a click, and what it all counts.
import {
  Alert,
  Badge,
  Button,
  Card,
  Grid,
  Group,
  NumberInput,
  Paper,
  Skeleton,
  Stack,
  Text,
  Title,
} from '@mantine/core';
import { IconArrowRight, IconClick, IconDice5, IconEye, IconFlask } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { answer, api, done, type Schema } from '@/shared/api/client';
import { Problem } from '@/shared/api/problem';
import { mayAs, type Project, useProject } from '@/shared/session/viewer';
import { AdPreview } from '@/shared/ui/AdPreview';
import { EmptyState } from '@/shared/ui/EmptyState';
import { PageHeader } from '@/shared/ui/PageHeader';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { useProjectId } from '@/shared/url/filters';

import { Counters } from './Counters';

type Client = Schema<'Client'>;
type Ad = Schema<'Ad'>;

export function PlaygroundPage(): ReactNode {
  const { t } = useTranslation();
  const project = useProject(useProjectId());
  return (
    <>
      <PageHeader title={t('playground.title')} description={t('playground.lead')} />
      <ProblemAlert error={project.error} />
      {project.data === undefined ? <Skeleton height={420} /> : <Ground project={project.data} />}
    </>
  );
}

function Ground({ project }: { project: Project }): ReactNode {
  const { t } = useTranslation();
  if (!project.is_sandbox)
    return <EmptyState icon={IconFlask} title={t('playground.live')} hint={t('playground.liveHint')} />;
  if (!mayAs(project, 'marketer'))
    return <EmptyState icon={IconFlask} title={t('playground.viewer')} hint={t('playground.viewerHint')} />;
  return (
    <Stack gap="lg">
      <Day projectId={project.project_id} />
      <Stage project={project} />
    </Stack>
  );
}

function Day({ projectId }: { projectId: string }): ReactNode {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [wanted, setWanted] = useState<number | string>('');
  const day = useQuery({
    queryKey: ['day', projectId],
    queryFn: () => answer(api.GET('/api/v1/projects/{projectId}/time', { params: { path: { projectId } } })),
  });
  const moving = useMutation({
    mutationFn: (to: number | null) =>
      answer(
        api.POST('/api/v1/projects/{projectId}/time/advance', {
          params: { path: { projectId } },
          body: { current_date: to },
        }),
      ),
    onSuccess: (today) => {
      queries.setQueryData(['day', projectId], today);
      setWanted('');
      void queries.invalidateQueries({ queryKey: ['campaigns', projectId] });
    },
  });
  return (
    <Paper p="lg">
      <Group justify="space-between" align="flex-end" gap="lg">
        <div>
          <Text size="xs" c="dimmed">
            {t('playground.today')}
          </Text>
          {day.data === undefined ? (
            <Skeleton height={34} width={90} />
          ) : (
            <Text fz={28} fw={650} lh={1.2} className="numeric" data-testid="day">
              {t('playground.day', { day: day.data.current_date })}
            </Text>
          )}
        </div>
        <Group align="flex-end" gap="sm">
          <NumberInput
            label={t('playground.otherDay')}
            w={130}
            min={0}
            allowDecimal={false}
            value={wanted}
            onChange={setWanted}
          />
          <Button
            variant="default"
            disabled={wanted === ''}
            loading={moving.isPending}
            onClick={() => moving.mutate(Number(wanted))}
          >
            {t('playground.go')}
          </Button>
          <Button
            rightSection={<IconArrowRight size={18} />}
            loading={moving.isPending}
            onClick={() => moving.mutate(null)}
          >
            {t('playground.nextDay')}
          </Button>
        </Group>
      </Group>
      <ProblemAlert error={moving.error ?? day.error} />
    </Paper>
  );
}

function Stage({ project }: { project: Project }): ReactNode {
  const { t } = useTranslation();
  const projectId = project.project_id;
  const queries = useQueryClient();
  const client = useQuery({
    queryKey: ['played client', projectId],
    queryFn: () => answer(api.GET('/api/v1/projects/{projectId}/clients/random', { params: { path: { projectId } } })),
    staleTime: Infinity,
    retry: false,
  });
  const clientId = client.data?.client_id ?? '';
  const counted = (): void => void queries.invalidateQueries({ queryKey: ['statistics', projectId] });
  const showing = useMutation({
    mutationFn: () =>
      answer(
        api.POST('/api/v1/projects/{projectId}/clients/{clientId}/ad', { params: { path: { projectId, clientId } } }),
      ),
    onSuccess: counted,
  });
  const clicking = useMutation({
    mutationFn: (campaignId: string) =>
      done(
        api.POST('/api/v1/projects/{projectId}/clients/{clientId}/clicks/{campaignId}', {
          params: { path: { projectId, clientId, campaignId } },
        }),
      ),
    onSuccess: counted,
  });
  const other = (): void => {
    showing.reset();
    clicking.reset();
    void client.refetch();
  };
  const show = (): void => {
    clicking.reset();
    showing.mutate();
  };
  if (client.error instanceof Problem && client.error.code === 'client-not-found') {
    return <EmptyState icon={IconFlask} title={t('playground.noClients')} hint={t('playground.noClientsHint')} />;
  }
  return (
    <Grid gap="lg">
      <Grid.Col span={{ base: 12, md: 5 }}>
        <Stack gap="lg">
          <Card padding="lg">
            <Title order={2} size="h4" mb="sm">
              {t('playground.client')}
            </Title>
            <ProblemAlert error={client.error} onRetry={other} />
            {client.data === undefined ? client.isPending && <Skeleton height={76} /> : <Who client={client.data} />}
            <Group mt="md" gap="sm">
              <Button
                variant="default"
                leftSection={<IconDice5 size={18} />}
                loading={client.isFetching}
                onClick={other}
              >
                {t('playground.other')}
              </Button>
              <Button
                leftSection={<IconEye size={18} />}
                loading={showing.isPending}
                disabled={client.data === undefined}
                onClick={show}
              >
                {t('playground.show')}
              </Button>
            </Group>
          </Card>
        </Stack>
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 7 }}>
        <Shown
          ad={showing.data}
          error={showing.error}
          project={project}
          isClicked={clicking.isSuccess}
          isClicking={clicking.isPending}
          clickError={clicking.error}
          onClick={(id) => clicking.mutate(id)}
        />
      </Grid.Col>
    </Grid>
  );
}

function Who({ client }: { client: Client }): ReactNode {
  const { t } = useTranslation();
  return (
    <Stack gap={6}>
      <Text fw={600} size="lg" className="break-anywhere">
        {client.login}
      </Text>
      <Group gap={6}>
        <Badge variant="light">{t(`gender.${client.gender}`)}</Badge>
        <Badge variant="light">{t('playground.age', { count: client.age })}</Badge>
        <Badge variant="light">{client.location}</Badge>
      </Group>
    </Stack>
  );
}

interface ShownProps {
  ad: Ad | undefined;
  error: unknown;
  project: Project;
  isClicked: boolean;
  isClicking: boolean;
  clickError: unknown;
  onClick: (campaignId: string) => void;
}

function Shown({ ad, error, project, isClicked, isClicking, clickError, onClick }: ShownProps): ReactNode {
  const { t } = useTranslation();
  if (error !== null) return <ProblemAlert error={error} />;
  if (ad === undefined) {
    return (
      <Paper>
        <EmptyState icon={IconEye} title={t('playground.nothingShown')} hint={t('playground.nothingShownHint')} />
      </Paper>
    );
  }
  return (
    <Stack gap="lg">
      <AdPreview title={ad.ad_title} text={ad.ad_text}>
        <Button
          mt="sm"
          variant="light"
          leftSection={<IconClick size={18} />}
          loading={isClicking}
          disabled={isClicked}
          onClick={() => onClick(ad.ad_id)}
        >
          {t(isClicked ? 'playground.clicked' : 'playground.click')}
        </Button>
      </AdPreview>
      <ProblemAlert error={clickError} />
      {isClicked && (
        <Alert variant="light" color="green" role="status">
          {t('playground.clickedHint')}
        </Alert>
      )}
      <Counters campaignId={ad.ad_id} project={project} />
    </Stack>
  );
}
