/** What was measured of one variant: copies that were accepted, and recipients among them who did what counts. */
export interface Measured {
  readonly sent: number;
  readonly people: number;
}

export interface VerdictRules {
  /** Fewer accepted copies of a variant than this say nothing. */
  readonly minimumSent: number;
}

export interface Verdict {
  /** Position of the best; null when it cannot be told. */
  readonly best: number | null;
  /** Why it cannot be told: too few copies, nobody did what counts, or several are equally good. */
  readonly doubt: 'too-few' | 'nothing' | 'tie' | null;
  /** Whether chance alone would seldom (in less than 5 of 100 tests) part the best from the next one so far. */
  readonly isSignificant: boolean;
}

/** 97.5th percentile of the normal distribution: two-sided 95 %. */
const Z_95 = 1.959964;

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * Where the true rate lies with 95 % confidence, by Wilson's score (E. B. Wilson, JASA 22, 1927): right also for few copies
 * and for rates near 0 and 1, where the usual interval is not. Shares from 0 to 1; null when nothing was sent.
 */
export function wilsonInterval({ sent, people }: Measured): Interval | null {
  if (sent <= 0) return null;
  const rate = Math.min(1, people / sent);
  const z2 = Z_95 ** 2;
  const middle = (rate + z2 / (2 * sent)) / (1 + z2 / sent);
  const half = (Z_95 / (1 + z2 / sent)) * Math.sqrt((rate * (1 - rate)) / sent + z2 / (4 * sent ** 2));
  return { low: rate === 0 ? 0 : Math.max(0, middle - half), high: rate === 1 ? 1 : Math.min(1, middle + half) };
}

/** The variant with the highest rate. Of several that are equally good the first, with `tie` as the doubt. */
export function judgeVariants(measured: readonly Measured[], { minimumSent }: VerdictRules): Verdict {
  const none = { best: null, isSignificant: false };
  if (measured.some(({ sent }) => sent < Math.max(1, minimumSent))) return { ...none, doubt: 'too-few' };
  if (measured.every(({ people }) => people === 0)) return { ...none, doubt: 'nothing' };
  const ranked = measured.map((of, position) => ({ position, ...of, rate: of.people / of.sent })).sort(byRate);
  const [first, second] = ranked;
  if (!first) return { ...none, doubt: 'nothing' };
  const doubt = second && second.rate === first.rate ? 'tie' : null;
  return { best: first.position, doubt, isSignificant: !second || differs(first, second, measured.length - 1) };
}

type Ranked = Measured & { readonly position: number; readonly rate: number };

const byRate = (a: Ranked, b: Ranked) => b.rate - a.rate || a.position - b.position;

/**
 * Test of two proportions with a common variance. The best of several was picked by looking, so the threshold is divided by how
 * many it was compared with (Bonferroni).
 */
function differs(a: Measured, b: Measured, comparisons: number): boolean {
  const common = (a.people + b.people) / (a.sent + b.sent);
  const error = Math.sqrt(common * (1 - common) * (1 / a.sent + 1 / b.sent));
  if (error === 0) return false;
  const z = Math.abs(a.people / a.sent - b.people / b.sent) / error;
  return twoSided(z) < 0.05 / Math.max(1, comparisons);
}

/** Chance of a normal value at least this far from 0 (Abramowitz and Stegun 26.2.17; error below 1e-7). */
function twoSided(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return (2 * series * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI);
}
