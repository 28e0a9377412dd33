// The first page of a project: its overview; while there is nothing to tell, what can be done in it.
import { Card, Group, SimpleGrid, Text, ThemeIcon, UnstyledButton } from '@mantine/core';
import { IconChevronRight } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { OverviewPage } from '@/features/overview/OverviewPage';
import { useProject } from '@/shared/session/viewer';
import { useProjectId } from '@/shared/url/filters';

import { sectionsOf } from './sections';

export function ProjectHome(): ReactNode {
  return <OverviewPage whenEmpty={<Sections />} />;
}

function Sections(): ReactNode {
  const { t } = useTranslation();
  const projectId = useProjectId();
  const found = useProject(projectId).data;
  const sections = sectionsOf(found).filter((section) => section.to !== '/projects/$projectId');
  return (
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
  );
}
