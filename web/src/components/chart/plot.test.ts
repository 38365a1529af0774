import { describe, expect, it } from 'vitest';
import { closestTo, marksUpTo, type PlotInput, plotOf } from './plot.ts';

const series = [
  { key: 'a', label: 'A', color: 'red' },
  { key: 'b', label: 'B', color: 'blue' },
];
const points = [0, 1, 2, 4].map((minute, i) => ({ at: minute * 60_000, values: { a: i, b: 2 * i } }));
const input: PlotInput = { series, points, kind: 'area', whole: true, width: 472, height: 132 };

describe('a chart over time', () => {
  it('has a few round marks that reach as high as what it shows', () => {
    expect(marksUpTo(1376, false)).toEqual([0, 500, 1000, 1500]);
    expect(marksUpTo(0.31, false)).toEqual([0, 0.1, 0.2, 0.3, 0.4]);
    expect(marksUpTo(3, true)).toEqual([0, 1, 2, 3]);
    expect(marksUpTo(9, true)).toEqual([0, 5, 10]);
    expect(marksUpTo(0, true)).toEqual([0, 1]);
    for (let most = 0.7; most < 1e9; most *= 1.7) {
      const marks = marksUpTo(most, false);
      expect(marks.at(-1)).toBeGreaterThanOrEqual(most);
      expect(marks.at(-1)).toBeLessThan(most * 2.6);
      expect(marks.length).toBeLessThanOrEqual(6);
    }
  });

  it('stands by the clock, and stacks what adds up', () => {
    const { xs, marks, shapes } = plotOf(input);
    expect(xs).toEqual([64, 164, 264, 464]);
    expect(marks.at(-1)).toEqual({ value: 10, y: 8 });
    expect(shapes[0]?.stroke).toBe('M64 108h0L164 98L264 88L464 78');
    expect(shapes[1]?.stroke).toBe('M64 108h0L164 78L264 48L464 18');
    expect(shapes[1]?.fill).toBe('M64 108L164 78L264 48L464 18L464 78L264 88L164 98L64 108Z');
  });

  it('leaves a gap in a line where nothing is known, and shows a value between gaps', () => {
    const gaps = [1, null, 3, null, 5, 5].map((a, i) => ({ at: i, values: { a } }));
    const [line] = plotOf({ ...input, kind: 'line', series: series.slice(0, 1), points: gaps }).shapes;
    expect(line?.stroke?.match(/M/g)).toHaveLength(3);
    expect(line?.stroke?.match(/L/g)).toHaveLength(1);
    expect(line?.fill).toBeUndefined();
  });

  it('draws bars within its edges, and none of nothing', () => {
    const { shapes, left, right } = plotOf({ ...input, kind: 'bar' });
    const numbers = [...(shapes[1]?.fill ?? '').matchAll(/M([\d.]+) /g)].map(([, x]) => Number(x));
    expect(numbers).toHaveLength(3);
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(left);
    expect(Math.max(...numbers)).toBeLessThan(right);
  });

  it('is drawn of one point, of none, and in no room', () => {
    for (const few of [[], points.slice(0, 1)])
      for (const kind of ['area', 'bar', 'line'] as const)
        for (const width of [0, 472])
          expect(JSON.stringify(plotOf({ ...input, kind, width, points: few }))).not.toMatch(/NaN|null/);
  });

  it('labels no more moments than there is room for', () => {
    const many = Array.from({ length: 500 }, (_, i) => ({ at: i * 1000, values: { a: 1 } }));
    expect(plotOf({ ...input, points: many }).labels.length).toBeLessThanOrEqual(4);
  });

  it('knows what is pointed at', () => {
    expect(closestTo(0, [64, 164, 264])).toBe(0);
    expect(closestTo(215, [64, 164, 264])).toBe(2);
  });
});
