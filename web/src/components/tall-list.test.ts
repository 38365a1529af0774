import { describe, expect, it } from 'vitest';
import { heightOf, ROW_PX, seenRows, TALLEST_PX } from './tall-list.ts';

const [HEAD, clientHeight] = [36, 600];
const at = (rows: number, scrollTop: number) =>
  seenRows({ scrollTop, scrollHeight: heightOf(rows) + HEAD, clientHeight }, rows);

describe('a list that may be taller than browsers lay out', () => {
  it('shows what is on the screen, and a few rows around it', () => {
    expect(at(1000, 0)).toEqual({ first: 0, last: 29, ahead: 0 });
    expect(at(1000, 100 * ROW_PX)).toEqual({ first: 88, last: 129, ahead: 0 });
    expect(at(1000, 1000 * ROW_PX + HEAD - clientHeight)).toMatchObject({ last: 999, ahead: 0 });
  });

  it('shows all of what fits, and nothing of nothing', () => {
    expect(at(3, 0)).toEqual({ first: 0, last: 2, ahead: 0 });
    expect(at(0, 0)).toMatchObject({ first: 0, last: -1 });
    // Fewer than there were when it was scrolled.
    expect(at(5, 9000)).toMatchObject({ first: 4, last: 4 });
  });

  it('ends where its scroller ends, however many rows there are', () => {
    for (const rows of [1_000_000, 10_000_000]) {
      const end = TALLEST_PX + HEAD - clientHeight;
      const { last, ahead } = at(rows, end);
      expect(last).toBe(rows - 1);
      expect(end + ahead).toBeCloseTo(rows * ROW_PX + HEAD - clientHeight, 3);
    }
  });
});
