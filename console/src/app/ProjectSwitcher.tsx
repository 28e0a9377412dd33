// From one project to another, to a new one, and by typing when there are many.
import { Badge, Button, Combobox, Group, ScrollArea, Skeleton, Text, useCombobox } from '@mantine/core';
import { IconChevronDown, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { type Project, projectsQuery, useMe } from '@/shared/session/viewer';
import { useProjectId } from '@/shared/url/filters';

const NEW = 'new';
/** Fewer are seen at a glance and need no search. */
const SEARCHED_FROM = 8;
/** More are not drawn: typing finds them. */
const MAX_DRAWN = 100;

export function ProjectSwitcher(): ReactNode {
  const { t } = useTranslation();
  const me = useMe();
  const projectId = useProjectId();
  const navigate = useNavigate();
  const projects = useQuery({ ...projectsQuery(me.data?.is_administrator === true), enabled: me.data !== undefined });
  const [search, setSearch] = useState('');
  const combobox = useCombobox({ onDropdownClose: () => setSearch('') });
  if (projects.data === undefined) return <Skeleton width={140} height={30} />;
  const all = projects.data.rows;
  const present = all.find((project) => project.project_id === projectId);
  const choose = (value: string): void => {
    combobox.closeDropdown();
    if (value === NEW) void navigate({ to: '/projects/new' });
    else void navigate({ to: '/projects/$projectId', params: { projectId: value } as never });
  };
  return (
    <Combobox store={combobox} onOptionSubmit={choose} width={300} position="bottom-start">
      <Combobox.Target targetType="button">
        <Button
          variant="default"
          size="sm"
          maw={{ base: 170, xs: 260 }}
          rightSection={<IconChevronDown size={16} />}
          onClick={() => combobox.toggleDropdown()}
          aria-label={t('home.switch', { name: present?.name ?? t('home.choose') })}
        >
          <Text span truncate inherit>
            {present?.name ?? t('home.choose')}
          </Text>
        </Button>
      </Combobox.Target>
      <Combobox.Dropdown>
        {all.length >= SEARCHED_FROM && (
          <Combobox.Search
            value={search}
            onChange={(event) => setSearch(event.currentTarget.value)}
            placeholder={t('home.find')}
            aria-label={t('home.find')}
          />
        )}
        <Combobox.Options>
          <ScrollArea.Autosize mah={320} type="auto">
            <Options projects={all} search={search} present={projectId} />
          </ScrollArea.Autosize>
          <Combobox.Option value={NEW}>
            <Group gap="xs">
              <IconPlus size={16} aria-hidden />
              {t('projects.create.title')}
            </Group>
          </Combobox.Option>
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}

interface OptionsProps {
  projects: Project[];
  search: string;
  present: string;
}

function Options({ projects, search, present }: OptionsProps): ReactNode {
  const { t } = useTranslation();
  const words = search.trim().toLocaleLowerCase();
  const fitting = projects.filter((project) => project.name.toLocaleLowerCase().includes(words));
  if (fitting.length === 0) return <Combobox.Empty>{t('common.nothingFits')}</Combobox.Empty>;
  return fitting.slice(0, MAX_DRAWN).map((project) => (
    <Combobox.Option key={project.project_id} value={project.project_id} active={project.project_id === present}>
      <Group gap={6} wrap="nowrap">
        <Text size="sm" truncate fw={project.project_id === present ? 600 : 400}>
          {project.name}
        </Text>
        {project.is_sandbox && (
          <Badge size="xs" variant="light" color="orange" style={{ flexShrink: 0 }}>
            {t('projects.sandboxBadge')}
          </Badge>
        )}
        {project.is_archived && (
          <Badge size="xs" variant="light" color="gray" style={{ flexShrink: 0 }}>
            {t('projects.archivedBadge')}
          </Badge>
        )}
      </Group>
    </Combobox.Option>
  ));
}
