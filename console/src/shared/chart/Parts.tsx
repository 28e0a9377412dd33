// Parts of a whole, by name: as lying bars, the largest on top, or as a pie.
import { PieChart } from 'echarts/charts';
import * as echarts from 'echarts/core';
import { type ReactNode, useCallback } from 'react';

import { Canvas, type Colors, LEGEND, type Option, type Room, tooltip } from './Canvas';
import type { Scale } from './Chart';
import { inLines } from './lines';

echarts.use([PieChart]);

export interface Part {
  name: string;
  value: number | null;
}

/** Names stand at the left of their bars, in this part of the width. */
const NAMES_SHARE = 0.32;
const MIN_NAMES_PX = 116;
const MAX_NAMES_PX = 240;
const LINE_PX = 14;
/** A wide letter of a name. */
const LETTER_PX = 7.2;
const MAX_LINES = 3;

interface Props {
  label: string;
  parts: Part[];
  shape: 'bar' | 'pie';
  scale: Scale;
  height?: number | string;
  onClick?: ((place: number) => void) | undefined;
}

function bars({ parts, scale }: Props, colors: Colors, room: Room): Option {
  const width = Math.min(Math.max(room.width * NAMES_SHARE, MIN_NAMES_PX), MAX_NAMES_PX);
  const chars = Math.floor(width / LETTER_PX);
  // Names never reach into those above and below.
  const fitting = Math.floor(room.height / Math.max(parts.length, 1) / (LINE_PX + 1));
  const lines = Math.min(Math.max(fitting, 1), MAX_LINES);
  return {
    grid: { left: 4, right: 72, top: 4, bottom: 4, containLabel: true },
    tooltip: { trigger: 'item', ...tooltip(colors), valueFormatter: (value: unknown) => text(value, scale) },
    xAxis: { type: 'value', show: false },
    yAxis: {
      type: 'category',
      inverse: true,
      data: parts.map(({ name }) => name),
      axisLabel: {
        color: colors.text,
        width,
        overflow: 'truncate',
        lineHeight: LINE_PX,
        // Each of them, as long as they do not overlap.
        interval: room.height / Math.max(parts.length, 1) < LINE_PX ? 'auto' : 0,
        formatter: (name: string) => inLines(name, { chars, lines }),
      },
      axisLine: { lineStyle: { color: colors.line } },
      axisTick: { show: false },
    },
    series: [
      {
        type: 'bar',
        data: parts.map(({ value }) => value),
        barMaxWidth: 22,
        itemStyle: { borderRadius: [0, 3, 3, 0] },
        label: {
          show: true,
          position: 'right',
          color: colors.text,
          formatter: ({ value }: { value: unknown }) => (typeof value === 'number' ? scale.short(value) : '—'),
        },
      },
    ],
  };
}

function pie({ parts, scale }: Props, colors: Colors): Option {
  return {
    tooltip: { trigger: 'item', ...tooltip(colors), valueFormatter: (value: unknown) => text(value, scale) },
    legend: {
      ...LEGEND,
      type: 'scroll',
      orient: 'vertical',
      right: 0,
      top: 'middle',
      textStyle: { color: colors.text },
    },
    series: [
      {
        type: 'pie',
        radius: ['45%', '78%'],
        center: ['32%', '50%'],
        label: { show: false },
        itemStyle: { borderColor: colors.surface, borderWidth: 2 },
        // What is below nothing has no part of a whole.
        data: parts.filter(({ value }) => value !== null && value > 0),
      },
    ],
  };
}

function text(value: unknown, scale: Scale): string {
  return typeof value === 'number' ? scale.full(value) : '—';
}

export function Parts({ label, parts, shape, scale, height = 280, onClick }: Props): ReactNode {
  const draw = useCallback(
    (colors: Colors, room: Room) => (shape === 'pie' ? pie : bars)({ label, parts, shape, scale }, colors, room),
    [label, parts, shape, scale],
  );
  return <Canvas label={label} height={height} draw={draw} onClick={onClick} />;
}
