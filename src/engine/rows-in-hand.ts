import type { ClaimedBatch } from '../db/hot/claim-batch.ts';
import type { GatedRow } from '../db/hot/gate-rows.ts';
import { addressNeedsSmtpUtf8 } from '../domain/email-address.ts';
import { STATE_CODE } from '../domain/recipient-state.ts';
import { messageOf } from '../errors.ts';
import type { OutgoingMessage, Recall, SendOutcome } from '../mail/transport.ts';
import type { HandOverJournal } from './hand-over-journal.ts';
import type { Lane } from './lane.ts';
import type { LaneRoom, Lanes } from './lanes.ts';
import { renderFailure, type Verdict, verdictOf } from './outcome.ts';
import type { SendPlan } from './plan.ts';
import type { Outcome, Recorder } from './recorder.ts';

/** What handing over takes. */
export interface HandOverTools {
  readonly lanes: Pick<Lanes, 'goesOnAt'>;
  readonly recorder: Recorder;
  readonly journal: Pick<HandOverJournal, 'handingOver' | 'settled'>;
  /** The bytes of one copy. Throws when this recipient's data cannot be rendered. */
  render(plan: SendPlan, row: GatedRow): Buffer;
  /** What an answer means for the account or the campaign, beyond this recipient. */
  onSignal(plan: SendPlan, lane: Lane, outcome: SendOutcome): void;
  /** How long a server took to answer, from the hand-over to the reply. */
  onReply?(ms: number): void;
}

/** The rows of one batch that passed the gate, from there to their record. */
export class RowsInHand {
  readonly #batch: ClaimedBatch;
  readonly #plan: SendPlan;
  readonly #recall: Recall;
  readonly #tools: HandOverTools;
  /** Every row that passed, with its outcome once there is one. */
  readonly #outcomes = new Map<number, Outcome | null>();
  #outstanding = 0;
  #onSettled: (() => void) | null = null;
  #lost = false;
  #rerouted = false;

  constructor(batch: ClaimedBatch, plan: SendPlan, recall: Recall, tools: HandOverTools) {
    this.#batch = batch;
    this.#plan = plan;
    this.#recall = recall;
    this.#tools = tools;
  }

  /** An outcome could not be written: what is `sending` under our fence may have been sent. */
  get hasLostOutcome(): boolean {
    return this.#lost;
  }

  has(seq: number): boolean {
    return this.#outcomes.has(seq);
  }

  /** Whether rows came back since the last call, to be sent through another account. */
  takeRerouted(): boolean {
    const rerouted = this.#rerouted;
    this.#rerouted = false;
    return rerouted;
  }

  submit(row: GatedRow, grant: LaneRoom): void {
    const { lane } = grant;
    this.#outstanding++;
    this.#outcomes.set(row.seq, null);
    let handedOverAt = 0;
    let renderError: string | null = null;
    const message: OutgoingMessage = {
      envelopeFrom: this.#plan.envelopeFrom,
      envelopeTo: row.email,
      // Rendered when a connection is free for it: a hundred at a time, at the gate, kept the connections waiting.
      content: () => {
        try {
          return this.#tools.render(this.#plan, row);
        } catch (error) {
          renderError = messageOf(error);
          throw error;
        }
      },
      isWireReady: true,
      needsSmtpUtf8: addressNeedsSmtpUtf8(row.email),
      recall: this.#recall,
      onHandOver: () => {
        handedOverAt = performance.now();
        this.#tools.journal.handingOver(this.#batch, row.seq);
      },
    };
    void grant.exit.send(message).then((outcome) => {
      if (renderError !== null) {
        this.#record(row, lane, renderFailure(renderError));
        return;
      }
      if (handedOverAt > 0) this.#tools.onReply?.(performance.now() - handedOverAt);
      this.#tools.onSignal(this.#plan, lane, outcome);
      const { retry, onUnknown } = this.#plan;
      const now = new Date();
      const goesOnAt = outcome.kind === 'accepted' ? now : this.#tools.lanes.goesOnAt(this.#plan, lane);
      const context = { attempt: row.attempt, now, since: row.since ?? null, retry, onUnknown, goesOnAt };
      this.#record(row, lane, verdictOf(outcome, context));
    });
  }

  /** Writes outcomes again that the database has forgotten. */
  recordAgain(seqs: readonly number[]): void {
    for (const seq of seqs) {
      const outcome = this.#outcomes.get(seq);
      if (!outcome) continue;
      this.#outstanding++;
      this.#write(outcome, () => {});
    }
  }

  /** Resolves when every row has its outcome, and the ledger has it or could not be told. */
  async settled(): Promise<void> {
    if (this.#outstanding === 0) return;
    await new Promise<void>((resolve) => {
      this.#onSettled = resolve;
    });
  }

  #record(row: GatedRow, lane: Lane, verdict: Verdict): void {
    // Written out: copying the verdict's fields with a spread took 6 µs a row.
    const outcome: Outcome = {
      sendId: this.#batch.sendId,
      seq: row.seq,
      fence: this.#batch.fence,
      attempt: row.attempt,
      state: verdict.state,
      charged: verdict.charged,
      code: verdict.code,
      class: verdict.class,
      response: verdict.response,
      sentAt: verdict.sentAt,
      dueAt: verdict.dueAt,
      since: verdict.since,
      suppressIn: verdict.suppress ? this.#plan.workspaceId : null,
      accountId: lane.account.id,
      campaignId: this.#batch.campaignId,
    };
    this.#outcomes.set(row.seq, outcome);
    if (verdict.state === STATE_CODE.deferred && verdict.dueAt === null) this.#rerouted = true;
    this.#tools.journal.settled(this.#batch, outcome);
    this.#write(outcome, () => lane.release(1));
  }

  #write(outcome: Outcome, written: () => void): void {
    this.#tools.recorder.add(outcome, (kept) => {
      if (!kept) this.#lost = true;
      written();
      if (--this.#outstanding === 0) this.#onSettled?.();
    });
  }
}
