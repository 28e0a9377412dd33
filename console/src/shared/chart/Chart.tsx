// A chart of lines and columns over time or names.
import { type ReactNode, useCallback } from 'react';

import { Canvas, type Colors, LEGEND, type Option, tooltip } from './Canvas';

export interface Series {
  name: string;
  kind: 'bar' | 'line';
  values: (number | null)[];
  /** Read on a scale of its own, at the right. */
  isOnRight?: boolean;
  /** A line that stands back: what it was before. */
  isFaint?: boolean;
}

/** How numbers of a scale are written: in full, and short beside the axis. */
export interface Scale {
  full: (value: number) => string;
  short: (value: number) => string;
}

interface Props {
  label: string;
  days: string[];
  series: Series[];
  height?: number | string;
  /** Of the left and of the right scale. Must be the same as long as they write the same. */
  scales?: Scale[] | undefined;
}

interface Axis {
  axisLabel: object;
  axisLine: object;
  splitLine: object;
}

function seriesOption(
  { name, kind, values, isOnRight = false, isFaint = false }: Series,
  scale: Scale | undefined,
  colors: Colors,
): object {
  const back = isFaint ? { color: colors.text, lineStyle: { type: 'dashed', width: 1.5, opacity: 0.7 } } : {};
  return {
    name,
    type: kind,
    data: values,
    yAxisIndex: isOnRight ? 1 : 0,
    barMaxWidth: 28,
    symbolSize: 5,
    showSymbol: values.length < 40 && !isFaint,
    tooltip: scale === undefined ? {} : { valueFormatter: (value: unknown) => tipText(value, scale) },
    ...back,
  };
}

function tipText(value: unknown, scale: Scale): string {
  return typeof value === 'number' ? scale.full(value) : '—';
}

function option({ days, series, scales = [] }: Props, colors: Colors): Option {
  const axis = (scale?: Scale): Axis => ({
    axisLabel: { color: colors.text, ...(scale === undefined ? {} : { formatter: scale.short }) },
    axisLine: { lineStyle: { color: colors.line } },
    splitLine: { lineStyle: { color: colors.line } },
  });
  const [left, right] = scales;
  // A count has no halves; a scale of shares does.
  const whole = left === undefined ? { minInterval: 1 } : {};
  return {
    grid: { left: 8, right: 20, top: 36, bottom: 4, containLabel: true },
    legend: { top: 0, left: 0, type: 'scroll', textStyle: { color: colors.text }, ...LEGEND },
    tooltip: { trigger: 'axis', ...tooltip(colors) },
    xAxis: { type: 'category', data: days, ...axis() },
    yAxis: [
      { type: 'value', ...whole, ...axis(left) },
      { type: 'value', ...whole, ...axis(right), splitLine: { show: false } },
    ],
    series: series.map((each) => seriesOption(each, each.isOnRight === true ? right : left, colors)),
  };
}

export function Chart({ label, days, series, height = 280, scales }: Props): ReactNode {
  const draw = useCallback(
    (colors: Colors) => option({ label, days, series, scales }, colors),
    [label, days, series, scales],
  );
  return <Canvas label={label} height={height} draw={draw} />;
}
