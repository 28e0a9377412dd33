import type { TFunction } from 'i18next';
import * as v from 'valibot';
import { expect, test } from 'vitest';

import { changesOf, clientSchema, newClient, NOBODY, rebased, type Values, valuesOf } from './clientRules';
import type { Client } from './queries';

const t = ((key: string) => key) as unknown as TFunction;
const VERA: Client = {
  client_id: 'c0000000-0000-4000-8000-000000000001',
  login: 'vera',
  age: 30,
  gender: 'FEMALE',
  location: 'Moscow',
};

function faults(values: Values): string[] {
  const { issues = [] } = v.safeParse(clientSchema(t), values);
  return issues.map(({ path, message }) => `${String(path?.[0]?.key)} ${message}`);
}

test('everything but an id is needed', () => {
  expect(faults(NOBODY).map((fault) => fault.split(' ')[0])).toEqual(['login', 'age', 'gender', 'location']);
  expect(faults(valuesOf(VERA))).toEqual([]);
});

test('an id is a UUID', () => {
  expect(faults({ ...valuesOf(VERA), client_id: 'vera' })).toEqual(['client_id fault.uuid']);
  expect(newClient({ ...valuesOf(VERA), client_id: ' ' })).not.toHaveProperty('client_id');
});

test('only what was changed is sent', () => {
  expect(changesOf(valuesOf(VERA), VERA)).toEqual({});
  expect(changesOf({ ...valuesOf(VERA), age: 31, login: ' vera ' }, VERA)).toEqual({ age: 31 });
});

test('what was typed is put on top of what another has changed', () => {
  const theirs = { ...VERA, location: 'Kazan', age: 33 };
  expect(rebased({ ...valuesOf(VERA), age: 31 }, VERA, theirs)).toEqual(valuesOf({ ...theirs, age: 31 }));
});
