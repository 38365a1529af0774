import type { Point, Series } from './series.ts';

/** Room around the plot for its labels, in pixels. */
const EDGE = { top: 8, right: 8, bottom: 24, left: 64 } as const;
/** Labels below stand at least so far apart: `11:29:10 PM`, or a date, and air. */
const LABEL_PX = 120;
const MARKS = 4;
const BAR_SHARE = 0.8;

export interface PlotInput {
  readonly series: readonly Series[];
  readonly points: readonly Point[];
  /** `area` and `bar` stack what adds up to a whole. */
  readonly kind: 'area' | 'line' | 'bar';
  readonly whole: boolean;
  readonly width: number;
  readonly height: number;
}

/** Where everything stands, in pixels from the upper left corner. */
export interface Plot {
  readonly left: number;
  readonly right: number;
  readonly bottom: number;
  readonly marks: ReadonlyArray<{ readonly value: number; readonly y: number }>;
  readonly labels: ReadonlyArray<{ readonly at: number; readonly x: number }>;
  /** Of each point. */
  readonly xs: readonly number[];
  readonly shapes: ReadonlyArray<{
    readonly key: string;
    readonly color: string;
    /** SVG paths; of bars the fill alone, of lines the stroke alone. */
    readonly fill?: string;
    readonly stroke?: string;
  }>;
}

export function plotOf({ series, points, kind, whole, width, height }: PlotInput): Plot {
  const [left, right] = [EDGE.left, Math.max(EDGE.left + 1, width - EDGE.right)];
  const [top, bottom] = [EDGE.top, height - EDGE.bottom];
  const layers = kind === 'line' ? alone(series, points) : stacked(series, points);
  const values = marksUpTo(Math.max(0, ...layers.flat().map((part) => part?.to ?? 0)), whole);
  const yOf = (value: number) => round(bottom - (value / (values.at(-1) ?? 1)) * (bottom - top));
  const bar = kind === 'bar' ? (BAR_SHARE * (right - left)) / Math.max(points.length, 1) : 0;
  const xs = placesOf(points, left + bar / 2, right - bar / 2);
  const shapes = series.map(({ key, color }, i) => {
    const parts = layers[i] ?? [];
    if (kind === 'bar') return { key, color, fill: barsPath(parts, xs, bar, yOf) };
    const stroke = linePath(parts, xs, yOf);
    return kind === 'line' ? { key, color, stroke } : { key, color, stroke, fill: areaPath(parts, xs, yOf) };
  });
  const marks = values.map((value) => ({ value, y: yOf(value) }));
  return { left, right, bottom, marks, labels: labelsOf(points, xs, right - left), xs, shapes };
}

/** The point that stands closest to a place. */
export function closestTo(x: number, xs: readonly number[]): number {
  let closest = 0;
  for (const [i, each] of xs.entries()) if (Math.abs(each - x) < Math.abs((xs[closest] ?? 0) - x)) closest = i;
  return closest;
}

/** 0 and a few round numbers up to one that is at least `most`. */
export function marksUpTo(most: number, whole: boolean): number[] {
  if (most <= 0) return [0, 1];
  const least = whole ? Math.max(1, most / MARKS) : most / MARKS;
  const power = 10 ** Math.floor(Math.log10(least));
  const step =
    [1, 2, 2.5, 5, 10].find((one) => one * power >= least && (!whole || Number.isInteger(one * power))) ?? 10;
  const count = Math.ceil(most / (step * power) - 1e-9);
  return Array.from({ length: count + 1 }, (_, i) => Number((i * step * power).toPrecision(12)));
}

/** From where to where a value reaches; null where there is none. */
type Part = { readonly from: number; readonly to: number } | null;

function alone(series: readonly Series[], points: readonly Point[]): Part[][] {
  return series.map(({ key }) =>
    points.map(({ values }) => {
      const value = values[key] ?? null;
      return value === null ? null : { from: 0, to: value };
    }),
  );
}

function stacked(series: readonly Series[], points: readonly Point[]): Part[][] {
  const heights = points.map(() => 0);
  return series.map(({ key }) =>
    points.map(({ values }, i) => {
      const from = heights[i] ?? 0;
      const to = from + (values[key] ?? 0);
      heights[i] = to;
      return { from, to };
    }),
  );
}

/** By the clock: where nothing was measured for a while there is a gap as long as that. */
function placesOf(points: readonly Point[], left: number, right: number): number[] {
  const first = points[0]?.at ?? 0;
  const span = (points.at(-1)?.at ?? 0) - first;
  return points.map(({ at }) => round(span <= 0 ? (left + right) / 2 : left + ((at - first) / span) * (right - left)));
}

/** Every so many points one, so that they do not run into each other. */
function labelsOf(points: readonly Point[], xs: readonly number[], width: number): Plot['labels'] {
  const room = Math.max(1, Math.floor(width / LABEL_PX));
  const every = Math.max(1, Math.ceil(points.length / room));
  return points.map(({ at }, i) => ({ at, x: xs[i] ?? 0 })).filter((_, i) => i % every === 0);
}

function linePath(parts: readonly Part[], xs: readonly number[], yOf: (value: number) => number): string {
  let path = '';
  for (const [i, part] of parts.entries()) {
    if (part === null) continue;
    const place = `${xs[i]} ${yOf(part.to)}`;
    // A value with gaps on both sides is a line of no length, which round caps show as a dot.
    path += (parts[i - 1] ?? null) === null ? `M${place}h0` : `L${place}`;
  }
  return path;
}

function areaPath(parts: readonly Part[], xs: readonly number[], yOf: (value: number) => number): string {
  const upper = parts.map((part, i) => `${xs[i]} ${yOf(part?.to ?? 0)}`);
  const lower = parts.map((part, i) => `${xs[i]} ${yOf(part?.from ?? 0)}`).reverse();
  return parts.length === 0 ? '' : `M${[...upper, ...lower].join('L')}Z`;
}

function barsPath(
  parts: readonly Part[],
  xs: readonly number[],
  width: number,
  yOf: (value: number) => number,
): string {
  let path = '';
  for (const [i, part] of parts.entries()) {
    if (part === null || part.to <= part.from) continue;
    path += `M${round((xs[i] ?? 0) - width / 2)} ${yOf(part.from)}V${yOf(part.to)}h${round(width)}V${yOf(part.from)}Z`;
  }
  return path;
}

function round(px: number): number {
  return Math.round(px * 10) / 10;
}
