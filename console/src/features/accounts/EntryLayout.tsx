// What surrounds every page that is seen before anybody is signed in.
import { Anchor, Box, Center, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { LanguageSwitch } from '@/shared/ui/LanguageSwitch';
import { Logo } from '@/shared/ui/Logo';
import { useTitle } from '@/shared/ui/PageHeader';
import { ThemeSwitch } from '@/shared/ui/ThemeSwitch';

interface Props {
  title: string;
  lead?: ReactNode;
  children: ReactNode;
  footer?: ReactNode;
}

export function EntryLayout({ title, lead, children, footer }: Props): ReactNode {
  useTitle(title);
  return (
    <Stack mih="100dvh" gap={0}>
      <Group justify="space-between" p="md">
        <Logo />
        <Group gap="xs">
          <LanguageSwitch />
          <ThemeSwitch />
        </Group>
      </Group>
      <Center component="main" flex={1} px="md" pb={64}>
        <Box w="100%" maw="26rem">
          <Paper p={{ base: 'lg', xs: 'xl' }} radius="lg" shadow="sm">
            <Stack gap="lg">
              <Stack gap={6}>
                <Title order={1} size="h2">
                  {title}
                </Title>
                {lead !== undefined && (
                  <Text c="dimmed" size="sm" component="div">
                    {lead}
                  </Text>
                )}
              </Stack>
              {children}
            </Stack>
          </Paper>
          {footer !== undefined && (
            <Text ta="center" mt="md" size="sm" component="div">
              {footer}
            </Text>
          )}
        </Box>
      </Center>
    </Stack>
  );
}

export function BackToSignIn(): ReactNode {
  const { t } = useTranslation();
  return (
    <Anchor component={Link} to="/sign-in">
      {t('accounts.backToSignIn')}
    </Anchor>
  );
}
