// A form with a schema, sent as a change to the server: what the schema misses, the server says, beside the same fields.
import { type FormErrors, schemaResolver, useForm, type UseFormReturnType } from '@mantine/form';
import { useMutation, type UseMutationResult } from '@tanstack/react-query';
import { useCallback } from 'react';
import type * as v from 'valibot';

import { Problem } from '../api/problem';
import { useExplain } from '../ui/explain';
import { goToFirst } from './goToFirst';

interface Options<Values extends Record<string, unknown>, Result> {
  initial: Values;
  schema: v.GenericSchema;
  send: (values: Values) => Promise<Result>;
  onSuccess?: (result: Result, values: Values) => void;
  /** Pointers of the server that have other names in this form. */
  rename?: Record<string, string>;
}

export interface ProblemForm<Values extends Record<string, unknown>, Result> {
  form: UseFormReturnType<Values>;
  submit: (event?: React.SyntheticEvent<HTMLFormElement>) => void;
  sending: UseMutationResult<Result, unknown, Values>;
  /** The problem, unless every part of it stands beside a field. */
  problem: unknown;
}

/** `/settings/ranking` of the server is `settings.ranking` of a form. */
function pathOf(pointer: string): string {
  return pointer.split('/').slice(1).join('.');
}

function hasField(values: unknown, path: string): boolean {
  let inner: unknown = values;
  for (const part of path.split('.')) {
    if (typeof inner !== 'object' || inner === null || !(part in inner)) return false;
    inner = (inner as Record<string, unknown>)[part];
  }
  return true;
}

export function useProblemForm<Values extends Record<string, unknown>, Result>(
  options: Options<Values, Result>,
): ProblemForm<Values, Result> {
  const { initial, schema, send, onSuccess, rename = {} } = options;
  const explain = useExplain();
  const form = useForm<Values>({
    initialValues: initial,
    validate: schemaResolver(schema, { sync: true }),
    validateInputOnBlur: false,
  });
  const placeOf = (pointer: string): string => rename[pointer] ?? pathOf(pointer);
  const sending = useMutation<Result, unknown, Values>({
    mutationFn: send,
    onSuccess: (result, values) => onSuccess?.(result, values),
    onError: (error) => {
      if (!(error instanceof Problem)) return;
      const found = error.fields.map((fault) => ({ fault, path: placeOf(fault.pointer) }));
      const known = found.filter(({ path }) => hasField(form.getValues(), path));
      for (const { fault, path } of known) form.setFieldError(path as never, explain.field(fault));
      goToFirst(known.map(({ path }) => form.getInputNode(path as never)));
    },
  });
  const { mutate } = sending;
  const submitted = useCallback((values: Values) => mutate(values), [mutate]);
  const error = sending.error;
  const isShown =
    error instanceof Problem &&
    error.fields.length > 0 &&
    error.fields.every((fault) => hasField(form.getValues(), placeOf(fault.pointer)));
  const missed = (errors: FormErrors): void =>
    goToFirst(Object.keys(errors).map((path) => form.getInputNode(path as never)));
  return { form, submit: form.onSubmit(submitted, missed), sending, problem: isShown ? null : error };
}
