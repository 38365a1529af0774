import { setMaxListeners } from 'node:events';
import type { ClaimedBatch } from '../db/hot/claim-batch.ts';
import type { ClaimedEmail } from '../db/hot/claim-emails.ts';
import { Semaphore } from '../lib/semaphore.ts';
import { sleep } from '../lib/sleep.ts';
import { withSpan } from '../lib/trace.ts';
import { BatchRun, type BatchTools } from './batch-run.ts';
import type { HandOverJournal } from './hand-over-journal.ts';
import type { Lanes } from './lanes.ts';
import { Lease, type Moment, thisMoment } from './lease.ts';
import type { SendPlan } from './plan.ts';
import type { RecallWatch } from './recall-watch.ts';
import type { Recorder } from './recorder.ts';

export interface SenderParts {
  readonly plans: { get(batch: ClaimedBatch): Promise<SendPlan> };
  readonly lanes: Lanes;
  readonly recorder: Recorder;
  readonly watch: RecallWatch;
  readonly journal: HandOverJournal;
  readonly tools: Omit<BatchTools, 'signal' | 'lanes' | 'recorder' | 'journal'>;
  claim(): Promise<ClaimedBatch | null>;
  /** Single emails that are due, none of those workspaces. */
  claimEmails(most: number, heldBack: readonly string[]): Promise<ClaimedEmail[]>;
  /** Ends the leases of this worker's batches other than these. */
  disown(inHand: readonly ClaimedBatch[]): Promise<void>;
  /** Called every third of the lease with the batches in hand, to put their leases forward; returns those still ours. */
  renew(batches: readonly ClaimedBatch[]): Promise<ClaimedBatch[]>;
  readonly leaseMs: number;
  /** A batch was given back; the account is that of its first message, null when none went out. */
  onBatch(accountId: string | null, ms: number): void;
  /** Last of all, when everything is recorded. */
  onStopped(): Promise<void>;
}

/** A hint that was of no use is kept for so long. */
const HELD_BACK_MS = 1000;

/** The send path of one worker process: claims batches and runs them until told to stop. */
export class Sender {
  readonly #parts: SenderParts;
  readonly #stop = new AbortController();
  readonly #inHand = new Map<ClaimedBatch, Promise<void>>();
  readonly #leases = new Map<ClaimedBatch, Lease>();
  readonly #heartbeat: NodeJS.Timeout;
  /**
   * Claims of one worker go one after the other: two at once do not see each other's batch, and would both take from the
   * campaign with the fewest in hand, at the cost of another one's turn.
   */
  readonly #claims = new Semaphore(1);
  #claiming = 0;
  /** A claim broke off: it may have committed, and then a batch is ours without our knowing. */
  #claimLost = false;
  #disowning: Promise<void> | null = null;

  constructor(parts: SenderParts) {
    this.#parts = parts;
    setMaxListeners(0, this.#stop.signal); // one for every batch and email that waits
    this.#heartbeat = setInterval(() => void this.#renew(), parts.leaseMs / 3);
    this.#heartbeat.unref();
  }

  /** Claims the next batch and works it off; false when there was none, or the worker is stopping. */
  async workOnNextBatch(): Promise<boolean> {
    if (this.#stop.signal.aborted) return false;
    const asked = thisMoment();
    const batch = await this.#claim(() => this.#claims.run(() => this.#parts.claim()));
    if (!batch) await this.#leaveHints();
    if (!batch) return false;
    await this.#hold(batch, asked);
    return true;
  }

  /**
   * Claims up to `most` single emails, none of the workspaces in `heldBack`, and begins to work them off: answers with each
   * one's end, which never rejects.
   */
  async workOnEmails(
    most: number,
    heldBack: readonly string[],
  ): Promise<Array<{ readonly workspaceId: string; readonly done: Promise<void> }>> {
    if (this.#stop.signal.aborted) return [];
    const asked = thisMoment();
    const emails = await this.#claim(() => this.#parts.claimEmails(most, heldBack));
    return emails.map((email) => ({
      workspaceId: email.workspaceId,
      done: this.#hold(email, asked).catch((error: unknown) => this.#parts.tools.onError(error, email)),
    }));
  }

  async #hold(batch: ClaimedBatch, claimedAt: Moment): Promise<void> {
    const run = this.#run(batch, claimedAt);
    this.#inHand.set(batch, run);
    try {
      await run;
    } finally {
      this.#inHand.delete(batch);
    }
  }

  /** After a claim broke off: gives up what it may have taken, instead of letting its lease run out. */
  async disownLostClaims(): Promise<void> {
    if (!this.#claimLost || this.#claiming > 0) return;
    this.#disowning = this.#parts.disown([...this.#inHand.keys()]);
    try {
      await this.#disowning;
      this.#claimLost = false;
    } finally {
      this.#disowning = null;
    }
  }

  /** Rows gated and not yet recorded: what a crash at this moment would leave `unknown`. */
  get inFlight(): number {
    return this.#parts.lanes.inFlight;
  }

  /** Ids of the campaigns that there are batches of in hand. */
  get campaigns(): string[] {
    const batches = [...this.#inHand.keys()].filter(({ isEmail }) => !isEmail);
    return [...new Set(batches.map((batch) => batch.campaignId))];
  }

  /**
   * Gates nothing more, waits for the replies in flight, records them and gives the batches back. What is not settled
   * after `graceMs` is left to the next start, as after a crash.
   */
  async stop(graceMs: number): Promise<void> {
    this.#stop.abort();
    const done = Promise.allSettled(this.#inHand.values());
    const timeUp = new AbortController();
    await Promise.race([done, sleep(graceMs, timeUp.signal)]);
    timeUp.abort();
    this.#parts.recorder.giveUp();
    await this.#parts.lanes.close(1000);
    await this.#parts.recorder.drained();
    clearInterval(this.#heartbeat);
    this.#parts.recorder.close();
    this.#parts.journal.close();
    await this.#parts.onStopped();
  }

  async #claim<T>(claim: () => Promise<T>): Promise<T> {
    await this.#disowning?.catch(() => {}); // a batch claimed meanwhile would be given up with the lost ones
    this.#claiming++;
    try {
      return await claim();
    } catch (error) {
      this.#claimLost = true;
      throw error;
    } finally {
      this.#claiming--;
    }
  }

  /** A worker that may send no more for a workspace finds nothing where others may: they are to get the next hints. */
  async #leaveHints(): Promise<void> {
    const heldBack = await this.#parts.lanes.heldBack().catch(() => []);
    if (heldBack.length > 0) await sleep(HELD_BACK_MS, this.#stop.signal);
  }

  async #run(batch: ClaimedBatch, claimedAt: Moment): Promise<void> {
    const { plans, lanes, recorder, watch, journal, tools, leaseMs } = this.#parts;
    const plan = await plans.get(batch).catch((error: unknown) => tools.onError(error, batch));
    if (!plan) {
      const until = new Date(Date.now() + 30_000);
      await tools.statements.release(batch, { until, for: 'another try to prepare the message' });
      return;
    }
    watch.enter(plan);
    const lease = new Lease(leaseMs, claimedAt, plan.recall);
    this.#leases.set(batch, lease);
    try {
      const run = new BatchRun(batch, plan, lease, { ...tools, lanes, recorder, journal, signal: this.#stop.signal });
      await this.#measure(batch, run);
    } finally {
      this.#leases.delete(batch);
      watch.leave(plan);
    }
  }

  async #measure(batch: ClaimedBatch, run: BatchRun): Promise<void> {
    const startedAt = performance.now();
    const rows = batch.lastSeq - batch.firstSeq + 1;
    await withSpan('batch', { send: batch.sendId, batch_no: batch.batchNo, rows }, async (span) => {
      await run.run();
      span.setAttribute('account', run.accountIds);
    });
    this.#parts.onBatch(run.accountIds[0] ?? null, performance.now() - startedAt);
  }

  async #renew(): Promise<void> {
    if (this.#inHand.size === 0) return;
    const asked = thisMoment();
    // A failure is not fatal: the gate checks the lease itself, by the database's clock.
    const renewed = await this.#parts.renew([...this.#inHand.keys()]).catch(() => []);
    for (const batch of renewed) this.#leases.get(batch)?.renewed(asked);
  }
}
