// @vitest-environment jsdom
// Where widgets stand, and what they ask.
import { expect, test } from 'vitest';

import { asked, contentOf, faultOf, fitted, freePlace, shifted } from './content';

const CONTENT = contentOf({
  name: 'Morning',
  period: { window: '7d', compare_to: 'previous_period' },
  filters: [{ dimension: 'channel', values: ['email'] }],
  attribution: { model: 'first_touch' },
  widgets: [
    { id: 'a', kind: 'number', query: { metrics: 'cost' }, place: { x: 0, y: 0, width: 3, height: 2 } },
    { id: 'b', kind: 'number', query: { metrics: ['romi'] } },
    { id: 'c', kind: 'text', text: 'hello' },
  ],
});

test('what has no place gets the first free one', () => {
  expect(CONTENT.widgets.map(({ place }) => [place.x, place.y])).toEqual([
    [0, 0],
    [3, 0],
    [6, 0],
  ]);
  expect(freePlace(CONTENT.widgets, 'table')).toEqual({ x: 0, y: 2, width: 12, height: 6 });
});

test('a widget never leaves the grid', () => {
  const place = { x: 9, y: 0, width: 3, height: 2 };
  expect(shifted(place, { x: 1, y: -1 })).toEqual(place);
  expect(shifted(place, { width: 4, height: -5 })).toEqual({ ...place, height: 1 });
  expect(shifted(place, { x: -2 })).toEqual({ ...place, x: 7 });
});

test('a widget says when itself, or the dashboard does; whoever looks goes before both', () => {
  const filters = [{ dimension: 'channel', operator: 'is', values: ['email'] }];
  const attribution = { model: 'first_touch' };
  const common = { metrics: ['cost'], filters, attribution };
  expect(asked(CONTENT, { metrics: ['cost'] })).toEqual({ ...common, window: '7d', compare_to: 'previous_period' });
  const own = { metrics: ['cost'], date_from: '2026-01-01' };
  expect(asked(CONTENT, own)).toEqual({ ...common, date_from: '2026-01-01', compare_to: 'previous_period' });
  const more = { dimension: 'device', operator: 'is' as const, values: ['phone'] };
  expect(asked(CONTENT, own, { window: '1d' }, [more])).toEqual({
    ...common,
    window: '1d',
    filters: [...filters, more],
  });
});

test('a question is bent to what a kind of widget shows', () => {
  const query = { metrics: ['cost', 'romi'], group_by: ['channel'] };
  const kinds = ['number', 'line', 'bar', 'pie', 'table'] as const;
  const faults = kinds.map((kind) => faultOf({ kind, query }));
  expect(faults).toEqual([undefined, 'noTime', undefined, 'oneMetric', undefined]);
  for (const kind of kinds) {
    const fitting = fitted(kind, query);
    expect(faultOf({ kind, query: fitting })).toBeUndefined();
    expect(fitted(kind, fitting)).toEqual(fitting);
  }
  expect(fitted('number', query).group_by).toBeUndefined();
  expect(faultOf({ kind: 'text', text: ' ' })).toBe('noText');
});
