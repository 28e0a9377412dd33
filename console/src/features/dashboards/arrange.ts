// Where widgets come to stand when one of them was moved: nothing overlaps, and nothing hangs in the air.
import { type Layout, verticalCompactor } from 'react-grid-layout/core';

import { COLUMNS, type Place, shifted, type Widget } from '@/shared/dashboard/content';

export function layoutOf(widgets: Widget[]): Layout {
  return widgets.map(({ id, place: { x, y, width, height } }) => ({ i: id, x, y, w: width, h: height }));
}

/** Widgets at the places of a layout; the same list when none has moved. */
export function placedBy(widgets: Widget[], layout: Layout): Widget[] {
  const places = new Map(layout.map(({ i, x, y, w, h }) => [i, { x, y, width: w, height: h } satisfies Place]));
  const isSame = (a: Place, b: Place): boolean =>
    a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;
  const placed = widgets.map((widget) => ({ ...widget, place: places.get(widget.id) ?? widget.place }));
  return placed.every(({ place }, at) => isSame(place, widgets[at]?.place ?? place)) ? widgets : placed;
}

export function settled(widgets: Widget[]): Widget[] {
  return placedBy(widgets, verticalCompactor.compact(layoutOf(widgets), COLUMNS));
}

/** Rows to try before giving up: a neighbour may be this high. */
const MAX_STEPS = 24;

/** One step in a direction; up and down it goes past its neighbour. */
export function nudged(widgets: Widget[], id: string, by: Partial<Place>): Widget[] {
  for (let step = 1; step <= MAX_STEPS; step += 1) {
    const further = { ...by, ...(by.y === undefined ? {} : { y: by.y * step }) };
    // Whoever moves goes first where both want the same place.
    const moved = widgets.map((widget) =>
      widget.id === id ? { ...widget, place: shifted(widget.place, further) } : widget,
    );
    const arranged = settled([...moved].sort((a, b) => Number(b.id === id) - Number(a.id === id)));
    const inSequence = widgets.map(({ id: each }) => arranged.find((widget) => widget.id === each) ?? arranged[0]);
    const found = inSequence.filter((widget) => widget !== undefined);
    if (found.some(({ place }, at) => JSON.stringify(place) !== JSON.stringify(widgets[at]?.place))) return found;
    if (by.y === undefined) return widgets;
  }
  return widgets;
}
