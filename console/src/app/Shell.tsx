// The frame around every page: the project at the top, its sections at the side, oneself at the right.
import { AppShell, Burger, Divider, Group, NavLink, ScrollArea, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconShieldCog, IconArrowLeft } from '@tabler/icons-react';
import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { type ReactNode, useEffect } from 'react';
import { useTranslation } from 'react-i18next';

import { useMe, useProject } from '@/shared/session/viewer';
import { LanguageSwitch } from '@/shared/ui/LanguageSwitch';
import { Logo } from '@/shared/ui/Logo';
import { ThemeSwitch } from '@/shared/ui/ThemeSwitch';
import { useProjectId } from '@/shared/url/filters';

import { ProjectSwitcher } from './ProjectSwitcher';
import { OF_INSTALLATION, type Section, sectionsOf } from './sections';
import { UserMenu } from './UserMenu';

const NO_PROJECT = '';

export function Shell(): ReactNode {
  const { t } = useTranslation();
  const [isOpen, { toggle, close }] = useDisclosure(false);
  const { pathname } = useLocation();
  useEffect(close, [pathname, close]);
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 240, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
      padding={{ base: 'md', sm: 'xl' }}
    >
      <a className="skip-link" href="#content">
        {t('common.skip')}
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap" miw={0}>
            <Burger opened={isOpen} onClick={toggle} hiddenFrom="sm" size="sm" aria-label={t('common.menu')} />
            <Link to="/" style={{ color: 'inherit', textDecoration: 'none' }} aria-label="Barker">
              <Group visibleFrom="sm" w={200}>
                <Logo />
              </Group>
              <Group hiddenFrom="sm">
                <Logo hiddenName />
              </Group>
            </Link>
            <ProjectSwitcher />
          </Group>
          <Group gap={4} wrap="nowrap">
            <Group gap={4} visibleFrom="xs">
              <LanguageSwitch />
              <ThemeSwitch />
            </Group>
            <UserMenu />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="sm" aria-label={t('common.sections')}>
        <AppShell.Section grow component={ScrollArea}>
          <Sections />
        </AppShell.Section>
        <AppShell.Section hiddenFrom="xs">
          <Divider my="xs" />
          <Group gap={4}>
            <LanguageSwitch />
            <ThemeSwitch />
          </Group>
        </AppShell.Section>
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1} style={{ outline: 'none' }}>
        <Outlet />
      </AppShell.Main>
    </AppShell>
  );
}

function Sections(): ReactNode {
  const { t } = useTranslation();
  const projectId = useProjectId();
  const project = useProject(projectId);
  const me = useMe();
  const { pathname } = useLocation();
  const isInstallation = pathname.startsWith('/administration');
  if (isInstallation) {
    return (
      <>
        <NavLink component={Link} to="/" label={t('sections.back')} leftSection={<IconArrowLeft size={18} />} />
        <Text size="xs" fw={600} c="dimmed" px="sm" pt="md" pb={4} tt="uppercase">
          {t('sections.administration')}
        </Text>
        {OF_INSTALLATION.map((section) => (
          <SectionLink key={section.to} section={section} projectId={NO_PROJECT} />
        ))}
      </>
    );
  }
  return (
    <>
      {projectId !== NO_PROJECT &&
        sectionsOf(project.data).map((section) => (
          <SectionLink key={section.to} section={section} projectId={projectId} />
        ))}
      {projectId === NO_PROJECT && pathname !== '/' && (
        <NavLink component={Link} to="/" label={t('sections.back')} leftSection={<IconArrowLeft size={18} />} />
      )}
      {me.data?.is_administrator === true && (
        <>
          {projectId !== NO_PROJECT && <Divider my="xs" />}
          <NavLink
            component={Link}
            to="/administration"
            label={t('sections.administration')}
            leftSection={<IconShieldCog size={18} stroke={1.6} />}
          />
        </>
      )}
    </>
  );
}

function SectionLink({ section, projectId }: { section: Section; projectId: string }): ReactNode {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  const address = section.to.replace('$projectId', projectId);
  const isHere =
    section.isExact === true ? pathname === address || pathname === `${address}/` : pathname.startsWith(address);
  const Icon = section.icon;
  return (
    <NavLink
      component={Link}
      to={address}
      label={t(`sections.${section.text}.name`)}
      leftSection={<Icon size={18} stroke={1.6} />}
      active={isHere}
      activeOptions={{ exact: section.isExact === true }}
      style={{ borderRadius: 'var(--mantine-radius-md)' }}
    />
  );
}
