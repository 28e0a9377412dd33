// Pages for when there is none: not yet, nowhere, or broken.
import { Box, Button, Container, Group, Skeleton, Stack } from '@mantine/core';
import { IconMapOff } from '@tabler/icons-react';
import { type ErrorComponentProps, Link, useRouter } from '@tanstack/react-router';
import { type ReactNode, useEffect } from 'react';
import { useTranslation } from 'react-i18next';

import { useConnection } from '@/shared/api/connection';
import { isTemporary } from '@/shared/api/problem';
import { EmptyState } from '@/shared/ui/EmptyState';
import { useTitle } from '@/shared/ui/PageHeader';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';

export function PendingPage(): ReactNode {
  return (
    <Stack p="md" aria-busy>
      <Skeleton height={30} width={220} />
      <Skeleton height={320} />
    </Stack>
  );
}

export function MissingPage(): ReactNode {
  const { t } = useTranslation();
  useTitle(t('missing.title'));
  return (
    <Box component="main">
      <EmptyState
        icon={IconMapOff}
        isHeading
        title={t('missing.title')}
        hint={t('missing.hint')}
        action={
          <Button component={Link} to="/" variant="light">
            {t('missing.home')}
          </Button>
        }
      />
    </Box>
  );
}

export function CrashedPage({ error }: ErrorComponentProps): ReactNode {
  const { t } = useTranslation();
  const router = useRouter();
  const { isUp } = useConnection();
  const mayHeal = isTemporary(error);
  // What failed because the server was away is tried again as soon as it is back.
  useEffect(() => {
    if (isUp && mayHeal) void router.invalidate();
  }, [isUp, mayHeal, router]);
  return (
    <Container size="sm" py="xl" component="main">
      <Stack>
        <ProblemAlert error={error} onRetry={() => void router.invalidate()} />
        <Group>
          <Button component={Link} to="/" variant="subtle">
            {t('missing.home')}
          </Button>
        </Group>
      </Stack>
    </Container>
  );
}
