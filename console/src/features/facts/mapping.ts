// Which column of a file holds which field: the server's guess, and what somebody has changed about it.
import type { Preview } from './queries';

/** Fields by the places of columns; a column that is absent is left out. */
export type Mapping = ReadonlyMap<number, string>;

export function guessOf(preview: Preview): Mapping {
  const held = preview.columns.flatMap(({ field }, place) =>
    typeof field === 'string' ? [[place, field] as const] : [],
  );
  return new Map(held);
}

/** Lets a column hold a field, or none; no field is held by two columns. */
export function assigned(mapping: Mapping, place: number, field: string | undefined): Mapping {
  const next = new Map([...mapping].filter(([at, held]) => at !== place && held !== field));
  if (field !== undefined) next.set(place, field);
  return next;
}

/** Required fields that neither a column nor a constant holds. */
export function missingIn(preview: Preview, mapping: Mapping, constants: Record<string, string>): string[] {
  const held = new Set([...mapping.values(), ...Object.keys(constants).filter((field) => constants[field] !== '')]);
  return preview.fields.filter(({ name, is_required }) => is_required && !held.has(name)).map(({ name }) => name);
}

/** What is sent: the column of every field; of none, an empty name, so that nothing is guessed over somebody's head. */
export function columnsSent(preview: Preview, mapping: Mapping): Record<string, string> {
  const columnOf = new Map([...mapping].map(([place, field]) => [field, preview.columns[place]?.name ?? '']));
  return Object.fromEntries(preview.fields.map(({ name }) => [name, columnOf.get(name) ?? '']));
}
