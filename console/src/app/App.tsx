// What surrounds every page: the look, the queries, the router, and what happens when a session begins or ends.
import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { type ReactNode, useEffect } from 'react';
import { useTranslation } from 'react-i18next';

import { makeQueryClient } from '@/shared/api/queries';
import { currentLanguage } from '@/shared/i18n/i18n';
import { type Change, onSessionChange, wasSignedIn } from '@/shared/session/token';
import { ConnectionBanner } from '@/shared/ui/ConnectionBanner';
import { legibleColors, THEMES } from '@/shared/ui/theme';

import { readAhead } from './ahead';
import { makeRouter } from './router';

const colorSchemes = localStorageColorSchemeManager({ key: 'barker.theme' });
const queries = makeQueryClient();
const router = makeRouter(queries);

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

/** What the first page will need is asked for at once, rather than one after another while it is drawn. */
export function askAhead(): void {
  if (wasSignedIn()) readAhead(router, queries);
}

/** Where somebody is, and may come back to after signing in. */
function here(): string {
  return router.state.location.href;
}

function follow(change: Change): void {
  if (change === 'signed-in') {
    void queries.invalidateQueries();
    void router.invalidate();
    return;
  }
  const isOutside = router.state.matches.some((match) => match.routeId.startsWith('/_entry'));
  queries.clear();
  if (isOutside) {
    void router.invalidate();
    return;
  }
  const search = change === 'expired' ? { return_to: here(), because: 'expired' } : {};
  void router.navigate({ to: '/sign-in', search: search as never, replace: true });
}

export function App(): ReactNode {
  const { i18n } = useTranslation();
  useEffect(() => onSessionChange(follow), []);
  return (
    <MantineProvider
      theme={THEMES[currentLanguage()]}
      cssVariablesResolver={legibleColors}
      defaultColorScheme="auto"
      colorSchemeManager={colorSchemes}
    >
      <QueryClientProvider client={queries}>
        <Notifications position="bottom-right" autoClose={4_000} />
        <ConnectionBanner />
        <RouterProvider router={router} key={i18n.language} />
      </QueryClientProvider>
    </MantineProvider>
  );
}
