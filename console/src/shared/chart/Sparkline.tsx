// How something went, at a glance: too small for numbers, which stand beside it.
import type { ReactNode } from 'react';

const WIDTH = 120;
const HEIGHT = 32;
const EDGE = 2;

interface Props {
  values: (number | null)[];
}

/** Where the line goes; what nobody knows is left out. */
export function pathOf(values: (number | null)[]): string {
  const known = values.filter((value) => value !== null);
  if (known.length < 2) return '';
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const step = (WIDTH - 2 * EDGE) / (values.length - 1);
  const heightOf = (value: number): number =>
    high === low ? HEIGHT / 2 : HEIGHT - EDGE - ((value - low) / (high - low)) * (HEIGHT - 2 * EDGE);
  return values
    .flatMap((value, place) =>
      value === null ? [] : [`${(EDGE + place * step).toFixed(1)},${heightOf(value).toFixed(1)}`],
    )
    .join(' ');
}

export function Sparkline({ values }: Props): ReactNode {
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} width="100%" height={HEIGHT} preserveAspectRatio="none" aria-hidden>
      <polyline
        points={pathOf(values)}
        fill="none"
        stroke="var(--mantine-primary-color-filled)"
        strokeWidth={1.5}
        vectorEffect="non-scaling-stroke"
        strokeLinejoin="round"
      />
    </svg>
  );
}
