import { median } from './median.ts';

export interface PairedRatios {
  /** Of every pair: the first's figure over the second's. */
  readonly ratios: readonly number[];
  readonly median: number;
  readonly lowest: number;
  readonly highest: number;
  /** Medians of the figures themselves. */
  readonly first: number;
  readonly second: number;
}

/**
 * Compares two contenders on a machine whose speed drifts: rounds of A B B A, each half of which is a pair of neighbours in
 * time, and a steady drift falls out of a round's two ratios.
 */
export async function comparePaired(
  rounds: number,
  first: () => Promise<number>,
  second: () => Promise<number>,
): Promise<PairedRatios> {
  const firsts: number[] = [];
  const seconds: number[] = [];
  for (let round = 0; round < rounds; round++) {
    firsts.push(await first());
    seconds.push(await second());
    seconds.push(await second());
    firsts.push(await first());
  }
  const ratios = firsts.map((figure, i) => figure / (seconds[i] ?? 0));
  return {
    ratios,
    median: median(ratios),
    lowest: Math.min(...ratios),
    highest: Math.max(...ratios),
    first: median(firsts),
    second: median(seconds),
  };
}
