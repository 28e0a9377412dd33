// What the pages before sign-in must know: who may register, and what the address carries.
import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { useState } from 'react';

import { answer, api, type Schema } from '@/shared/api/client';

export function useRegistrationRule(): UseQueryResult<Schema<'RegistrationRule'>> {
  return useQuery({
    queryKey: ['registration'],
    queryFn: () => answer(api.GET('/api/v1/auth/registration')),
  });
}

/** The secret behind the `#` of a link in a mail. It is taken out of the address at once, and stays in no history. */
export function useLinkSecret(): string {
  const [secret] = useState(() => {
    const text = window.location.hash.slice(1);
    if (text !== '') window.history.replaceState(window.history.state, '', window.location.pathname);
    return text;
  });
  return secret;
}
