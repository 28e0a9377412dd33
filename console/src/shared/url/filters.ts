// The address holds what is looked at: filters, pages and sorting. So every view can be shared, and the back button works.
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import * as v from 'valibot';

type Entries = Record<string, v.GenericSchema<unknown, unknown>>;
type Values<Shape extends Entries> = v.InferOutput<v.ObjectSchema<Shape, undefined>>;

export interface Filters<Value> {
  values: Value;
  /** Changes some of them; a change of anything but the page leads to the first page. A step is gone back by the back button. */
  change: (patch: Partial<Record<keyof Value, unknown>>, isStep?: boolean) => void;
  clear: () => void;
  /** Whether anything but the page is restricted. */
  isNarrowed: boolean;
}

/** Text that may be absent. */
export const text = v.fallback(v.optional(v.pipe(v.union([v.string(), v.number()]), v.transform(String))), undefined);
/** A page, from 1. */
export const page = v.fallback(v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)), 1), 1);
/** One of some words. */
export function choice<const Words extends readonly string[]>(
  words: Words,
): v.GenericSchema<unknown, Words[number] | undefined> {
  return v.fallback(v.optional(v.picklist(words)), undefined);
}

/** The filters of a page, from its address. What the address says wrongly is left out. */
export function useFilters<Shape extends Entries>(shape: Shape): Filters<Values<Shape>> {
  const search: Record<string, unknown> = useSearch({ strict: false });
  const navigate = useNavigate();
  const values = useMemo(() => v.parse(v.object(shape), search), [shape, search]);
  const change = useCallback(
    (patch: Partial<Record<keyof Values<Shape>, unknown>>, isStep = 'page' in patch) => {
      const base = 'page' in patch ? {} : { page: undefined };
      void navigate({
        to: '.',
        search: ((before: object) => tidy({ ...before, ...base, ...patch })) as never,
        replace: !isStep,
      });
    },
    [navigate],
  );
  const clear = useCallback(() => void navigate({ to: '.', search: {} as never }), [navigate]);
  const isNarrowed = Object.entries(values as object).some(([name, value]) => name !== 'page' && value !== undefined);
  return { values, change, clear, isNarrowed };
}

/** Without what says nothing. */
function tidy(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).filter(
      ([name, value]) => value !== undefined && value !== '' && !(name === 'page' && value === 1),
    ),
  );
}

/** The project that the address names. */
export function useProjectId(): string {
  const parameters: Record<string, string | undefined> = useParams({ strict: false });
  return parameters['projectId'] ?? '';
}

/** Another part of the path, by its name. */
export function usePathPart(name: string): string {
  const parameters: Record<string, string | undefined> = useParams({ strict: false });
  return parameters[name] ?? '';
}
