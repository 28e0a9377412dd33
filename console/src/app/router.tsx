// Every address of the console. Pages are loaded when they are opened.
import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';

import { accessToken, wasSignedIn } from '@/shared/session/token';
import { meQuery } from '@/shared/session/viewer';

import { CrashedPage, MissingPage, PendingPage } from './Fallbacks';
import { openHome } from './home';

interface Context {
  queries: QueryClient;
}

const root = createRootRouteWithContext<Context>()({ component: Outlet });

/** Pages for those who are not signed in, or need not be. */
const entry = createRoute({ getParentRoute: () => root, id: '_entry', component: Outlet });
const accounts = {
  signIn: lazyRouteComponent(() => import('@/features/accounts/SignInPage'), 'SignInPage'),
  register: lazyRouteComponent(() => import('@/features/accounts/RegisterPage'), 'RegisterPage'),
  welcome: lazyRouteComponent(() => import('@/features/accounts/RegisterPage'), 'WelcomePage'),
  forgotten: lazyRouteComponent(() => import('@/features/accounts/PasswordPages'), 'ForgottenPasswordPage'),
  reset: lazyRouteComponent(() => import('@/features/accounts/PasswordPages'), 'ResetPasswordPage'),
  accept: lazyRouteComponent(() => import('@/features/accounts/AcceptInvitationPage'), 'AcceptInvitationPage'),
};
const entryRoutes = [
  createRoute({ getParentRoute: () => entry, path: 'sign-in', component: accounts.signIn }),
  createRoute({ getParentRoute: () => entry, path: 'register', component: accounts.register }),
  createRoute({ getParentRoute: () => entry, path: 'welcome', component: accounts.welcome }),
  createRoute({ getParentRoute: () => entry, path: 'forgotten-password', component: accounts.forgotten }),
  // For whoever has the link of a dashboard.
  createRoute({
    getParentRoute: () => entry,
    path: 'shared',
    component: lazyRouteComponent(() => import('@/features/dashboards/SharedPage'), 'SharedPage'),
  }),
  // These two stand in mails.
  createRoute({ getParentRoute: () => entry, path: 'reset-password', component: accounts.reset }),
  createRoute({ getParentRoute: () => entry, path: 'accept-invitation', component: accounts.accept }),
];

/** Everything else asks who you are. */
const inside = createRoute({
  getParentRoute: () => root,
  id: '_inside',
  beforeLoad: async ({ location, context }) => {
    const search = wasSignedIn() ? { return_to: location.href, because: 'expired' } : { return_to: location.href };
    if ((await accessToken()) === undefined) {
      throw redirect({ to: '/sign-in', search: (location.href === '/' ? {} : search) as never, replace: true });
    }
    await context.queries.query({ ...meQuery, staleTime: 'static' });
  },
  component: lazyRouteComponent(() => import('./Shell'), 'Shell'),
});
const home = createRoute({
  getParentRoute: () => inside,
  path: '/',
  beforeLoad: ({ context }) => openHome(context.queries),
  component: lazyRouteComponent(() => import('./NoProjects'), 'NoProjects'),
});
const profile = createRoute({
  getParentRoute: () => inside,
  path: 'profile',
  component: lazyRouteComponent(() => import('@/features/profile/ProfilePage'), 'ProfilePage'),
});
const newProject = createRoute({
  getParentRoute: () => inside,
  path: 'projects/new',
  component: lazyRouteComponent(() => import('@/features/projects/CreateProjectPage'), 'CreateProjectPage'),
});

const project = createRoute({
  getParentRoute: () => inside,
  path: 'projects/$projectId',
  component: lazyRouteComponent(() => import('./ProjectFrame'), 'ProjectFrame'),
});
const ofProject = <const Path extends string>(path: Path, component: ReturnType<typeof lazyRouteComponent>) =>
  createRoute({ getParentRoute: () => project, path, component });
const advertising = {
  campaigns: lazyRouteComponent(() => import('@/features/advertising/CampaignsPage'), 'CampaignsPage'),
  campaign: lazyRouteComponent(() => import('@/features/advertising/CampaignPage'), 'CampaignPage'),
  create: lazyRouteComponent(() => import('@/features/advertising/CampaignFormPage'), 'NewCampaignPage'),
  edit: lazyRouteComponent(() => import('@/features/advertising/CampaignFormPage'), 'EditCampaignPage'),
  ad: lazyRouteComponent(() => import('@/features/advertising/AdPage'), 'AdPage'),
  creatives: lazyRouteComponent(() => import('@/features/advertising/CreativesPage'), 'CreativesPage'),
  advertisers: lazyRouteComponent(() => import('@/features/advertising/AdvertisersPage'), 'AdvertisersPage'),
  advertiser: lazyRouteComponent(() => import('@/features/advertising/AdvertiserPage'), 'AdvertiserPage'),
  advertiserCampaigns: lazyRouteComponent(() => import('@/features/advertising/AdvertiserPage'), 'AdvertiserCampaigns'),
  playground: lazyRouteComponent(() => import('@/features/playground/PlaygroundPage'), 'PlaygroundPage'),
};
const money = {
  account: lazyRouteComponent(() => import('@/features/money/MoneyPage'), 'MoneyPage'),
  statement: lazyRouteComponent(() => import('@/features/money/StatementPage'), 'StatementPage'),
  clicks: lazyRouteComponent(() => import('@/features/money/ClicksPage'), 'ClicksPage'),
  transactions: lazyRouteComponent(() => import('@/features/money/TransactionsPage'), 'TransactionsPage'),
};
const advertiser = ofProject('advertisers/$advertiserId', advertising.advertiser);
const ofAdvertiser = <const Path extends string>(path: Path, component: ReturnType<typeof lazyRouteComponent>) =>
  createRoute({ getParentRoute: () => advertiser, path, component });
const facts = {
  frame: lazyRouteComponent(() => import('@/features/facts/FactsFrame'), 'FactsFrame'),
  sources: lazyRouteComponent(() => import('@/features/facts/SourcesPage'), 'SourcesPage'),
  imports: lazyRouteComponent(() => import('@/features/facts/ImportsPage'), 'ImportsPage'),
  bring: lazyRouteComponent(() => import('@/features/facts/NewImportPage'), 'NewImportPage'),
  channels: lazyRouteComponent(() => import('@/features/facts/ChannelsPage'), 'ChannelsPage'),
  conversions: lazyRouteComponent(() => import('@/features/facts/ConversionsPage'), 'ConversionsPage'),
};
const factsFrame = ofProject('data', facts.frame);
const ofFacts = <const Path extends string>(path: Path, component: ReturnType<typeof lazyRouteComponent>) =>
  createRoute({ getParentRoute: () => factsFrame, path, component });
const analytics = {
  reports: lazyRouteComponent(() => import('@/features/reports/ReportsPage'), 'ReportsPage'),
  dashboards: lazyRouteComponent(() => import('@/features/dashboards/DashboardsPage'), 'DashboardsPage'),
  dashboard: lazyRouteComponent(() => import('@/features/dashboards/DashboardPage'), 'DashboardPage'),
};
const projectRoutes = [
  ofProject('dashboards', analytics.dashboards),
  ofProject('dashboards/$dashboardId', analytics.dashboard),
  ofProject('reports', analytics.reports),
  ofProject('campaigns', advertising.campaigns),
  ofProject('campaigns/new', advertising.create),
  ofProject('campaigns/$campaignId', advertising.campaign),
  ofProject('campaigns/$campaignId/edit', advertising.edit),
  ofProject('campaigns/$campaignId/ads/$adId', advertising.ad),
  ofProject('creatives', advertising.creatives),
  ofProject('advertisers', advertising.advertisers),
  advertiser.addChildren([
    ofAdvertiser('/', advertising.advertiserCampaigns),
    ofAdvertiser('money', money.account),
    ofAdvertiser('statement', money.statement),
    ofAdvertiser('clicks', money.clicks),
  ]),
  ofProject('transactions', money.transactions),
  ofProject(
    'clients',
    lazyRouteComponent(() => import('@/features/clients/ClientsPage'), 'ClientsPage'),
  ),
  ofProject('playground', advertising.playground),
  ofProject('data/imports/new', facts.bring),
  factsFrame.addChildren([
    ofFacts('/', facts.sources),
    ofFacts('imports', facts.imports),
    ofFacts('channels', facts.channels),
    ofFacts('conversions', facts.conversions),
  ]),
  ofProject(
    '/',
    lazyRouteComponent(() => import('./ProjectHome'), 'ProjectHome'),
  ),
  ofProject(
    'members',
    lazyRouteComponent(() => import('@/features/members/MembersPage'), 'MembersPage'),
  ),
  ofProject(
    'keys',
    lazyRouteComponent(() => import('@/features/keys/KeysPage'), 'KeysPage'),
  ),
  ofProject(
    'webhooks',
    lazyRouteComponent(() => import('@/features/webhooks/WebhooksPage'), 'WebhooksPage'),
  ),
  ofProject(
    'webhooks/$webhookId',
    lazyRouteComponent(() => import('@/features/webhooks/WebhookPage'), 'WebhookPage'),
  ),
  ofProject(
    'audit',
    lazyRouteComponent(() => import('@/features/trail/TrailPage'), 'TrailPage'),
  ),
  ofProject(
    'jobs',
    lazyRouteComponent(() => import('@/features/jobs/JobsPage'), 'JobsPage'),
  ),
  ofProject(
    'settings',
    lazyRouteComponent(() => import('@/features/projects/ProjectSettingsPage'), 'ProjectSettingsPage'),
  ),
];

const administration = createRoute({ getParentRoute: () => inside, path: 'administration', component: Outlet });
const ofAll = <const Path extends string>(path: Path, component: ReturnType<typeof lazyRouteComponent>) =>
  createRoute({ getParentRoute: () => administration, path, component });
const administrationRoutes = [
  ofAll(
    '/',
    lazyRouteComponent(() => import('@/features/administration/HealthPage'), 'HealthPage'),
  ),
  ofAll(
    'users',
    lazyRouteComponent(() => import('@/features/administration/UsersPage'), 'UsersPage'),
  ),
  ofAll(
    'projects',
    lazyRouteComponent(() => import('@/features/administration/AllProjectsPage'), 'AllProjectsPage'),
  ),
  ofAll(
    'jobs',
    lazyRouteComponent(() => import('@/features/jobs/JobsPage'), 'JobsPage'),
  ),
  ofAll(
    'audit',
    lazyRouteComponent(() => import('@/features/trail/TrailPage'), 'TrailPage'),
  ),
  ofAll(
    'settings',
    lazyRouteComponent(() => import('@/features/administration/SettingsPage'), 'SettingsPage'),
  ),
];

const tree = root.addChildren([
  entry.addChildren(entryRoutes),
  inside.addChildren([
    home,
    profile,
    newProject,
    project.addChildren(projectRoutes),
    administration.addChildren(administrationRoutes),
  ]),
]);

// eslint-disable-next-line @typescript-eslint/explicit-module-boundary-types -- the type is all the routes there are
export function makeRouter(queries: QueryClient) {
  return createRouter({
    routeTree: tree,
    context: { queries },
    defaultPreload: 'intent',
    defaultPreloadStaleTime: 0,
    scrollRestoration: true,
    defaultNotFoundComponent: MissingPage,
    defaultErrorComponent: CrashedPage,
    defaultPendingComponent: PendingPage,
    defaultPendingMs: 400,
  });
}
