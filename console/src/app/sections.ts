// The sections of the console, in the order of the side bar; whoever may not open one does not see it.
import {
  IconActivityHeartbeat,
  IconAddressBook,
  IconBuildingStore,
  IconChartBar,
  IconDatabase,
  IconFileSearch,
  IconFlask,
  IconFolders,
  IconHome,
  IconKey,
  IconLayoutDashboard,
  IconListCheck,
  IconPhoto,
  IconReceipt,
  IconSettings,
  IconSpeakerphone,
  IconUsers,
  IconWebhook,
} from '@tabler/icons-react';
import type { ComponentType } from 'react';

import { mayAs, type Project, type Role } from '@/shared/session/viewer';

export interface Section {
  to: string;
  icon: ComponentType<{ size?: number | string; stroke?: number | string }>;
  text:
    | 'home'
    | 'dashboards'
    | 'reports'
    | 'campaigns'
    | 'advertisers'
    | 'transactions'
    | 'clients'
    | 'creatives'
    | 'playground'
    | 'data'
    | 'members'
    | 'keys'
    | 'webhooks'
    | 'audit'
    | 'jobs'
    | 'settings'
    | 'health'
    | 'users'
    | 'projects';
  /** Only the address itself is this section, not what stands below it. */
  isExact?: boolean;
  role?: Role;
}

const OF_PROJECT: Section[] = [
  { to: '/projects/$projectId', icon: IconHome, text: 'home', isExact: true },
  { to: '/projects/$projectId/dashboards', icon: IconLayoutDashboard, text: 'dashboards' },
  { to: '/projects/$projectId/reports', icon: IconChartBar, text: 'reports' },
  { to: '/projects/$projectId/campaigns', icon: IconSpeakerphone, text: 'campaigns' },
  { to: '/projects/$projectId/creatives', icon: IconPhoto, text: 'creatives' },
  { to: '/projects/$projectId/advertisers', icon: IconBuildingStore, text: 'advertisers' },
  { to: '/projects/$projectId/transactions', icon: IconReceipt, text: 'transactions' },
  { to: '/projects/$projectId/clients', icon: IconAddressBook, text: 'clients', role: 'marketer' },
  { to: '/projects/$projectId/playground', icon: IconFlask, text: 'playground', role: 'marketer' },
  { to: '/projects/$projectId/data', icon: IconDatabase, text: 'data' },
  { to: '/projects/$projectId/members', icon: IconUsers, text: 'members' },
  { to: '/projects/$projectId/keys', icon: IconKey, text: 'keys', role: 'owner' },
  { to: '/projects/$projectId/webhooks', icon: IconWebhook, text: 'webhooks', role: 'owner' },
  { to: '/projects/$projectId/jobs', icon: IconListCheck, text: 'jobs' },
  { to: '/projects/$projectId/audit', icon: IconFileSearch, text: 'audit', role: 'owner' },
  { to: '/projects/$projectId/settings', icon: IconSettings, text: 'settings' },
];

export const OF_INSTALLATION: Section[] = [
  { to: '/administration', icon: IconActivityHeartbeat, text: 'health', isExact: true },
  { to: '/administration/users', icon: IconUsers, text: 'users' },
  { to: '/administration/projects', icon: IconFolders, text: 'projects' },
  { to: '/administration/jobs', icon: IconListCheck, text: 'jobs' },
  { to: '/administration/audit', icon: IconFileSearch, text: 'audit' },
  { to: '/administration/settings', icon: IconSettings, text: 'settings' },
];

export function sectionsOf(project: Project | undefined): Section[] {
  return OF_PROJECT.filter((section) => section.role === undefined || mayAs(project, section.role));
}
