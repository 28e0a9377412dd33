// @vitest-environment jsdom
// Moving widgets by keys.
import { expect, test } from 'vitest';

import { contentOf, type Widget } from '@/shared/dashboard/content';

import { nudged, settled } from './arrange';

const at = (x: number, y: number, width: number, height: number): object => ({ x, y, width, height });
const WIDGETS = contentOf({
  widgets: [
    { id: 'a', kind: 'text', text: '1', place: at(0, 0, 6, 2) },
    { id: 'b', kind: 'text', text: '2', place: at(6, 0, 6, 2) },
    { id: 'c', kind: 'text', text: '3', place: at(0, 2, 12, 4) },
  ],
}).widgets;
const places = (widgets: Widget[]): number[][] =>
  widgets.map(({ place: { x, y, width, height } }) => [x, y, width, height]);

test('down and up lead past a neighbour and back', () => {
  const lower = nudged(WIDGETS, 'a', { y: 1 });
  expect(lower.find(({ id }) => id === 'a')?.place.y).toBeGreaterThanOrEqual(4);
  expect(lower.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  const upper = nudged(WIDGETS, 'c', { y: -1 });
  expect(upper.find(({ id }) => id === 'c')?.place.y).toBe(0);
  expect(settled(upper)).toBe(upper);
});

test('aside and wider it pushes away what stands there; at the edge nothing happens', () => {
  expect(places(nudged(WIDGETS, 'a', { width: 1 }))[0]).toEqual([0, 0, 7, 2]);
  expect(nudged(WIDGETS, 'a', { x: -1 })).toBe(WIDGETS);
  expect(nudged(WIDGETS, 'b', { x: 1 })).toBe(WIDGETS);
});
