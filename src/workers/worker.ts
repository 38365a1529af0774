import os from 'node:os';
import type { Core } from '../core/context.ts';
import { runImport } from '../core/import-run.ts';
import { BATCH_ROWS } from '../db/hot/cut-batches.ts';
import { insertWorker, setWorkerState, touchWorker } from '../db/workers.ts';
import { expandCampaign } from '../engine/expand.ts';
import { HandOverJournal } from '../engine/hand-over-journal.ts';
import type { Sender } from '../engine/sender.ts';
import { processKey } from '../lib/process-key.ts';
import { settlesWithin } from '../lib/settles-within.ts';
import { uuid7 } from '../lib/uuid7.ts';
import type { JobTaker } from '../queue/queues.ts';
import { buildSender } from './sender.ts';
import { cleanUp, hintAtBatches, journalDir, sweep, tendPermits } from './sweep.ts';

export interface WorkerOptions {
  /** Campaigns sending at the same time. */
  readonly campaigns: number;
  /** Batches in hand at the same time. */
  readonly batches: number;
  /** Starts of campaign and import jobs allowed per window. */
  readonly jobStarts: { readonly max: number; readonly durationMs: number };
  /** A batch belongs to its worker for this long without a sign of life (30 s); a third of it is the heartbeat. */
  readonly leaseMs?: number;
}

const LEASE_MS = 30_000;
const BATCHES_A_JOB = 10;
const SWEEP_MS = 1000;
const HEARTBEAT_MS = 5000;
const TEND_PERMITS_MS = 5000;
const CLEAN_UP_MS = 3_600_000;
const TAKERS_CLOSE_MS = 5000;

/** One process's share of the work: takes jobs of every queue, and sweeps. */
export class PostWorker {
  readonly id = uuid7();
  readonly sender: Sender;
  readonly #core: Core;
  readonly #options: WorkerOptions;
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #takers: JobTaker[] = [];
  readonly #stop = new AbortController();
  #sweeping: Promise<void> | null = null;

  constructor(core: Core, options: WorkerOptions) {
    this.#core = core;
    this.#options = options;
    const owner = { workerId: this.id, pid: process.pid, processKey: processKey() };
    const journal = new HandOverJournal(journalDir(core), owner);
    this.sender = buildSender(core, {
      workerId: this.id,
      maxCampaigns: options.campaigns,
      leaseMs: options.leaseMs ?? LEASE_MS,
      journal,
    });
  }

  async start(): Promise<void> {
    const { db, queues } = this.#core;
    await insertWorker(db.sql, { id: this.id, host: os.hostname(), pid: process.pid, processKey: processKey() });
    await this.#sweep(); // what a crash left is taken over before anything else
    const single = { concurrency: this.#options.campaigns, limiter: this.#options.jobStarts };
    this.#takers.push(
      queues.work('campaigns', single, ({ campaignId }) => this.#expand(campaignId)),
      queues.work('leads-import', { ...single, concurrency: 1 }, ({ importId }) =>
        runImport(this.#core, importId, this.#stop.signal),
      ),
      // Safe to run twice: a hint finds the next batches, whichever they are, or none.
      queues.work('email-sending', { concurrency: this.#options.batches }, () => this.#send()),
    );
    this.#every(SWEEP_MS, () => this.#sweep());
    this.#every(HEARTBEAT_MS, () => touchWorker(db.sql, this.id));
    this.#every(TEND_PERMITS_MS, () => tendPermits(this.#core));
    this.#every(CLEAN_UP_MS, () => cleanUp(this.#core));
  }

  /** Hands nothing more over, waits for what is in flight, and gives back the rest. */
  async stop(graceMs: number): Promise<void> {
    this.#stop.abort();
    for (const timer of this.#timers) clearInterval(timer);
    await this.#quietly(() => setWorkerState(this.#core.db.sql, this.id, 'stopping'));
    const closed = Promise.all(this.#takers.map((taker) => taker.close()));
    await this.sender.stop(graceMs);
    // A queue that cannot reach its database may never close; its jobs are hints, so nothing is lost by leaving.
    await this.#quietly(async () => void (await settlesWithin(closed, TAKERS_CLOSE_MS)));
    await this.#quietly(async () => void (await this.#sweeping));
    await this.#quietly(() => setWorkerState(this.#core.db.sql, this.id, 'stopped'));
  }

  /** A few batches for one job: taking a job costs both sides several milliseconds. */
  async #send(): Promise<void> {
    for (let batches = 0; batches < BATCHES_A_JOB; batches++) if (!(await this.sender.workOnNextBatch())) return;
  }

  /** Safe to run twice: expansion goes on behind the last chunk that was committed. */
  async #expand(campaignId: string): Promise<void> {
    const { db, events } = this.#core;
    const onBatchesReady = async (id: string, rows: number) => {
      await hintAtBatches(this.#core, Math.ceil(rows / BATCH_ROWS));
      events.publish({ kind: 'campaign', id });
    };
    await expandCampaign(db, campaignId, { onBatchesReady }, this.#stop.signal);
  }

  async #sweep(): Promise<void> {
    const work = async () => {
      await this.sender.disownLostClaims();
      await sweep(this.#core, this.#options.campaigns);
    };
    this.#sweeping ??= work().finally(() => {
      this.#sweeping = null;
    });
    await this.#sweeping;
  }

  #every(ms: number, work: () => Promise<void>): void {
    const timer = setInterval(() => void this.#quietly(work), ms);
    timer.unref();
    this.#timers.push(timer);
  }

  /** While the database is away these fail every second; the log says so once a minute at most elsewhere. */
  async #quietly(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#core.log.debug({ err: error }, 'periodic work failed; it is done again');
    }
  }
}
