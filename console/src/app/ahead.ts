// What the first page needs, asked for while the rest still starts.
import type { QueryClient } from '@tanstack/react-query';
import type { AnyRouter } from '@tanstack/react-router';

import { accessToken } from '@/shared/session/token';
import { meQuery } from '@/shared/session/viewer';

import { rememberedHome } from './home';

const nothing = (): void => undefined;

/** Whatever fails here is asked for again by the one who needs it, and told there. */
export function readAhead(router: AnyRouter, queries: QueryClient): void {
  const { pathname } = window.location;
  for (const address of [pathname, ...(pathname === '/' ? rememberedHome() : [])]) {
    const [routes] = router.getMatchedRoutes(address);
    for (const route of routes) Promise.resolve(router.loadRouteChunk(route)).catch(nothing);
  }
  accessToken()
    .then((token) => (token === undefined ? undefined : queries.query({ ...meQuery, staleTime: 'static' })))
    .catch(nothing);
}
