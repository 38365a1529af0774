/** What is timed in a worker. `message`: from the hand-over of the last byte to the reply. */
const TIMED_OPERATIONS = ['message', 'batch', 'gate', 'record', 'import-chunk'] as const;
export type TimedOperation = (typeof TIMED_OPERATIONS)[number];

/** Bounds of the stretches that durations are counted in, in milliseconds; what is longer is counted under Infinity. */
export const DURATION_BOUNDS_MS: readonly number[] = [
  1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 120_000,
];

export interface DurationCount {
  readonly operation: TimedOperation;
  /** The smallest bound that none of them is above. */
  readonly uptoMs: number;
  readonly observations: number;
  readonly sumMs: number;
}

interface Buckets {
  readonly counts: Float64Array;
  readonly sums: Float64Array;
}

/** Counts how long things took in this process, until somebody takes the counts. About 20 ns an observation, no allocation. */
export class Durations {
  readonly #operations = new Map<TimedOperation, Buckets>();

  constructor() {
    const size = DURATION_BOUNDS_MS.length + 1;
    for (const name of TIMED_OPERATIONS)
      this.#operations.set(name, { counts: new Float64Array(size), sums: new Float64Array(size) });
  }

  observe(operation: TimedOperation, ms: number): void {
    const buckets = this.#operations.get(operation);
    if (!buckets) return;
    let i = 0;
    while (i < DURATION_BOUNDS_MS.length && ms > (DURATION_BOUNDS_MS[i] ?? 0)) i++;
    buckets.counts[i] = (buckets.counts[i] ?? 0) + 1;
    buckets.sums[i] = (buckets.sums[i] ?? 0) + ms;
  }

  /** Times work, also when it fails. */
  async time<T>(operation: TimedOperation, work: () => Promise<T>): Promise<T> {
    const startedAt = performance.now();
    try {
      return await work();
    } finally {
      this.observe(operation, performance.now() - startedAt);
    }
  }

  /** What was counted since the last call; nothing of it is kept here. */
  drain(): DurationCount[] {
    const counted: DurationCount[] = [];
    for (const [operation, { counts, sums }] of this.#operations) {
      for (let i = 0; i < counts.length; i++) {
        const observations = counts[i] ?? 0;
        if (observations === 0) continue;
        counted.push({
          operation,
          uptoMs: DURATION_BOUNDS_MS[i] ?? Number.POSITIVE_INFINITY,
          observations,
          sumMs: sums[i] ?? 0,
        });
      }
      counts.fill(0);
      sums.fill(0);
    }
    return counted;
  }
}
