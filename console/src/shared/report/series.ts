// What a chart of a report draws: lines over time, or parts by name.
import type { Scale, Series } from '../chart/Chart';
import type { Part } from '../chart/Parts';
import { labelOf } from './catalogue';
import { dimensionText, shortText, timeLabel, valueText } from './format';
import { type Column, dimensionsOf, metricsOf, type Names, numberOf, type Report, type Row, textOf } from './question';

/** Lines that can still be told apart. */
const MAX_LINES = 6;
/** Bars that can still be read; the others are in the table. */
const MAX_BARS = 12;

export function scaleOf(column: Column | undefined, currency: string): Scale {
  const kind = column?.kind ?? 'count';
  return {
    full: (value) => valueText(kind, value, currency),
    short: (value) => shortText(kind, value, currency),
  };
}

export function timeOf(report: Report): Column | undefined {
  return dimensionsOf(report).find(({ kind }) => kind === 'time');
}

/** What a row is called, its time left out. */
function nameOf(row: Row, dimensions: Column[], names: Names | undefined): string {
  return dimensions.map(({ name }) => dimensionText(name, textOf(row, name), names)).join(' · ');
}

export interface Lines {
  times: string[];
  series: Series[];
  scales: Scale[];
}

/** What was before stays a line: beside columns it can be told from them. */
export function linesOf(
  report: Report,
  previousText: (name: string) => string,
  kind: 'line' | 'bar' = 'line',
): Lines | undefined {
  const time = timeOf(report);
  if (time === undefined) return undefined;
  const others = dimensionsOf(report).filter(({ name }) => name !== time.name);
  const lines = others.length === 0 ? byMetric(report, time, previousText) : byName(report, time, others);
  if (kind === 'line') return lines;
  // A ratio at the right stays a line as well.
  const series = lines.series.map((each) => ({ ...each, kind: isLine(each) ? ('line' as const) : kind }));
  return { ...lines, series };
}

const isLine = ({ isFaint = false, isOnRight = false }: Series): boolean => isFaint || isOnRight;

/** One line for each metric; one of another kind than the first is read at the right, a third kind is left to the table. */
function byMetric(report: Report, time: Column, previousText: (name: string) => string): Lines {
  const rows = inOrder(report.rows, time);
  const [first, ...further] = metricsOf(report);
  const other = further.find(({ kind }) => kind !== first?.kind);
  const drawn = metricsOf(report).filter(({ kind }) => kind === first?.kind || kind === other?.kind);
  const series = drawn.slice(0, MAX_LINES).map((metric): Series => ({
    name: labelOf(metric.label),
    kind: 'line',
    values: rows.map((row) => numberOf(row, metric.name)),
    isOnRight: metric.kind !== first?.kind,
  }));
  if (report.previous !== undefined && first !== undefined && drawn.length === 1) {
    const values = rows.map((row) => numberOf(row.previous, first.name));
    series.push({ name: previousText(labelOf(first.label)), kind: 'line', values, isFaint: true });
  }
  return {
    times: rows.map((row) => timeLabel(time.name, textOf(row, time.name))),
    series,
    scales: [scaleOf(first, report.currency), ...(other === undefined ? [] : [scaleOf(other, report.currency)])],
  };
}

/** One line for each of the largest names, of the first metric. */
function byName(report: Report, time: Column, others: Column[]): Lines {
  const [metric] = metricsOf(report);
  const metricName = metric?.name ?? '';
  const times = [...new Set(inOrder(report.rows, time).map((row) => textOf(row, time.name)))];
  const placeOf = new Map(times.map((at, place) => [at, place]));
  const lines = new Map<string, { values: (number | null)[]; weight: number }>();
  for (const row of report.rows) {
    const name = nameOf(row, others, report.names);
    const line = lines.get(name) ?? { values: times.map(() => null), weight: 0 };
    const value = numberOf(row, metricName);
    line.values[placeOf.get(textOf(row, time.name)) ?? 0] = value;
    line.weight += Math.abs(value ?? 0);
    lines.set(name, line);
  }
  const largest = [...lines].sort(([, a], [, b]) => b.weight - a.weight).slice(0, MAX_LINES);
  return {
    times: times.map((at) => timeLabel(time.name, at)),
    series: largest.map(([name, { values }]) => ({ name, kind: 'line', values })),
    scales: [scaleOf(metric, report.currency)],
  };
}

function inOrder(rows: Row[], time: Column): Row[] {
  // Dates and hours are written so that the later one is the greater text.
  return [...rows].sort((a, b) => (textOf(a, time.name) < textOf(b, time.name) ? -1 : 1));
}

export interface NamedPart extends Part {
  row: Row;
}

/** The largest rows by a metric. */
export function partsOf(report: Report, metric: string): NamedPart[] {
  const dimensions = dimensionsOf(report);
  return report.rows
    .map((row) => ({ name: nameOf(row, dimensions, report.names), value: numberOf(row, metric), row }))
    .filter(({ value }) => value !== null)
    .sort((a, b) => (b.value ?? 0) - (a.value ?? 0))
    .slice(0, MAX_BARS);
}
