// Names of those who stand in the audit log: members of the project, or users of the installation.
import { useQuery } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import { api, listed, type Schema } from '@/shared/api/client';

type Line = Schema<'TrailLine'>;

/** Names that are looked up at once; who is beyond them is shown by id. */
const MAX_NAMES = 1_000;

interface Named {
  user_id: string;
  name: string;
  email: string;
}

async function people(projectId: string): Promise<Named[]> {
  const query = { size: MAX_NAMES };
  const list = await listed<Named>(
    projectId === ''
      ? api.GET('/api/v1/users', { params: { query } })
      : api.GET('/api/v1/projects/{projectId}/members', { params: { path: { projectId }, query } }),
  );
  return list.rows;
}

export function useWho(projectId: string): (line: Line) => string {
  const { t } = useTranslation();
  const named = useQuery({ queryKey: ['names', projectId], queryFn: () => people(projectId), staleTime: 60_000 });
  const names = useMemo(
    () => new Map((named.data ?? []).map((person) => [person.user_id, person.name || person.email])),
    [named.data],
  );
  return useCallback(
    (line: Line) => {
      if (line.actor === 'user')
        return names.get(line.user_id ?? '') ?? t('trail.actor.user', { id: (line.user_id ?? '').slice(-8) });
      if (line.actor === 'key') return t('trail.actor.key', { id: (line.key_id ?? '').slice(-8) });
      return t(line.actor === 'system' ? 'trail.actor.system' : 'trail.actor.anonymous');
    },
    [names, t],
  );
}
