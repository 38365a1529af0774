import type { Logger } from '../lib/logger.ts';
import { settlesWithin } from '../lib/settles-within.ts';

/** A part that was started, and how to stop it. */
export interface Stop {
  readonly part: string;
  readonly stop: () => Promise<unknown>;
}

/** How long a stop waits for replies in flight before it leaves them to the next start. */
export const STOP_GRACE_MS = 25_000;
/** A part that takes longer is given up on: the rest is to be stopped in order. */
const STOP_PART_MS = 35_000;

/** Takes down what was started, last first. However often it is called, it is done once. */
export function stopperOf(stops: Stop[], log: Logger): () => Promise<void> {
  return once(async () => {
    for (const { part, stop } of stops.reverse()) {
      const startedAt = Date.now();
      const stopping = stop().catch((error: unknown) => log.error({ err: error, part }, 'a part did not stop cleanly'));
      if (!(await settlesWithin(stopping, STOP_PART_MS)))
        log.error({ part }, 'a part did not stop in time and is left behind');
      log.debug({ part, ms: Date.now() - startedAt }, 'stopped');
    }
  });
}

function once(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null;
  return () => {
    running ??= work();
    return running;
  };
}
