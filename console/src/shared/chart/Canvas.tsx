// Where ECharts draws, in the colours of the theme. What it shows is also said in words, for those who do not see it.
import { Box, useComputedColorScheme } from '@mantine/core';
import { BarChart, LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import * as echarts from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { type ReactNode, useCallback, useEffect, useRef } from 'react';

import { FONT } from '../ui/theme';

// What only some charts need, they bring themselves.
echarts.use([BarChart, LineChart, GridComponent, LegendComponent, TooltipComponent, SVGRenderer]);

export type Option = echarts.EChartsCoreOption;

export interface Colors {
  text: string;
  line: string;
  surface: string;
  strong: string;
}

const COLORS = {
  light: { text: '#5f6470', line: '#e9ecef', surface: '#ffffff', strong: '#1f2329' },
  dark: { text: '#b8b5c3', line: '#34313f', surface: '#292733', strong: '#ffffff' },
};
const SERIES = {
  light: ['#6750d6', '#e8890c', '#0c8599', '#d6336c', '#2f9e44', '#868e96', '#1971c2', '#9c36b5'],
  dark: ['#8d79e7', '#ffb84d', '#3bc9db', '#f783ac', '#69db7c', '#adb5bd', '#74c0fc', '#da77f2'],
};

/** What there is to draw on, in pixels. */
export interface Room {
  width: number;
  height: number;
}

interface Props {
  label: string;
  height: number | string;
  /** Must be the same function as long as it draws the same. */
  draw: (colors: Colors, room: Room) => Option;
  onClick?: ((place: number) => void) | undefined;
}

export function Canvas({ label, height, draw, onClick }: Props): ReactNode {
  const place = useRef<HTMLDivElement>(null);
  const scheme = useComputedColorScheme('light');
  const optionOf = useCallback(
    (room: Room) => ({
      animation: false,
      textStyle: { fontFamily: FONT },
      color: SERIES[scheme],
      ...draw(COLORS[scheme], room),
    }),
    [draw, scheme],
  );
  useEffect(() => {
    if (place.current === null) return;
    const chart = echarts.init(place.current, undefined, { renderer: 'svg' });
    let drawn: Room = { width: chart.getWidth(), height: chart.getHeight() };
    chart.setOption(optionOf(drawn));
    if (onClick !== undefined) chart.on('click', ({ dataIndex }) => onClick(dataIndex));
    const watcher = new ResizeObserver(() => {
      chart.resize();
      const room = { width: chart.getWidth(), height: chart.getHeight() };
      // It is told of the first size as well.
      if (room.width === drawn.width && room.height === drawn.height) return;
      drawn = room;
      chart.setOption(optionOf(room), true);
    });
    watcher.observe(place.current);
    return () => {
      watcher.disconnect();
      chart.dispose();
    };
  }, [optionOf, onClick]);
  // A drawing that is larger than a place which was just made smaller is no reason to scroll: the next one fits.
  return <Box ref={place} h={height} role="img" aria-label={label} style={{ overflow: 'hidden' }} />;
}

/** What stands before a name. */
export const LEGEND = { icon: 'roundRect', itemWidth: 14, itemHeight: 8 };

/** What every tooltip looks like. */
export function tooltip(colors: Colors): object {
  return {
    backgroundColor: colors.surface,
    borderColor: colors.line,
    textStyle: { color: colors.strong, fontSize: 13 },
    confine: true,
  };
}
