// How questions to the server are kept, asked again and given up.
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';

import { serverIsGone } from './connection';
import { isTemporary, Problem } from './problem';

/** Attempts after the first one, for what may well succeed a moment later. */
const MAX_RETRIES = 2;
/** A list that was read a moment ago need not be read again for going back to it. */
const FRESH_MS = 10_000;

function noteOutage(error: unknown): void {
  if (error instanceof Problem && error.code === 'storage-unavailable') serverIsGone();
}

export function makeQueryClient(): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({ onError: noteOutage }),
    mutationCache: new MutationCache({ onError: noteOutage }),
    defaultOptions: {
      queries: {
        staleTime: FRESH_MS,
        retry: (failures, error) => isTemporary(error) && failures < MAX_RETRIES,
        retryDelay: (attempt, error) =>
          error instanceof Problem && error.retryAfterSeconds !== undefined
            ? error.retryAfterSeconds * 1_000
            : 500 * 2 ** attempt,
        throwOnError: false,
      },
      // A change is made when it is asked for, or fails: never later, when nobody expects it.
      mutations: { networkMode: 'always', retry: false },
    },
  });
}
