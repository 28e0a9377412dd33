// A sandbox to play with: its day, a client, the ad that this client would get, a click, and what it all counts.
import { Alert, Button, Grid, Group, NumberInput, Paper, Skeleton, Stack, Text } from '@mantine/core';
import { IconArrowRight, IconClick, IconEye, IconFlask } from '@tabler/icons-react';
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

import { Candidates } from './Candidates';
import { ClientPicker } from './ClientPicker';
import { Counters } from './Counters';
import { type Client, useRandomClient } from './queries';

type Ad = Schema<'Ad'>;

export function PlaygroundPage(): ReactNode {
  const { t } = useTranslation();
  const project = useProject(useProjectId());
  return (
    <>
      <PageHeader
        title={t('playground.title')}
        description={t(project.data?.is_sandbox === false ? 'playground.liveLead' : 'playground.lead')}
      />
      <ProblemAlert error={project.error} />
      {project.data === undefined ? <Skeleton height={420} /> : <Ground project={project.data} />}
    </>
  );
}

function Ground({ project }: { project: Project }): ReactNode {
  const { t } = useTranslation();
  if (!mayAs(project, 'marketer'))
    return <EmptyState icon={IconFlask} title={t('playground.viewer')} hint={t('playground.viewerHint')} />;
  if (!project.is_sandbox) return <Looking project={project} />;
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
      void queries.invalidateQueries({ queryKey: ['candidates', projectId] });
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

/** The client that is played. */
function useClient(projectId: string): {
  client: Client | undefined;
  error: unknown;
  isLoading: boolean;
  another: () => void;
  choose: (client: Client) => void;
} {
  const queries = useQueryClient();
  const found = useRandomClient(projectId);
  return {
    client: found.data,
    error: found.error,
    isLoading: found.isFetching,
    another: () => void found.refetch(),
    choose: (client) => queries.setQueryData(['played client', projectId], client),
  };
}

function isNobody(error: unknown): boolean {
  return error instanceof Problem && error.code === 'client-not-found';
}

function NoClients(): ReactNode {
  const { t } = useTranslation();
  return <EmptyState icon={IconFlask} title={t('playground.noClients')} hint={t('playground.noClientsHint')} />;
}

/** In a live project nobody is played: what a client would be shown can be looked at. */
function Looking({ project }: { project: Project }): ReactNode {
  const { t } = useTranslation();
  const { client, error, isLoading, another, choose } = useClient(project.project_id);
  if (isNobody(error)) return <NoClients />;
  return (
    <Stack gap="lg">
      <Alert variant="light" color="gray" icon={<IconEye />}>
        {t('playground.liveHint')}
      </Alert>
      <ClientPicker
        projectId={project.project_id}
        client={client}
        error={error}
        isLoading={isLoading}
        onOther={another}
        onChoose={choose}
      />
      {client !== undefined && <Candidates key={client.client_id} project={project} clientId={client.client_id} />}
    </Stack>
  );
}

function Stage({ project }: { project: Project }): ReactNode {
  const { t } = useTranslation();
  const projectId = project.project_id;
  const queries = useQueryClient();
  const { client, error, isLoading, another, choose } = useClient(projectId);
  const clientId = client?.client_id ?? '';
  const counted = (): void => {
    void queries.invalidateQueries({ queryKey: ['statistics', projectId] });
    void queries.invalidateQueries({ queryKey: ['candidates', projectId] });
  };
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
  const clear = (): void => {
    showing.reset();
    clicking.reset();
  };
  const show = (): void => {
    clicking.reset();
    showing.mutate();
  };
  if (isNobody(error)) return <NoClients />;
  return (
    <Stack gap="lg">
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 5 }}>
          <ClientPicker
            projectId={projectId}
            client={client}
            error={error}
            isLoading={isLoading}
            onOther={() => {
              clear();
              another();
            }}
            onChoose={(chosen) => {
              clear();
              choose(chosen);
            }}
          >
            <Button
              leftSection={<IconEye size={18} />}
              loading={showing.isPending}
              disabled={client === undefined}
              onClick={show}
            >
              {t('playground.show')}
            </Button>
          </ClientPicker>
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
      {client !== undefined && <Candidates key={clientId} project={project} clientId={clientId} />}
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
