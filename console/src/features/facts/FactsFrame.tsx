// The frame around the pages of data: where it comes from, what was imported, what is made of it.
import { Button, Tabs } from '@mantine/core';
import { IconUpload } from '@tabler/icons-react';
import { Link, Outlet, useLocation, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { mayAs, useProject } from '@/shared/session/viewer';
import { PageHeader } from '@/shared/ui/PageHeader';
import { useProjectId } from '@/shared/url/filters';

/** Pages of data, by the end of their address. */
const PAGES = ['sources', 'imports', 'channels', 'conversions'] as const;

export function FactsFrame(): ReactNode {
  const { t } = useTranslation();
  const projectId = useProjectId();
  const mayImport = mayAs(useProject(projectId).data, 'marketer');
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const opened = PAGES.find((name) => pathname.endsWith(`/${name}`)) ?? 'sources';
  const open = (name: string | null): void => {
    const end = name === null || name === 'sources' ? '' : `/${name}`;
    void navigate({ to: `/projects/${projectId}/data${end}` as never });
  };
  const bring = (
    <Button
      component={Link}
      to={`/projects/${projectId}/data/imports/new` as never}
      leftSection={<IconUpload size={18} />}
    >
      {t('data.import')}
    </Button>
  );
  return (
    <>
      <PageHeader title={t('data.title')} description={t('data.lead')} actions={mayImport && bring} />
      <Tabs value={opened} onChange={open} keepMounted={false}>
        <Tabs.List mb="lg" className="one-line" aria-label={t('data.title')}>
          {PAGES.filter((name) => name !== 'imports' || mayImport).map((name) => (
            <Tabs.Tab key={name} value={name}>
              {t(`data.page.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={opened}>
          <Outlet />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}
