import type { Parameters } from 'fast-check';

/**
 * How long a property over sockets runs. In the suite: always the same cases, so that it never fails by chance.
 * `FUZZ_SECONDS=600 npx vitest run src/mail/smtp/hostile-server.test.ts` looks for new ones that long.
 */
export function fuzz(numRuns: number): Parameters<unknown> & { readonly timeoutMs: number } {
  const seconds = Number(process.env.FUZZ_SECONDS ?? 0);
  if (seconds === 0) return { numRuns, seed: 20_261_122, timeoutMs: 30_000 };
  return { numRuns: 1_000_000, interruptAfterTimeLimit: seconds * 1000, timeoutMs: seconds * 1000 + 30_000 };
}
