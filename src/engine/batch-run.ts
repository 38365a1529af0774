import { isDatabaseAway, isRetryableConflict } from '../db/database.ts';
import type { ClaimedBatch } from '../db/hot/claim-batch.ts';
import type { GatedRow, GateWindow } from '../db/hot/gate-rows.ts';
import { sleep } from '../lib/sleep.ts';
import type { OutgoingMessage, SendOutcome } from '../mail/transport.ts';
import type { Lane } from './lane.ts';
import type { LaneGrant, Lanes } from './lanes.ts';
import { renderFailure, type Verdict, verdictOf } from './outcome.ts';
import type { SendPlan } from './plan.ts';
import type { Outcome, Recorder } from './recorder.ts';

/** The statements of the send path that a batch needs, bound to the database. */
export interface BatchStatements {
  gate(window: GateWindow): Promise<GatedRow[]>;
  gateDue(window: GateWindow, limit: number): Promise<GatedRow[]>;
  excludeBlocked(window: GateWindow): Promise<number>;
  owns(window: GateWindow): Promise<boolean>;
  settleLost(batch: ClaimedBatch, onUnknown: 'hold' | 'resend'): Promise<number>;
  findOwnSending(batch: ClaimedBatch): Promise<number[]>;
  returnUnseen(batch: ClaimedBatch, seqs: readonly number[]): Promise<void>;
  release(batch: ClaimedBatch, wait: { until: Date; for: string } | null): Promise<unknown>;
  recount(batch: ClaimedBatch): Promise<void>;
}

export interface BatchTools {
  readonly statements: BatchStatements;
  readonly lanes: Lanes;
  readonly recorder: Recorder;
  render(plan: SendPlan, row: GatedRow): OutgoingMessage;
  /** What an answer means for the account or the campaign, beyond this recipient. */
  onSignal(plan: SendPlan, lane: Lane, outcome: SendOutcome): void;
  onError(error: unknown, batch: ClaimedBatch): void;
  readonly signal: AbortSignal;
}

type LaneRoom = Extract<LaneGrant, { lane: Lane }>;

/**
 * Rows a gate lets through at once. Small, because what is gated and not yet recorded is what a crash leaves
 * `unknown`; larger windows measured no faster.
 */
const WINDOW_ROWS = 40;
const AFTER_FAULT_MS = 30_000;

/**
 * One batch from claim to release: settle what an earlier owner lost, gate window after window while there is room,
 * submit, and give the batch back when every row that passed the gate is recorded.
 */
export class BatchRun {
  readonly #batch: ClaimedBatch;
  readonly #plan: SendPlan;
  readonly #tools: BatchTools;
  #outstanding = 0;
  #settled: (() => void) | null = null;
  #wait: { until: Date; for: string } | null = null;
  /** An outcome could not be written: what is `sending` under our fence may have been sent, so nothing is given back. */
  #outcomeLost = false;
  /** Rows handed over by this run, with their outcomes once there are any. */
  readonly #outcomes = new Map<number, Outcome | null>();

  constructor(batch: ClaimedBatch, plan: SendPlan, tools: BatchTools) {
    this.#batch = batch;
    this.#plan = plan;
    this.#tools = tools;
  }

  async run(): Promise<void> {
    try {
      await this.#send();
    } catch (error) {
      this.#tools.onError(error, this.#batch);
      this.#wait = { until: new Date(Date.now() + AFTER_FAULT_MS), for: 'another try after an internal error' };
    }
    await this.#outstandingSettled();
    // Otherwise the lease runs out and the next owner settles what is left as `unknown`.
    if (!this.#outcomeLost) await this.#withDatabase(() => this.#giveBack());
  }

  async #send(): Promise<void> {
    const { statements } = this.#tools;
    if (this.#batch.hadOwner) await this.#withDatabase(() => statements.settleLost(this.#batch, this.#plan.onUnknown));
    await this.#sendPending();
    if (this.#batch.hadOwner) await this.#sendDue();
  }

  /** Walks the range once: every row in it is pending, or has been dealt with. */
  async #sendPending(): Promise<void> {
    let next = this.#batch.firstSeq;
    while (next <= this.#batch.lastSeq && !this.#stopped()) {
      const grant = await this.#acquire(Math.min(WINDOW_ROWS, this.#batch.lastSeq - next + 1));
      if (!grant) return;
      const window = this.#window(grant.lane, next, next + grant.count - 1);
      const rows = await this.#gate(grant, () => this.#tools.statements.gate(window));
      if (!rows) return;
      if (rows.length < grant.count && !(await this.#settleWindow(window, rows.length))) return;
      next += grant.count;
    }
  }

  /** Deferred rows whose time has come, wherever they stand in the range. */
  async #sendDue(): Promise<void> {
    while (!this.#stopped()) {
      const grant = await this.#acquire(WINDOW_ROWS);
      if (!grant) return;
      const window = this.#window(grant.lane, this.#batch.firstSeq, this.#batch.lastSeq);
      const rows = await this.#gate(grant, () => this.#tools.statements.gateDue(window, grant.count));
      if (!rows) return;
      if (rows.length < grant.count) {
        await this.#settleWindow(window, rows.length);
        return;
      }
    }
  }

  async #acquire(wanted: number): Promise<LaneRoom | null> {
    const { workspaceId, campaignId, accountIds, batchSize, batchDelayMs, limited } = this.#plan;
    const request = { workspaceId, campaignId, accountIds, batchSize, batchDelayMs, limited, wanted };
    const grant = await this.#withDatabase(() => this.#tools.lanes.acquire(request, this.#tools.signal));
    if (!grant) return null;
    if ('lane' in grant) return grant;
    this.#wait = { until: grant.waitUntil, for: grant.waitingFor };
    return null;
  }

  async #gate(grant: LaneRoom, statement: () => Promise<GatedRow[]>): Promise<GatedRow[] | null> {
    const rows = await this.#withDatabase(statement);
    const unused = grant.count - (rows?.length ?? 0);
    this.#release(grant.lane, unused);
    for (const row of rows ?? []) this.#submit(row, grant.lane);
    if (unused > 0) await this.#withDatabase(() => this.#tools.lanes.giveBack(grant, unused));
    return rows;
  }

  /** Settles rows the gate kept back; false when the batch is not ours any more, or its campaign is not to be sent. */
  async #settleWindow(window: GateWindow, passed: number): Promise<boolean> {
    await this.#withDatabase(() => this.#tools.statements.excludeBlocked(window));
    if (passed > 0) return true;
    return (await this.#withDatabase(() => this.#tools.statements.owns(window))) ?? false;
  }

  #submit(row: GatedRow, lane: Lane): void {
    this.#outstanding++;
    this.#outcomes.set(row.seq, null);
    let message: OutgoingMessage;
    try {
      message = this.#tools.render(this.#plan, row);
    } catch (error) {
      this.#record(row, lane, renderFailure(error instanceof Error ? error.message : String(error)));
      return;
    }
    void lane.transport.send(message).then((outcome) => {
      this.#tools.onSignal(this.#plan, lane, outcome);
      const { retry, onUnknown, launchedAt } = this.#plan;
      this.#record(
        row,
        lane,
        verdictOf(outcome, { attempt: row.attempt, now: new Date(), launchedAt, retry, onUnknown }),
      );
    });
  }

  #record(row: GatedRow, lane: Lane, verdict: Verdict): void {
    const { suppress, ...written } = verdict;
    const key = { sendId: this.#batch.sendId, seq: row.seq, fence: this.#batch.fence, attempt: row.attempt };
    const suppressIn = suppress ? this.#plan.workspaceId : null;
    const outcome = { ...key, ...written, suppressIn, accountId: lane.account.id, campaignId: this.#batch.campaignId };
    this.#outcomes.set(row.seq, outcome);
    this.#write(outcome, () => this.#release(lane, 1));
  }

  #write(outcome: Outcome, written: () => void): void {
    this.#tools.recorder.add(outcome, (kept) => {
      if (!kept) this.#outcomeLost = true;
      written();
      if (--this.#outstanding === 0) this.#settled?.();
    });
  }

  #release(lane: Lane, count: number): void {
    if (count > 0) lane.release(count, this.#plan.batchDelayMs, Date.now());
  }

  async #outstandingSettled(): Promise<void> {
    if (this.#outstanding === 0) return;
    await new Promise<void>((resolve) => {
      this.#settled = resolve;
    });
  }

  async #giveBack(): Promise<void> {
    const { statements } = this.#tools;
    await this.#settleOwnSending();
    const released = await statements.release(this.#batch, this.#wait);
    // The lease ran out meanwhile (a pause longer than it): evidence may have come late, so the counts are taken again.
    if (!released) await statements.recount(this.#batch);
  }

  /**
   * What is still `sending` under our fence although everything was recorded: rows of a gate whose answer was lost, and
   * outcomes that a crash of the database took with it (their commits are asynchronous; the release's is not).
   */
  async #settleOwnSending(): Promise<void> {
    const open = await this.#tools.statements.findOwnSending(this.#batch);
    const unseen = open.filter((seq) => !this.#outcomes.has(seq));
    if (unseen.length > 0) await this.#tools.statements.returnUnseen(this.#batch, unseen);
    for (const seq of open) {
      const outcome = this.#outcomes.get(seq);
      if (!outcome) continue;
      this.#outstanding++;
      this.#write(outcome, () => {});
    }
    await this.#outstandingSettled();
  }

  #window(lane: Lane, firstSeq: number, lastSeq: number): GateWindow {
    const { sendId, batchNo, fence, campaignId } = this.#batch;
    const { workspaceId, listIds } = this.#plan;
    return { sendId, batchNo, fence, campaignId, workspaceId, listIds, accountId: lane.account.id, firstSeq, lastSeq };
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
