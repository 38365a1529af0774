import type { ClaimedBatch } from '../db/hot/claim-batch.ts';
import type { GatedRow } from '../db/hot/gate-rows.ts';
import { addressNeedsSmtpUtf8 } from '../domain/email-address.ts';
import { STATE_CODE } from '../domain/recipient-state.ts';
import { messageOf } from '../errors.ts';
import { replyClass } from '../mail/classify/reply-classes.ts';
import type { MessageSigner } from '../mail/dkim/signer.ts';
import { FileFault } from '../mail/linked-files.ts';
import type { Attachment, MessageParts } from '../mail/message.ts';
import type { OutgoingMessage, Recall, SendOutcome } from '../mail/transport.ts';
import type { HandOverJournal } from './hand-over-journal.ts';
import type { Lane } from './lane.ts';
import type { LaneRoom, Lanes } from './lanes.ts';
import { fileFailure, renderFailure, type Verdict, type VerdictContext, verdictOf } from './outcome.ts';
import type { SendPlan } from './plan.ts';
import type { Outcome, Recorder } from './recorder.ts';

/** What handing over takes. */
export interface HandOverTools {
  readonly lanes: Pick<Lanes, 'goesOnAt'>;
  readonly recorder: Recorder;
  readonly journal: Pick<HandOverJournal, 'handingOver' | 'settled'>;
  /** The bytes of one copy. Throws when this recipient's data cannot be rendered. */
  render(plan: SendPlan, row: GatedRow, files?: readonly Attachment[]): Buffer;
  /** The same in pieces, for a provider that puts the message together itself. */
  parts(plan: SendPlan, row: GatedRow, files?: readonly Attachment[]): MessageParts;
  /** Runs `work` with the files this recipient has of his own. Throws FileFault, or as `render` does. */
  withFiles(
    plan: SendPlan,
    row: GatedRow,
    work: (files: readonly Attachment[]) => Promise<SendOutcome>,
  ): Promise<SendOutcome>;
  /** What the provider's events will name the copy by. */
  reference(plan: SendPlan, row: GatedRow): string;
  /** Makes a message and signs it, as many at a time as the processors can. */
  sign(signer: MessageSigner, make: () => Buffer): Promise<Buffer>;
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
    let files: readonly Attachment[] | undefined;
    const made = <T>(make: () => T): T => {
      try {
        return make();
      } catch (error) {
        renderError = messageOf(error);
        throw error;
      }
    };
    const { envelopeFrom } = this.#plan;
    const message: OutgoingMessage = {
      envelopeFrom: typeof envelopeFrom === 'string' ? envelopeFrom : envelopeFrom(row.seq),
      envelopeTo: row.email,
      // Rendered when a connection is free for it: a hundred at a time, at the gate, kept the connections waiting.
      content: () => made(() => this.#tools.render(this.#plan, row, files)),
      parts: () => made(() => this.#tools.parts(this.#plan, row, files)),
      reference: () => this.#tools.reference(this.#plan, row),
      attempt: row.attempt,
      isWireReady: true,
      needsSmtpUtf8: addressNeedsSmtpUtf8(row.email),
      isUrgent: this.#plan.isEmail,
      recall: this.#recall,
      onHandOver: () => {
        handedOverAt = performance.now();
        this.#tools.journal.handingOver(this.#batch, row.seq);
      },
    };
    const { signer } = this.#plan;
    const hand = () =>
      signer && lane.account.takesSigned ? this.#sendSigned(signer, message, grant) : grant.exit.send(message);
    const settle = (outcome: SendOutcome) => {
      if (renderError !== null) {
        this.#record(row, lane, renderFailure(renderError));
        return;
      }
      if (handedOverAt > 0) this.#tools.onReply?.(performance.now() - handedOverAt);
      this.#tools.onSignal(this.#plan, lane, outcome);
      this.#record(row, lane, verdictOf(outcome, this.#contextOf(row, lane, outcome.kind === 'accepted')));
    };
    if (this.#plan.message.linkedFiles === null) {
      void hand().then(settle);
      return;
    }
    const handWith = (found: readonly Attachment[]) => {
      files = found;
      return hand();
    };
    void this.#tools.withFiles(this.#plan, row, handWith).then(settle, (error: unknown) => {
      grant.giveBack(1);
      this.#record(row, lane, this.#verdictOfFiles(error, row, lane));
    });
  }

  #contextOf(row: GatedRow, lane: Lane, isAccepted: boolean): VerdictContext {
    const { retry, onUnknown } = this.#plan;
    const now = new Date();
    const goesOnAt = isAccepted ? now : this.#tools.lanes.goesOnAt(this.#plan, lane);
    return { attempt: row.attempt, now, since: row.since ?? null, retry, onUnknown, goesOnAt };
  }

  #verdictOfFiles(error: unknown, row: GatedRow, lane: Lane): Verdict {
    return error instanceof FileFault
      ? fileFailure(error, this.#contextOf(row, lane, false))
      : renderFailure(messageOf(error));
  }

  /**
   * A signature takes longer than most servers take for a message, so it is made before a connection is waited for. How
   * many wait signed is bounded by the window, as everything behind the gate is.
   */
  async #sendSigned(signer: MessageSigner, message: OutgoingMessage, grant: LaneRoom): Promise<SendOutcome> {
    const { content } = message;
    const make = () => (typeof content === 'function' ? content() : content);
    const signed = await this.#tools.sign(signer, make).catch((error: unknown) => messageOf(error));
    if (typeof signed !== 'string') return grant.exit.send({ ...message, content: signed });
    grant.giveBack(1);
    const words = `the message could not be signed: ${signed}`;
    return { kind: 'not-handed-over', stage: 'body', message: words, class: replyClass('hand-over-stopped') };
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
    const repliedAt = performance.now();
    this.#write(outcome, () => {
      lane.ledgerTook('record', performance.now() - repliedAt);
      lane.release(1);
    });
  }

  #write(outcome: Outcome, written: () => void): void {
    this.#tools.recorder.add(outcome, (kept) => {
      if (!kept) this.#lost = true;
      written();
      if (--this.#outstanding === 0) this.#onSettled?.();
    });
  }
}
