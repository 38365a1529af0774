import type { GatedRow } from '../db/hot/gate-rows.ts';
import type { LaneGrant, LaneRoom, LaneWait } from './lanes.ts';

/** What a batch offers to those of its rows that are in domains with limits. Null: the worker is told to stop. */
export interface DomainRun {
  /** Rows that could pass now, by domain. */
  count(): Promise<ReadonlyMap<string, number> | null>;
  /** Room and permits for rows of one domain, or how long it takes; without waiting for either. */
  acquire(domain: string, wanted: number): Promise<LaneGrant | null>;
  gate(grant: LaneRoom, domain: string): Promise<readonly GatedRow[] | null>;
  /** Settles rows that no gate lets through; false when the batch is not to be worked on any more. */
  settle(): Promise<boolean>;
  sleep(ms: number): Promise<void>;
}

/** A wait this short is sat out with the batch in hand. */
const SHORT_WAIT_MS = 2500;

/**
 * Sends the rows of a batch that are in domains with limits: each domain in turn as far as its permits go, so that none
 * waits for another. Answers what is to be waited for when no domain can go on soon; null when all is done.
 */
export async function sendLimitedDomains(run: DomainRun): Promise<LaneWait | null> {
  for (;;) {
    const left = await run.count();
    if (!left || left.size === 0) return null;
    const pass = await passOnce(run, left);
    if (pass === 'over') return null;
    if (pass === 'progress') continue;
    const waitMs = pass.waitUntil.getTime() - Date.now();
    if (waitMs > SHORT_WAIT_MS || pass.isOfWorker) return pass;
    await run.sleep(Math.max(10, waitMs));
  }
}

async function passOnce(run: DomainRun, left: ReadonlyMap<string, number>): Promise<LaneWait | 'progress' | 'over'> {
  let soonest: LaneWait | null = null;
  let progress = false;
  for (const [domain, rows] of left) {
    const grant = await run.acquire(domain, rows);
    if (!grant) return 'over';
    if (!('lane' in grant)) {
      if (!soonest || grant.waitUntil < soonest.waitUntil) soonest = grant;
      continue;
    }
    const passed = await run.gate(grant, domain);
    if (!passed) return 'over';
    if (passed.length === 0 && !(await run.settle())) return 'over';
    progress = true;
  }
  return progress || !soonest ? 'progress' : soonest;
}
