// The line of even pacing over a day, and what is spent beside it, in steps of half an hour.
import type { Schema } from '@/shared/api/client';
import { minuteOfDay } from '@/shared/advertising/clock';

const STEP = 30;
const MINUTES_PER_DAY = 24 * 60;

export interface DayOfLine {
  labels: string[];
  released: (number | null)[];
  spent: (number | null)[];
}

function label(minute: number): string {
  const two = (number: number): string => String(number).padStart(2, '0');
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}

/** As much is between two numbers as a moment is between two others. */
function between([from, to]: [number, number], [begin, end]: [number, number], at: number): number {
  if (end <= begin) return to;
  const share = Math.min(1, Math.max(0, (at - begin) / (end - begin)));
  return from + (to - from) * share;
}

/**
 * From the step before the line begins on; before it there is nothing to say. Half an hour's worth is released ahead: that the
 * whole is released early says by how much.
 */
export function lineOfDay(line: Schema<'PacingLine'>, zone: string, now: number): DayOfLine {
  const since = minuteOfDay(Date.parse(line.since), zone);
  const until = minuteOfDay(Date.parse(line.until), zone);
  const ahead = Math.max(0, MINUTES_PER_DAY - until);
  const minutes = Array.from({ length: MINUTES_PER_DAY / STEP + 1 }, (_, step) => step * STEP);
  const begin = Math.floor(since / STEP) * STEP;
  const current = Math.ceil(now / STEP) * STEP;
  const released = (minute: number): number =>
    between([line.spent_before, line.budget], [since - ahead, until], Math.max(since, minute));
  return {
    labels: minutes.map(label),
    released: minutes.map((minute) => (minute < begin ? null : released(minute))),
    spent: minutes.map((minute) =>
      minute < begin || minute > current ? null : between([line.spent_before, line.used], [begin, current], minute),
    ),
  };
}
