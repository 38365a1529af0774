import { messageOf } from '../../errors.ts';
import { classifyReply } from '../classify/classify-reply.ts';
import type { OutgoingMessage, SendOutcome, SmtpReply, SmtpStage } from '../transport.ts';
import { remoteIdOf } from './commands.ts';
import { SmtpFailure } from './failure.ts';

/** One message on its way through the pool, and the one outcome it gets: the first counts. */
export class Submission {
  readonly message: OutgoingMessage;
  readonly needsSmtpUtf8: boolean;
  /** How often a connection broke under it, before it could have been accepted. */
  losses = 0;
  private made: Buffer | SmtpFailure | null = null;
  private resolve: ((outcome: SendOutcome) => void) | null;

  constructor(message: OutgoingMessage, needsSmtpUtf8: boolean, resolve: (outcome: SendOutcome) => void) {
    this.message = message;
    this.needsSmtpUtf8 = needsSmtpUtf8;
    this.resolve = resolve;
  }

  get isSettled(): boolean {
    return this.resolve === null;
  }

  get isRecalled(): boolean {
    return this.message.recall?.recalled === true;
  }

  /** The whole message; `make` was called before. */
  get content(): Buffer {
    if (!Buffer.isBuffer(this.made)) throw new Error('The message was not made');
    return this.made;
  }

  get isMade(): boolean {
    return this.made !== null;
  }

  get isWireReady(): boolean | undefined {
    return this.message.isWireReady;
  }

  /** Makes the message, once: null when it is there, or why it cannot be made. */
  make(): SmtpFailure | null {
    this.made ??= this.tryToMake();
    return this.made instanceof SmtpFailure ? this.made : null;
  }

  private tryToMake(): Buffer | SmtpFailure {
    const { content } = this.message;
    try {
      return typeof content === 'function' ? content() : content;
    } catch (error) {
      return SmtpFailure.named('body', 'message-malformed', `the message could not be made: ${messageOf(error)}`);
    }
  }

  recalled(): void {
    this.settle({ kind: 'recalled', stage: 'mail-from', message: 'it was taken back before it was handed over' });
  }

  /** Right before the irrevocable write: null to go ahead, or why it must not happen. */
  handingOver(): SmtpFailure | null {
    try {
      this.message.onHandOver?.();
      return null;
    } catch (error) {
      return SmtpFailure.named('body', 'hand-over-stopped', `not handed over: ${messageOf(error)}`);
    }
  }

  accepted(reply: SmtpReply): void {
    const remoteId = remoteIdOf(reply.text);
    this.settle(remoteId === undefined ? { kind: 'accepted', reply } : { kind: 'accepted', reply, remoteId });
  }

  refused(reply: SmtpReply, stage: SmtpStage): void {
    this.settle({ kind: 'refused', reply, stage, class: classifyReply(reply, stage) });
  }

  unknown(stage: SmtpStage, message: string): void {
    this.settle({ kind: 'unknown', stage, message });
  }

  /** A loss that came with a refusal in the server's words is that refusal. */
  failed({ stage, message, replyClass, reply }: SmtpFailure): void {
    if (reply !== null && reply.code >= 400) this.settle({ kind: 'refused', reply, stage, class: replyClass });
    else this.settle({ kind: 'not-handed-over', stage, message, class: replyClass });
  }

  /** The server was never asked about this message: whatever it said, it did not refuse it. */
  notHandedOver({ stage, message, replyClass }: SmtpFailure): void {
    this.settle({ kind: 'not-handed-over', stage, message, class: replyClass });
  }

  private settle(outcome: SendOutcome): void {
    const { resolve } = this;
    this.resolve = null;
    resolve?.(outcome);
  }
}
