/** Of a normal distribution 95 in 100 lie within 1.96 standard deviations; a little more for what is rounded on the way. */
const Z = 2.1;

/** What a simple random sample tells of a population. */
export interface Sample {
  readonly rows: number;
  readonly hits: number;
  /** Members of the population, as far as known, and one standard deviation of that as a share of it. */
  readonly population: number;
  readonly populationError: number;
}

export interface Estimate {
  readonly count: number;
  /** Between these it is 95 times in 100. */
  readonly atLeast: number;
  readonly atMost: number;
}

/**
 * How many of the population are like the hits. Wilson's interval (Wilson 1927, "Probable inference, the law of succession,
 * and statistical inference"), which also says something where no row was a hit: then a few of so many may have been.
 */
export function estimateFrom({ rows, hits, population, populationError }: Sample): Estimate {
  if (rows === 0) return { count: 0, atLeast: 0, atMost: Math.ceil(population) };
  const share = hits / rows;
  const { low, high } = wilson(hits, rows);
  const count = Math.round(share * population);
  const spread = Z * populationError * share * population;
  const below = Math.hypot((share - low) * population, spread);
  const above = Math.hypot((high - share) * population, spread);
  return {
    count,
    atLeast: Math.max(hits, Math.floor(count - below)),
    atMost: Math.max(hits, Math.ceil(count + above)),
  };
}

function wilson(hits: number, rows: number): { low: number; high: number } {
  const share = hits / rows;
  const z2 = Z * Z;
  const middle = share + z2 / (2 * rows);
  const spread = Z * Math.sqrt((share * (1 - share)) / rows + z2 / (4 * rows * rows));
  const scale = 1 + z2 / rows;
  return { low: Math.max(0, (middle - spread) / scale), high: Math.min(1, (middle + spread) / scale) };
}
