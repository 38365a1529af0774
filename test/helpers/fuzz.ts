import fc, { type IAsyncProperty } from 'fast-check';

/** What once broke a property: fast-check's names for the one case, printed with the failure. */
interface Saved {
  readonly seed: number;
  readonly path: string;
}

interface FuzzOptions {
  /** Cases in the suite: always the same, so that it never fails by chance. */
  readonly numRuns: number;
  /** Of the seconds that `npm run fuzz` gives to the SMTP client or to the compiler, those for this property: 0 to 1. */
  readonly share: number;
  /** Cases that failed before: replayed first. They only mean the same while the property's arbitraries stay as they are. */
  readonly saved?: readonly Saved[];
}

/** The suite's own seed: the day it was chosen. */
const SEED = 20_261_122;
/** How often a long run says how far it is. */
const SLICE_MS = 15_000;

const seconds = Number(process.env.FUZZ_SECONDS ?? 0);
const firstSeed = Number(process.env.FUZZ_SEED ?? Date.now() % 1_000_000_000);

/** `npm run fuzz` looking for new cases; otherwise the suite repeats known ones. */
const isFuzzing = seconds > 0;

/** For the test that holds the property: long enough for either form. */
export function fuzzTimeoutMs({ share }: Pick<FuzzOptions, 'share'>): number {
  return isFuzzing ? seconds * share * 1000 + 120_000 : 60_000;
}

/** Fails with fast-check's words when the property does not hold; in a long run the seed and path to save are among them. */
export async function holds<T>(name: string, property: IAsyncProperty<T>, options: FuzzOptions): Promise<void> {
  for (const { seed, path } of options.saved ?? []) await fc.assert(property, { seed, path, endOnFailure: true });
  if (isFuzzing) await search(name, property, seconds * options.share * 1000);
  else await fc.assert(property, { numRuns: options.numRuns, seed: SEED });
}

async function search<T>(name: string, property: IAsyncProperty<T>, budgetMs: number): Promise<void> {
  const start = performance.now();
  let runs = 0;
  for (let seed = firstSeed; ; seed++) {
    const leftMs = budgetMs - (performance.now() - start);
    if (leftMs < 100) break;
    const details = await fc.check(property, {
      numRuns: Number.MAX_SAFE_INTEGER,
      seed,
      interruptAfterTimeLimit: Math.min(SLICE_MS, leftMs),
    });
    runs += details.numRuns;
    const failed = details.counterexample !== null; // a slice too short for a single run has "failed", but nothing did
    const spent = ((performance.now() - start) / 1000).toFixed(0);
    console.log(`fuzz ${name}: ${runs} runs in ${spent} s, seed ${seed}, ${failed ? 'FAILED' : 'no failure'}`);
    if (failed) throw new Error(await fc.asyncDefaultReportMessage(details), { cause: details.errorInstance });
  }
}
