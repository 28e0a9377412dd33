// Parts of a whole, by name: as lying bars, the largest on top, or as a pie.
import { PieChart } from 'echarts/charts';
import * as echarts from 'echarts/core';
import { type ReactNode, useCallback } from 'react';

import { Canvas, type Colors, LEGEND, type Option, tooltip } from './Canvas';
import type { Scale } from './Chart';

echarts.use([PieChart]);

export interface Part {
  name: string;
  value: number | null;
}

/** A name is broken into lines of this width, and cut off when it needs more than a few of them. */
const LABEL_PX = 104;
const MAX_NAME = 38;
/** With more of them there is one line for each. */
const MAX_BROKEN = 6;

function shortened(name: string): string {
  return name.length > MAX_NAME ? `${name.slice(0, MAX_NAME - 1)}…` : name;
}

interface Props {
  label: string;
  parts: Part[];
  shape: 'bar' | 'pie';
  scale: Scale;
  height?: number | string;
  onClick?: ((place: number) => void) | undefined;
}

function bars({ parts, scale }: Props, colors: Colors): Option {
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
        width: LABEL_PX,
        overflow: parts.length > MAX_BROKEN ? 'truncate' : 'break',
        lineHeight: 14,
        formatter: shortened,
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
    (colors: Colors) => (shape === 'pie' ? pie : bars)({ label, parts, shape, scale }, colors),
    [label, parts, shape, scale],
  );
  return <Canvas label={label} height={height} draw={draw} onClick={onClick} />;
}
