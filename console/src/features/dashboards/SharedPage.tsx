// A dashboard by its link: for whoever has it, to look at.
import { Box, Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import { IconUnlink } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useLocation } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { answer, api } from '@/shared/api/client';
import { Problem } from '@/shared/api/problem';
import { contentOf } from '@/shared/dashboard/content';
import { inOurWords } from '@/shared/dashboard/first';
import { spanText } from '@/shared/report/format';
import type { Outcome } from '@/shared/report/question';
import { EmptyState } from '@/shared/ui/EmptyState';
import { LanguageSwitch } from '@/shared/ui/LanguageSwitch';
import { Logo } from '@/shared/ui/Logo';
import { useTitle } from '@/shared/ui/PageHeader';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { ThemeSwitch } from '@/shared/ui/ThemeSwitch';

import { type Answers, byWidget } from './answers';
import { Board } from './Board';
import { WidgetCard } from './WidgetCard';

export function SharedPage(): ReactNode {
  // It stays in the address, so that the page can be kept among bookmarks.
  const token = useLocation().hash;
  return (
    <Stack mih="100dvh" gap={0}>
      <Group justify="space-between" px={{ base: 'md', sm: 'xl' }} py="md" w="100%" maw={1600} mx="auto">
        <Logo />
        <Group gap="xs">
          <LanguageSwitch />
          <ThemeSwitch />
        </Group>
      </Group>
      <Box component="main" px={{ base: 'md', sm: 'xl' }} pb="xl" w="100%" maw={1600} mx="auto">
        <Shared token={token} />
      </Box>
    </Stack>
  );
}

function isMissing(error: unknown): boolean {
  return error instanceof Problem && error.code === 'shared-not-found';
}

function Shared({ token }: { token: string }): ReactNode {
  const { t } = useTranslation();
  const params = { path: { token } };
  const shared = useQuery({
    queryKey: ['shared', token],
    queryFn: async () => {
      const { name, content } = await answer(api.GET('/api/v1/shared/{token}', { params }));
      return inOurWords(contentOf(content, name));
    },
    enabled: token !== '',
  });
  const refresh = shared.data?.refresh_seconds;
  const answers = useQuery({
    queryKey: ['shared', token, 'answers'],
    queryFn: async () => {
      const found = await answer(api.GET('/api/v1/shared/{token}/data', { params }));
      return byWidget(found.answers as unknown as (Outcome & { widget: string })[]);
    },
    enabled: shared.data !== undefined,
    refetchInterval: refresh === undefined ? false : refresh * 1_000,
  });
  useTitle(shared.data?.name ?? '');
  if (token === '' || isMissing(shared.error)) {
    return (
      <EmptyState icon={IconUnlink} isHeading title={t('dashboards.noShare')} hint={t('dashboards.noShareHint')} />
    );
  }
  if (shared.data === undefined) {
    if (shared.error === null) return <Skeleton height={480} radius="md" />;
    return <ProblemAlert error={shared.error} onRetry={() => void shared.refetch()} />;
  }
  return (
    <Stack gap="md">
      <Stack gap={4}>
        <Title order={1}>{shared.data.name}</Title>
        <Text size="sm" c="dimmed">
          {shared.data.description}
        </Text>
        <Days answers={answers.data} />
      </Stack>
      <ProblemAlert error={answers.error} onRetry={() => void answers.refetch()} />
      <Board widgets={shared.data.widgets}>
        {(widget) => <WidgetCard widget={widget} outcome={answers.data?.[widget.id]} />}
      </Board>
    </Stack>
  );
}

/** Which days most of it is about: those of the first report. */
function Days({ answers }: { answers: Answers | undefined }): ReactNode {
  const report = Object.values(answers ?? {}).find((outcome) => (outcome?.report ?? null) !== null)?.report;
  if (report === undefined || report === null) return null;
  return (
    <Text size="sm" c="dimmed">
      {spanText(report.date_from, report.date_to)}
    </Text>
  );
}
