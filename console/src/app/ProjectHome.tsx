// The first page of a project: what it is, and what to do next.
import { Badge, Card, Group, SimpleGrid, Text, ThemeIcon, UnstyledButton } from '@mantine/core';
import { IconChevronRight } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { type Role, useProject } from '@/shared/session/viewer';
import { PageHeader } from '@/shared/ui/PageHeader';
import { useProjectId } from '@/shared/url/filters';

import { sectionsOf } from './sections';

export function ProjectHome(): ReactNode {
  const { t } = useTranslation();
  const projectId = useProjectId();
  const project = useProject(projectId);
  const found = project.data;
  const sections = sectionsOf(found).filter((section) => section.to !== '/projects/$projectId');
  return (
    <>
      <PageHeader
        title={found?.name ?? ' '}
        badge={
          found?.is_sandbox === true && (
            <Badge variant="light" color="orange">
              {t('projects.sandboxBadge')}
            </Badge>
          )
        }
        description={
          found === undefined
            ? ' '
            : t('home.about', {
                currency: found.currency,
                zone: found.time_zone ?? t('home.ownTime'),
                role: t(`roles.${(found.role ?? 'viewer') as Role}`),
              })
        }
      />
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
        {sections.map(({ to, icon: Icon, text }) => (
          <UnstyledButton key={to} component={Link} to={to} params={{ projectId } as never}>
            <Card padding="lg" h="100%">
              <Group wrap="nowrap" align="flex-start">
                <ThemeIcon size={40} radius="md" variant="light" aria-hidden>
                  <Icon size={22} stroke={1.6} />
                </ThemeIcon>
                <div style={{ flex: 1 }}>
                  <Text fw={600}>{t(`sections.${text}.name`)}</Text>
                  <Text size="sm" c="dimmed">
                    {t(`sections.${text}.hint`)}
                  </Text>
                </div>
                <IconChevronRight size={18} color="var(--mantine-color-dimmed)" aria-hidden />
              </Group>
            </Card>
          </UnstyledButton>
        ))}
      </SimpleGrid>
    </>
  );
}
