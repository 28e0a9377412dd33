// Somebody else has changed the client while the form was open.
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { api, tagged, type Tagged } from '@/shared/api/client';
import { Conflict, type Difference } from '@/shared/ui/Conflict';

import { changesOf, FIELDS, type Values, valuesOf } from './clientRules';
import type { Client, Gender } from './queries';

interface Props {
  projectId: string;
  /** What the form began with. */
  before: Tagged<Client>;
  mine: Values;
  onMine: (theirs: Tagged<Client>) => void;
  onTheirs: (theirs: Tagged<Client>) => void;
}

export function ClientConflict({ projectId, before, mine, onMine, onTheirs }: Props): ReactNode {
  const { t } = useTranslation();
  const path = { projectId, clientId: before.data.client_id };
  const shown = (name: (typeof FIELDS)[number], value: unknown): string =>
    name === 'gender' ? t(`gender.one.${value as Gender}`) : String(value);
  const compare = ({ data: theirs }: Tagged<Client>): Difference[] => {
    const [changed, touched] = [changesOf(valuesOf(theirs), before.data), changesOf(mine, before.data)];
    return FIELDS.filter((name) => name in changed).map((name) => ({
      field: t(`field.${name}`),
      was: shown(name, before.data[name]),
      theirs: shown(name, theirs[name]),
      mine: name in touched ? shown(name, mine[name]) : undefined,
    }));
  };
  return (
    <Conflict
      about={['client', projectId, before.data.client_id, before.tag]}
      read={() => tagged(api.GET('/api/v1/projects/{projectId}/clients/{clientId}', { params: { path } }))}
      compare={compare}
      onMine={onMine}
      onTheirs={onTheirs}
    />
  );
}
