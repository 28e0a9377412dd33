// What a client's form holds, what it must hold to, and what is sent of it.
import type { TFunction } from 'i18next';
import * as v from 'valibot';

import type { Schema } from '@/shared/api/client';
import * as rules from '@/shared/form/rules';

import type { Change, Client, Gender } from './queries';

const MAX_AGE = 130;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export interface Values extends Record<string, unknown> {
  /** Only of a new one; empty: the server makes one. */
  client_id: string;
  login: string;
  age: number | string;
  gender: Gender | null;
  location: string;
}

export const NOBODY: Values = { client_id: '', login: '', age: '', gender: null, location: '' };
/** What may be changed. */
export const FIELDS = ['login', 'age', 'gender', 'location'] as const;

export function clientSchema(t: TFunction): v.GenericSchema {
  return v.object({
    client_id: v.pipe(
      v.string(),
      v.trim(),
      v.check(
        (id) => id === '' || UUID.test(id),
        () => t('fault.uuid'),
      ),
    ),
    login: rules.name,
    age: rules.integer(0, MAX_AGE),
    gender: v.pipe(
      v.nullable(v.string()),
      v.check(
        (gender) => gender !== null,
        () => t('fault.required'),
      ),
    ),
    location: rules.name,
  });
}

export function valuesOf({ client_id, login, age, gender, location }: Client): Values {
  return { client_id, login, age, gender, location };
}

export function newClient({ client_id, login, age, gender, location }: Values): Schema<'NewClient'> {
  const id = client_id.trim();
  return {
    ...(id === '' ? {} : { client_id: id }),
    login: login.trim(),
    age: Number(age),
    gender: gender ?? 'FEMALE',
    location: location.trim(),
  };
}

/** Only what was changed: what others have changed meanwhile stays. */
export function changesOf(values: Values, before: Client): Change {
  const wanted = newClient(values);
  return Object.fromEntries(FIELDS.filter((name) => wanted[name] !== before[name]).map((name) => [name, wanted[name]]));
}

/** What is theirs now, with what was typed here put on top. */
export function rebased(values: Values, before: Client, theirs: Client): Values {
  return { ...valuesOf(theirs), ...changesOf(values, before) } as Values;
}
