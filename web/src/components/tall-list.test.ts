import { describe, expect, it } from 'vitest';
import { paceOf, TALLEST_PX } from './tall-list.ts';

describe('a list that may be taller than browsers lay out', () => {
  it('goes with its scroller as long as it fits', () => {
    expect(paceOf({ scrollHeight: 36_040, clientHeight: 600 }, 0)).toBe(1);
    expect(paceOf({ scrollHeight: 300, clientHeight: 600 }, 0)).toBe(1);
  });

  it('ends where its scroller ends, however many rows there are', () => {
    for (const rows of [1_000_000, 10_000_000]) {
      const [head, clientHeight, left] = [36, 600, rows * 36 - TALLEST_PX];
      const scroller = { scrollHeight: TALLEST_PX + head, clientHeight };
      const end = scroller.scrollHeight - clientHeight;
      expect(end * paceOf(scroller, left)).toBeCloseTo(rows * 36 + head - clientHeight, 3);
    }
  });
});
