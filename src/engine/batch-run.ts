import { isDatabaseAway, isRetryableConflict } from '../db/database.ts';
import type { ClaimedBatch } from '../db/hot/claim-batch.ts';
import type { GatedRow, GateWindow } from '../db/hot/gate-rows.ts';
import { quietWait } from '../domain/quiet-hours.ts';
import { sleep } from '../lib/sleep.ts';
import type { Recall } from '../mail/transport.ts';
import type { HandOverJournal } from './hand-over-journal.ts';
import type { Lane } from './lane.ts';
import type { LaneGrant, LaneRoom, Lanes } from './lanes.ts';
import { sendLimitedDomains } from './limited-domains.ts';
import type { Limit } from './permits.ts';
import type { SendPlan } from './plan.ts';
import { type HandOverTools, RowsInHand } from './rows-in-hand.ts';

/** The statements of the send path that a batch needs, bound to the database. */
export interface BatchStatements {
  gate(window: GateWindow): Promise<GatedRow[]>;
  gateDue(window: GateWindow, limit: number): Promise<GatedRow[]>;
  /** The same without rows of these domains, which have limits of their own; and rows of one of them. */
  gateOthers(window: GateWindow, domains: readonly string[]): Promise<GatedRow[]>;
  gateOthersDue(window: GateWindow, domains: readonly string[], limit: number): Promise<GatedRow[]>;
  gateDomain(window: GateWindow, domain: string, limit: number): Promise<GatedRow[]>;
  countByDomain(batch: ClaimedBatch, domains: readonly string[]): Promise<Map<string, number>>;
  excludeBlocked(window: GateWindow): Promise<number>;
  owns(window: GateWindow): Promise<boolean>;
  settleLost(batch: ClaimedBatch, onUnknown: 'hold' | 'resend'): Promise<number>;
  findOwnSending(batch: ClaimedBatch): Promise<number[]>;
  returnUnseen(batch: ClaimedBatch, seqs: readonly number[]): Promise<void>;
  release(batch: ClaimedBatch, wait: { until: Date; for: string } | null): Promise<unknown>;
  recount(batch: ClaimedBatch): Promise<void>;
}

export interface BatchTools extends HandOverTools {
  readonly statements: BatchStatements;
  readonly lanes: Lanes;
  readonly journal: Pick<HandOverJournal, 'begin' | 'handingOver' | 'settled' | 'end'>;
  onError(error: unknown, batch: ClaimedBatch): void;
  readonly signal: AbortSignal;
}

/** Rows a gate lets through at most: a commit for each hundred costs nothing, and a pause is felt at the next one. */
const WINDOW_ROWS = 100;
/** A window's worth of signatures, or a file from its server. */
const PREPARATION_MS = 300;
const AFTER_FAULT_MS = 30_000;
const NO_DOMAINS: ReadonlyMap<string, readonly Limit[]> = new Map();

/**
 * One batch from claim to release: settle what an earlier owner lost, gate window after window while there is room,
 * submit, and give the batch back when every row that passed the gate is recorded.
 */
export class BatchRun {
  readonly #batch: ClaimedBatch;
  readonly #plan: SendPlan;
  readonly #tools: BatchTools;
  readonly #rows: RowsInHand;
  #wait: { until: Date; for: string } | null = null;
  #isGivenBack = false;
  /** Recipient domains with limits, and the limits that hold through every account. */
  #domains: ReadonlyMap<string, readonly Limit[]> = NO_DOMAINS;
  readonly #accountIds = new Set<string>();

  /** `recall` says when nothing of the batch may be handed over any more. */
  constructor(batch: ClaimedBatch, plan: SendPlan, recall: Recall, tools: BatchTools) {
    this.#batch = batch;
    this.#plan = plan;
    this.#tools = tools;
    this.#rows = new RowsInHand(batch, plan, recall, tools);
  }

  /** Accounts that rows of it went through, in the order of their first. */
  get accountIds(): string[] {
    return [...this.#accountIds];
  }

  async run(): Promise<void> {
    try {
      await this.#send();
    } catch (error) {
      this.#tools.onError(error, this.#batch);
      this.#wait = { until: new Date(Date.now() + AFTER_FAULT_MS), for: 'another try after an internal error' };
    }
    await this.#rows.settled();
    await this.#sendRerouted();
    // Otherwise the lease runs out and the next owner settles what is left as `unknown`.
    if (!this.#rows.hasLostOutcome) await this.#withDatabase(() => this.#giveBack());
    if (this.#isGivenBack) this.#tools.journal.end(this.#batch);
  }

  async #send(): Promise<void> {
    const { statements } = this.#tools;
    this.#tools.journal.begin(this.#batch);
    if (this.#batch.hadOwner) await this.#withDatabase(() => statements.settleLost(this.#batch, this.#plan.onUnknown));
    this.#domains = (await this.#withDatabase(() => this.#tools.lanes.limitedDomains(this.#plan))) ?? NO_DOMAINS;
    await this.#sendPending();
    if (this.#batch.hadOwner) await this.#sendDue();
    if (this.#domains.size === 0) return;
    await this.#sendDomains();
    await this.#sendDue(); // waits for domains were sat out: rows put off meanwhile may be due
  }

  /** Rows of domains with limits: what waits for one of those does not hold up the rest. */
  async #sendDomains(): Promise<void> {
    const { statements } = this.#tools;
    const { firstSeq, lastSeq } = this.#batch;
    if (this.#wait) return; // nothing can be sent by any account at the moment
    const wait = await sendLimitedDomains({
      count: () => this.#whileRunning(() => statements.countByDomain(this.#batch, [...this.#domains.keys()])),
      acquire: (domain, rows) => this.#whileRunning(() => this.#acquireFor(domain, Math.min(rows, WINDOW_ROWS))),
      gate: (grant, domain) => {
        const window = this.#window(grant.lane, firstSeq, lastSeq);
        return this.#gate(grant, () => statements.gateDomain(window, domain, grant.count));
      },
      settle: () => this.#settleWindow(this.#window(null, firstSeq, lastSeq), 0),
      sleep: (ms) => sleep(ms, this.#tools.signal),
    });
    if (wait) this.#wait = { until: wait.waitUntil, for: wait.waitingFor };
  }

  /** Null when it is quiet there, too. */
  async #acquireFor(domain: string, wanted: number): Promise<LaneGrant | null> {
    if (this.#isQuiet()) return null;
    const { workspaceId, accountIds, batchSize, batchDelayMs, isEmail: isUrgent } = this.#plan;
    const limits = [...this.#plan.limits, ...(this.#domains.get(domain) ?? [])];
    const leadMs = this.#leadMs;
    const request = { workspaceId, accountIds, batchSize, batchDelayMs, limits, domain, wanted, isUrgent, leadMs };
    return this.#tools.lanes.acquire(request, this.#tools.signal, 'at once');
  }

  async #whileRunning<T>(statement: () => Promise<T>): Promise<T | null> {
    return this.#stopped() ? null : this.#withDatabase(statement);
  }

  /** Walks the range once: every row in it is pending, or has been dealt with. */
  async #sendPending(): Promise<void> {
    let next = this.#batch.firstSeq;
    while (next <= this.#batch.lastSeq && !this.#stopped()) {
      const grant = await this.#acquire(Math.min(WINDOW_ROWS, this.#batch.lastSeq - next + 1));
      if (!grant) return;
      const window = this.#window(grant.lane, next, next + grant.count - 1);
      const rows = await this.#gate(grant, () => this.#gatePending(window));
      if (!rows) return;
      if (rows.length < grant.count && !(await this.#settleWindow(window, rows.length))) return;
      next += grant.count;
    }
  }

  /** Rows that their account could not send go on at once through another one. */
  async #sendRerouted(): Promise<void> {
    while (this.#rows.takeRerouted() && !this.#rows.hasLostOutcome && !this.#stopped()) {
      await this.#sendDue();
      if (this.#domains.size > 0) await this.#sendDomains();
      await this.#rows.settled();
    }
  }

  /** Deferred rows whose time has come, wherever they stand in the range. */
  async #sendDue(): Promise<void> {
    while (!this.#stopped()) {
      const grant = await this.#acquire(WINDOW_ROWS);
      if (!grant) return;
      const window = this.#window(grant.lane, this.#batch.firstSeq, this.#batch.lastSeq);
      const rows = await this.#gate(grant, () => this.#gateDue(window, grant.count));
      if (!rows) return;
      if (rows.length < grant.count) {
        await this.#settleWindow(window, rows.length);
        return;
      }
    }
  }

  #gatePending(window: GateWindow): Promise<GatedRow[]> {
    const { gate, gateOthers } = this.#tools.statements;
    return this.#domains.size === 0 ? gate(window) : gateOthers(window, [...this.#domains.keys()]);
  }

  #gateDue(window: GateWindow, limit: number): Promise<GatedRow[]> {
    const { gateDue, gateOthersDue } = this.#tools.statements;
    return this.#domains.size === 0 ? gateDue(window, limit) : gateOthersDue(window, [...this.#domains.keys()], limit);
  }

  async #acquire(wanted: number): Promise<LaneRoom | null> {
    const { workspaceId, accountIds, batchSize, batchDelayMs, limits, isEmail: isUrgent } = this.#plan;
    const pool = { workspaceId, accountIds, batchSize, batchDelayMs };
    const request = { ...pool, limits, domain: null, wanted, isUrgent, leadMs: this.#leadMs };
    if (this.#isQuiet()) return null;
    const grant = await this.#withDatabase(() => this.#tools.lanes.acquire(request, this.#tools.signal));
    if (!grant) return null;
    if ('lane' in grant) return this.#isQuiet() ? this.#decline(grant) : grant;
    this.#wait = { until: grant.waitUntil, for: grant.waitingFor };
    return null;
  }

  get #leadMs(): number {
    const { signer, message } = this.#plan;
    return signer === null && message.linkedFiles === null ? 0 : PREPARATION_MS;
  }

  /** Notes what is waited for, when it is quiet where the recipients of this batch are. */
  #isQuiet(): boolean {
    const { quietHours } = this.#plan;
    const wait = quietHours && quietWait(quietHours, this.#batch.timeZone, Date.now());
    if (wait) this.#wait = wait;
    return wait !== null;
  }

  /** It became quiet while room was waited for. */
  #decline(grant: LaneRoom): null {
    grant.lane.release(grant.count);
    grant.giveBack(grant.count);
    return null;
  }

  async #gate(grant: LaneRoom, statement: () => Promise<GatedRow[]>): Promise<GatedRow[] | null> {
    const startedAt = performance.now();
    const rows = await this.#withDatabase(statement);
    grant.lane.ledgerTook('gate', performance.now() - startedAt);
    const unused = grant.count - (rows?.length ?? 0);
    if (unused > 0) {
      grant.lane.release(unused);
      grant.giveBack(unused);
    }
    if (rows?.length) this.#accountIds.add(grant.lane.account.id);
    for (const row of rows ?? []) this.#rows.submit(row, grant);
    return rows;
  }

  /** Settles rows the gate kept back; false when the batch is not ours any more, or its campaign is not to be sent. */
  async #settleWindow(window: GateWindow, passed: number): Promise<boolean> {
    await this.#withDatabase(() => this.#tools.statements.excludeBlocked(window));
    if (passed > 0) return true;
    return (await this.#withDatabase(() => this.#tools.statements.owns(window))) ?? false;
  }

  async #giveBack(): Promise<void> {
    const { statements } = this.#tools;
    await this.#settleOwnSending();
    const released = await statements.release(this.#batch, this.#wait);
    // The lease ran out meanwhile (a pause longer than it): evidence may have come late, so the counts are taken again.
    if (!released) await statements.recount(this.#batch);
    this.#isGivenBack = true;
  }

  /**
   * What is still `sending` under our fence although everything was recorded: rows of a gate whose answer was lost, and
   * outcomes that a crash of the database took with it (their commits are asynchronous; the release's is not).
   */
  async #settleOwnSending(): Promise<void> {
    const open = await this.#tools.statements.findOwnSending(this.#batch);
    const unseen = open.filter((seq) => !this.#rows.has(seq));
    if (unseen.length > 0) await this.#tools.statements.returnUnseen(this.#batch, unseen);
    this.#rows.recordAgain(open);
    await this.#rows.settled();
  }

  #window(lane: Lane | null, firstSeq: number, lastSeq: number): GateWindow {
    const { sendId, batchNo, fence, campaignId } = this.#batch;
    const { workspaceId, listIds } = this.#plan;
    return {
      sendId,
      batchNo,
      fence,
      campaignId,
      workspaceId,
      listIds,
      accountId: lane?.account.id ?? '',
      userId: lane?.account.user?.id ?? null,
      firstSeq,
      lastSeq,
    };
  }

  #stopped(): boolean {
    return this.#tools.signal.aborted;
  }

  /**
   * Repeats a statement while the database is away. That is safe for every one of them: a gate that committed without
   * an answer leaves rows that `returnUnseen` finds, and the others may run twice. Null when the worker is told to stop.
   */
  async #withDatabase<T>(statement: () => Promise<T>): Promise<T | null> {
    for (let failures = 0; ; failures++) {
      try {
        return await statement();
      } catch (error) {
        if (!isDatabaseAway(error) && !isRetryableConflict(error)) throw error;
        if (failures % 20 === 0) this.#tools.onError(error, this.#batch);
        if (this.#stopped()) return null;
        await sleep(Math.min(2000, 50 * 2 ** Math.min(failures, 6)), this.#tools.signal);
      }
    }
  }
}
