// What stands on a dashboard: widgets on a grid, and what holds for all of them. The rules are the server's; they are repeated
// here for what is not saved yet.
import type { Attribution, Filter, Question, Span } from '../report/question';
import { questionOf } from '../report/saved';

export const KINDS = ['number', 'line', 'bar', 'pie', 'table', 'text'] as const;
export type Kind = (typeof KINDS)[number];

export const COLUMNS = 12;
export const ROW_PX = 56;
export const GAP_PX = 16;
/** As many as the server takes. */
export const MAX_WIDGETS = 50;

export interface Place {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Widget {
  id: string;
  kind: Kind;
  title?: string | undefined;
  place: Place;
  /** Not of a text. */
  query?: Question | undefined;
  text?: string | undefined;
}

export interface Content {
  name: string;
  description?: string | undefined;
  period?: Span | undefined;
  filters?: Filter[] | undefined;
  attribution?: Attribution | undefined;
  refresh_seconds?: number | undefined;
  widgets: Widget[];
}

/** How large a widget is that was given no place. */
const SIZES: Record<Kind, { width: number; height: number }> = {
  number: { width: 3, height: 2 },
  line: { width: 6, height: 5 },
  bar: { width: 6, height: 5 },
  pie: { width: 4, height: 5 },
  table: { width: 12, height: 6 },
  text: { width: 4, height: 2 },
};
const TIMES = ['hour', 'day', 'week', 'month'];

interface Said {
  name?: string;
  description?: string;
  period?: Span;
  filters?: unknown;
  attribution?: Attribution;
  refresh_seconds?: number;
  widgets?: { id: string; kind: string; title?: string; place?: Place; query?: unknown; text?: string }[];
}

/** A dashboard as the server answers it; widgets that programs gave no place get one. */
export function contentOf(answered: unknown, name?: string): Content {
  const said = (answered ?? {}) as Said;
  const widgets: Widget[] = [];
  for (const { id, kind, title, place, query, text } of said.widgets ?? []) {
    const known = KINDS.find((each) => each === kind) ?? 'table';
    widgets.push({
      id,
      kind: known,
      title,
      place: place ?? freePlace([...widgets, ...placedOf(said)], known),
      query: query === undefined ? undefined : questionOf(query),
      text,
    });
  }
  const filters = said.filters === undefined ? undefined : questionOf({ filters: said.filters }).filters;
  const { description, period, attribution, refresh_seconds } = said;
  return { name: name ?? said.name ?? '', description, period, filters, attribution, refresh_seconds, widgets };
}

function placedOf({ widgets = [] }: Said): { place: Place }[] {
  return widgets.flatMap(({ place }) => (place === undefined ? [] : [{ place }]));
}

function overlap(a: Place, b: Place): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/** The first place where a widget of this kind fits. */
export function freePlace(others: { place: Place }[], kind: Kind, size = SIZES[kind]): Place {
  const bottom = Math.max(0, ...others.map(({ place }) => place.y + place.height));
  for (let y = 0; y < bottom; y += 1) {
    for (let x = 0; x + size.width <= COLUMNS; x += 1) {
      const place = { x, y, ...size };
      if (!others.some((other) => overlap(other.place, place))) return place;
    }
  }
  return { x: 0, y: bottom, ...size };
}

/** Moves or resizes a widget, within the grid. */
export function shifted({ x, y, width, height }: Place, by: Partial<Place>): Place {
  const wide = Math.min(Math.max(1, width + (by.width ?? 0)), COLUMNS - x);
  return {
    x: Math.min(Math.max(0, x + (by.x ?? 0)), COLUMNS - wide),
    y: Math.max(0, y + (by.y ?? 0)),
    width: wide,
    height: Math.max(1, height + (by.height ?? 0)),
  };
}

/** In the order of reading. */
export function inOrder(widgets: Widget[]): Widget[] {
  return [...widgets].sort((a, b) => a.place.y - b.place.y || a.place.x - b.place.x);
}

export function newId(): string {
  const letters = crypto.getRandomValues(new Uint8Array(9));
  return `w${btoa(String.fromCharCode(...letters)).replace(/[^a-zA-Z0-9]/g, '')}`;
}

export const timeIn = (dimensions: string[] = []): string | undefined =>
  dimensions.find((name) => TIMES.includes(name));

export function hasOwnPeriod(query: Span): boolean {
  return query.window !== undefined || query.date_from !== undefined || query.date_to !== undefined;
}

/** What a widget asks: its own words first, then what somebody wants to see instead, then the dashboard's. */
export function asked(content: Content, query: Question, instead?: Span, more: Filter[] = []): Question {
  const { window, date_from, date_to, compare_to, ...rest } = query;
  const filters = [...(query.filters ?? []), ...(content.filters ?? []), ...more];
  return JSON.parse(
    JSON.stringify({
      ...rest,
      ...(instead ?? whenOf(content.period, { window, date_from, date_to, compare_to })),
      attribution: query.attribution ?? content.attribution,
      filters: filters.length === 0 ? undefined : filters,
    }),
  ) as Question;
}

function whenOf(period: Span | undefined, own: Span): Span {
  const compare_to = own.compare_to ?? period?.compare_to;
  return hasOwnPeriod(own) ? { ...own, compare_to } : { ...period, compare_to };
}

/** A question in the shape that a kind of widget takes. */
export function fitted(kind: Kind, query: Question): Question {
  const group_by = query.group_by ?? [];
  switch (kind) {
    case 'number':
      return { ...query, group_by: undefined, sort: undefined, limit: undefined };
    case 'line':
      return timeIn(group_by) === undefined ? { ...query, group_by: ['day', ...group_by] } : query;
    case 'pie': {
      // Parts of a whole are not days.
      const parts = group_by.filter((name) => !TIMES.includes(name));
      return {
        ...query,
        metrics: query.metrics?.slice(0, 1),
        group_by: parts.length === 0 ? ['channel'] : parts,
      };
    }
    case 'bar':
      return group_by.length === 0 ? { ...query, group_by: ['channel'] } : query;
    default:
      return query;
  }
}

export type Fault = 'noText' | 'noMetric' | 'noTime' | 'noBreakdown' | 'oneMetric';

/** What each kind needs of its question. */
const NEEDS: Record<Kind, ((metrics: string[], dimensions: string[]) => Fault | undefined) | undefined> = {
  line: (_, dimensions) => (timeIn(dimensions) === undefined ? 'noTime' : undefined),
  bar: (_, dimensions) => (dimensions.length === 0 ? 'noBreakdown' : undefined),
  pie: (metrics, dimensions) =>
    dimensions.length === 0 ? 'noBreakdown' : metrics.length > 1 ? 'oneMetric' : undefined,
  number: undefined,
  table: undefined,
  text: undefined,
};

/** Why a widget cannot be shown as it is. */
export function faultOf({ kind, query, text }: Pick<Widget, 'kind' | 'query' | 'text'>): Fault | undefined {
  if (kind === 'text') return text === undefined || text.trim() === '' ? 'noText' : undefined;
  const { metrics = [], group_by = [] } = query ?? {};
  return metrics.length === 0 ? 'noMetric' : NEEDS[kind]?.(metrics, group_by);
}
