// A chart, drawn by ECharts in the colours of the theme. What it shows is also said in words, for those who do not see it.
import { Box, useComputedColorScheme } from '@mantine/core';
import { BarChart, LineChart } from 'echarts/charts';
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import * as echarts from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { type ReactNode, useEffect, useRef } from 'react';

echarts.use([BarChart, LineChart, AriaComponent, GridComponent, LegendComponent, TooltipComponent, SVGRenderer]);

export interface Series {
  name: string;
  kind: 'bar' | 'line';
  values: number[];
  /** Read on a scale of its own, at the right. */
  isOnRight?: boolean;
}

interface Props {
  label: string;
  days: string[];
  series: Series[];
  height?: number;
}

const COLORS = { light: ['#6750d6', '#e8890c', '#0c8599'], dark: ['#8d79e7', '#ffb84d', '#3bc9db'] };

function option({ label, days, series }: Props, scheme: 'light' | 'dark'): echarts.EChartsCoreOption {
  const text = scheme === 'dark' ? '#b8b5c3' : '#5f6470';
  const line = scheme === 'dark' ? '#34313f' : '#e9ecef';
  const axis = {
    axisLabel: { color: text },
    axisLine: { lineStyle: { color: line } },
    splitLine: { lineStyle: { color: line } },
  };
  return {
    animation: false,
    color: COLORS[scheme],
    aria: { enabled: true, label: { description: label } },
    grid: { left: 8, right: 8, top: 36, bottom: 4, containLabel: true },
    legend: { top: 0, left: 0, textStyle: { color: text }, icon: 'roundRect' },
    tooltip: {
      trigger: 'axis',
      backgroundColor: scheme === 'dark' ? '#292733' : '#fff',
      textStyle: { color: scheme === 'dark' ? '#fff' : '#000' },
    },
    xAxis: { type: 'category', data: days, ...axis },
    yAxis: [
      { type: 'value', minInterval: 1, ...axis },
      { type: 'value', ...axis, splitLine: { show: false } },
    ],
    series: series.map(({ name, kind, values, isOnRight = false }) => ({
      name,
      type: kind,
      data: values,
      yAxisIndex: isOnRight ? 1 : 0,
      barMaxWidth: 28,
      symbolSize: 5,
    })),
  };
}

export function Chart(props: Props): ReactNode {
  const place = useRef<HTMLDivElement>(null);
  const scheme = useComputedColorScheme('light');
  const { height = 280, label } = props;
  useEffect(() => {
    if (place.current === null) return;
    const chart = echarts.init(place.current, undefined, { renderer: 'svg' });
    chart.setOption(option(props, scheme));
    const watcher = new ResizeObserver(() => chart.resize());
    watcher.observe(place.current);
    return () => {
      watcher.disconnect();
      chart.dispose();
    };
  }, [props, scheme]);
  return <Box ref={place} h={height} role="img" aria-label={label} />;
}
