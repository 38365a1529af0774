import os from 'node:os';
import { guardCampaigns } from '../core/campaign-guard.ts';
import type { Core } from '../core/context.ts';
import { DnsResolver } from '../core/dns-lookup.ts';
import { checkDueDomains } from '../core/domain-check.ts';
import { runImport } from '../core/import-run.ts';
import { takeLease } from '../db/leases.ts';
import { type Asked, insertWorker, setWorkerState, touchWorker } from '../db/workers.ts';
import { finishMissedEmails } from '../engine/finish.ts';
import { HandOverJournal } from '../engine/hand-over-journal.ts';
import type { Sender } from '../engine/sender.ts';
import { processKey } from '../lib/process-key.ts';
import { Semaphore } from '../lib/semaphore.ts';
import { settlesWithin } from '../lib/settles-within.ts';
import { uuid7 } from '../lib/uuid7.ts';
import type { JobTaker } from '../queue/queues.ts';
import { BounceMailboxes } from './bounce-mailboxes.ts';
import { ConfirmationMails } from './confirmation-mails.ts';
import { ContactWork } from './contact-work.ts';
import { Directories } from './directories.ts';
import { Emails } from './emails.ts';
import { Expansion } from './expansion.ts';
import { PausedQueues } from './paused-queues.ts';
import { buildSender } from './sender.ts';
import {
  cleanUpDatabase,
  cleanUpFiles,
  journalDir,
  recoverKnowledge,
  sweep,
  tendPermits,
  type WorkAtHand,
} from './sweep.ts';

export interface WorkerOptions {
  /** Campaigns sending at the same time. */
  readonly campaigns: number;
  /** Batches in hand at the same time. */
  readonly batches: number;
  /** Starts of campaign and import jobs allowed per window. */
  readonly jobStarts: { readonly max: number; readonly durationMs: number };
  /** A batch belongs to its worker for this long without a sign of life (30 s); a third of it is the heartbeat. */
  readonly leaseMs?: number;
  /** Whose child process this is; null: it runs on its own. */
  readonly managerId?: string | null;
  /** Called when somebody wants it to end, or to end and be started anew. */
  readonly onAsked?: (asked: Asked) => void;
}

const LEASE_MS = 30_000;
const BATCHES_A_JOB = 10;
const SWEEP_MS = 1000;
/** One worker sweeps for all; when it is gone, another one does after this long. */
const SWEEPER_MS = 3000;
const HEARTBEAT_MS = 5000;
const TEND_PERMITS_MS = 5000;
const GUARD_MS = 15_000;
const MISSED_EMAILS_MS = 30_000;
const CHECK_DOMAINS_MS = 30_000;
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
  readonly #expansion: Expansion;
  readonly #contacts: ContactWork;
  /** Batches in hand, whichever queue their job came from. */
  readonly #hands: Semaphore;
  #confirmations: ConfirmationMails | null = null;
  #mailboxes: BounceMailboxes | null = null;
  #directories: Directories | null = null;
  #emails: Emails | null = null;
  #busySince = performance.eventLoopUtilization();
  #sweeping: Promise<void> | null = null;

  constructor(core: Core, options: WorkerOptions) {
    this.#core = core;
    this.#options = options;
    this.#hands = new Semaphore(options.batches);
    this.#expansion = new Expansion(core, this.#stop.signal);
    this.#contacts = new ContactWork(core, this.#stop.signal);
    const paused = new PausedQueues(core.queues);
    const owner = { workerId: this.id, pid: process.pid, processKey: processKey() };
    const journal = new HandOverJournal(journalDir(core), owner);
    this.sender = buildSender(core, {
      workerId: this.id,
      maxCampaigns: options.campaigns,
      leaseMs: options.leaseMs ?? LEASE_MS,
      journal,
      kinds: () => paused.kinds(),
    });
  }

  async start(): Promise<void> {
    const { db } = this.#core;
    const { managerId = null } = this.#options;
    const identity = { id: this.id, host: os.hostname(), pid: process.pid, processKey: processKey() };
    await insertWorker(db.sql, { ...identity, managerId });
    await this.#sweep(true); // what a crash left is taken over before anything else
    this.#takeJobs();
    this.#emails = new Emails({ sender: this.sender, events: this.#core.events, log: this.#core.log });
    this.#confirmations = new ConfirmationMails(this.#core);
    this.#mailboxes = new BounceMailboxes(this.#core);
    this.#directories = new Directories(this.#core);
    this.#every(SWEEP_MS, () => this.#sweep(false));
    this.#every(HEARTBEAT_MS, () => this.#beat());
    this.#every(TEND_PERMITS_MS, () => tendPermits(this.#core));
    this.#every(GUARD_MS, () => this.#guard());
    this.#every(MISSED_EMAILS_MS, () => finishMissedEmails(this.#core.db));
    const dns = new DnsResolver();
    this.#every(CHECK_DOMAINS_MS, async () => void (await checkDueDomains(this.#core, dns)));
    this.#every(CLEAN_UP_MS, () => cleanUpFiles(this.#core));
    await this.#quietly(() => this.#core.queues.scheduleMaintenance());
  }

  #takeJobs(): void {
    const { queues } = this.#core;
    const { campaigns, batches, jobStarts } = this.#options;
    const single = { concurrency: campaigns, limiter: jobStarts };
    this.#takers.push(
      queues.work('campaigns', single, ({ campaignId }) => this.#expansion.run(campaignId)),
      queues.work('leads-import', { ...single, concurrency: 1 }, ({ importId }) => this.#import(importId)),
      // Safe to run twice: a hint finds the next batches, whichever they are, or none.
      queues.work('email-sending', { concurrency: batches }, () => this.#send()),
      queues.work('email-retry', { concurrency: batches }, () => this.#send()),
      queues.work('maintenance', { concurrency: 1 }, () => cleanUpDatabase(this.#core)),
    );
  }

  /** Hands nothing more over, waits for what is in flight, and gives back the rest. */
  async stop(graceMs: number): Promise<void> {
    this.#stop.abort();
    for (const timer of this.#timers) clearInterval(timer);
    await this.#quietly(() => setWorkerState(this.#core.db.sql, this.id, 'stopping'));
    const closed = Promise.all(this.#takers.map((taker) => taker.close()));
    await this.#emails?.stop();
    await this.sender.stop(graceMs);
    // A queue that cannot reach its database may never close; its jobs are hints, so nothing is lost by leaving.
    await this.#quietly(async () => void (await settlesWithin(closed, TAKERS_CLOSE_MS)));
    await this.#quietly(async () => void (await this.#sweeping));
    await this.#quietly(async () => void (await this.#confirmations?.close()));
    await this.#quietly(async () => void (await this.#mailboxes?.close()));
    await this.#quietly(async () => void (await this.#directories?.close()));
    await this.#quietly(() => this.#contacts.end());
    await this.#quietly(() => setWorkerState(this.#core.db.sql, this.id, 'stopped'));
  }

  /** A few batches for one job: taking a job costs both sides several milliseconds. */
  #send(): Promise<void> {
    return this.#hands.run(async () => {
      for (let batches = 0; batches < BATCHES_A_JOB; batches++) if (!(await this.sender.workOnNextBatch())) return;
    });
  }

  #import(importId: string): Promise<void> {
    return runImport(this.#core, importId, this.#stop.signal);
  }

  /** `anyway`: also while another worker sweeps for all. */
  async #sweep(anyway: boolean): Promise<void> {
    const work = async () => {
      await this.sender.disownLostClaims();
      await recoverKnowledge(this.#core);
      if (!anyway && !(await takeLease(this.#core.db.sql, 'sweep', this.id, SWEEPER_MS))) return;
      const withoutJobs = await sweep(this.#core, this.#options.campaigns);
      if (withoutJobs) this.#workWithoutJobs(withoutJobs);
      this.#contacts.begin();
    };
    this.#sweeping ??= work().finally(() => {
      this.#sweeping = null;
    });
    await this.#sweeping;
  }

  /** Looks at what readers and servers say of campaigns; one worker does it for all. */
  async #guard(): Promise<void> {
    if (await takeLease(this.#core.db.sql, 'campaign-guard', this.id, GUARD_MS + SWEEPER_MS))
      await guardCampaigns(this.#core);
  }

  /** The queues are away. Jobs are only hints: what they would have said is known, and is begun here. */
  #workWithoutJobs({ campaignIds, importIds, batches }: WorkAtHand): void {
    if (this.#stop.signal.aborted) return;
    for (const id of campaignIds) void this.#quietly(() => this.#expansion.run(id));
    for (const id of importIds) void this.#quietly(() => this.#import(id));
    for (let i = 0; i < batches && !this.#hands.isFull; i++) void this.#quietly(() => this.#send());
  }

  async #beat(): Promise<void> {
    const busy = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(busy, this.#busySince);
    this.#busySince = busy;
    const pulse = { rssMb: process.memoryUsage.rss() / 2 ** 20, utilization, campaigns: this.sender.campaigns };
    const asked = await touchWorker(this.#core.db.sql, this.id, pulse);
    if (asked !== null) this.#options.onAsked?.(asked);
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
