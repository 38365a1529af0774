/** How an audience is divided among the variants of a campaign. */
export interface SplitRules {
  /** Of each variant, 1 or more: with 1 and 3 the second gets three of four. */
  readonly weights: readonly number[];
  /** How much of the audience is to try the variants, 1 to 100; the rest gets the winner. */
  readonly samplePercent: number;
}

/**
 * Where the share of each variant ends, from 0 to 1, in their order. What lies behind the last one is the rest; of a plain
 * split there is none.
 */
export function splitBounds({ weights, samplePercent }: SplitRules): number[] {
  const sample = samplePercent / 100;
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  let upTo = 0;
  const bounds = weights.map((weight) => {
    upTo += weight;
    return (sample * upTo) / all;
  });
  bounds[bounds.length - 1] = sample; // exactly, or a rounding error would leave somebody behind the last share
  return bounds;
}
