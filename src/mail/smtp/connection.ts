import { type ReplyClassName, replyClass } from '../classify/reply-classes.ts';
import type { SmtpReply } from '../transport.ts';
import { DATA, DOT, inadmissible, mailCommand, QUIT, RSET, rcptCommand } from './commands.ts';
import { wireContent } from './content.ts';
import type { Extensions } from './extensions.ts';
import { SmtpFailure } from './failure.ts';
import type { Session } from './handshake.ts';
import type { SmtpTimeouts } from './options.ts';
import { MAX_SLICE, type OutputBuffer } from './output-buffer.ts';
import type { ReplyParser } from './reply-parser.ts';
import { isCharged, judge, type Step, stageOf } from './step.ts';
import type { Submission } from './submission.ts';
import type { Wire, WireOwner } from './wire.ts';

/** What a connection asks of its pool. */
export interface ConnectionHost {
  readonly output: OutputBuffer;
  readonly timeouts: SmtpTimeouts;
  readonly maxMessages: number;
  take(): Submission | undefined;
  /** A message that cannot have been accepted comes back; `charged` counts the loss against it. */
  giveBack(submission: Submission, failure: SmtpFailure, charged: boolean): void;
  /** Nothing to do: `begin` may be called. */
  idle(connection: SmtpConnection): void;
  /** A body is under way with nothing behind it: `follow` may be called. */
  roomBehind(connection: SmtpConnection): void;
  /** The server has decided about a message: the connection is of use. */
  progress(): void;
  ended(connection: SmtpConnection): void;
}

const OUT_OF_TURN = 'the server spoke before it was asked';

/**
 * One line on which messages follow each other. With PIPELINING (RFC 2920) body k and the envelope of k+1 leave in one
 * write, so a message costs one round trip; without it every command waits for its reply.
 *
 * What is never in doubt is which message a loss concerns. `finishing` has had its final dot handed to the socket:
 * only a reply can tell its fate, a loss makes it `unknown`. `current` has not: a loss gives it back.
 */
export class SmtpConnection implements WireOwner {
  private readonly wire: Wire;
  private readonly parser: ReplyParser;
  private readonly extensions: Extensions;
  private readonly host: ConnectionHost;
  private step: Step = 'idle';
  private finishing: Submission | null = null;
  private current: Submission | null = null;
  private rcptAccepted = false;
  /** A refused envelope leaves a transaction open, which would make the next MAIL a nested one. */
  private resetFirst = false;
  private stopping = false;
  private taken = 0;
  private served = 0;
  private writtenAt = 0;
  private deadline = 0;

  constructor(session: Session, host: ConnectionHost) {
    this.wire = session.wire;
    this.parser = session.parser;
    this.extensions = session.extensions;
    this.host = host;
    this.wire.handTo(this);
  }

  get isIdle(): boolean {
    return this.step === 'idle' && !this.stopping;
  }

  /** A way out for messages still waiting: not yet saying goodbye. */
  get isUsable(): boolean {
    return !this.isOver && this.mayTakeMore;
  }

  /** It was given work and ended before the server decided about any of it. */
  get isFruitless(): boolean {
    return this.taken > 0 && this.served === 0;
  }

  private get isOver(): boolean {
    return this.step === 'quit' || this.step === 'gone';
  }

  private get mayTakeMore(): boolean {
    return !this.stopping && this.taken < this.host.maxMessages;
  }

  private get mayPutBehind(): boolean {
    return this.extensions.pipelining && this.mayTakeMore;
  }

  /** Between messages: takes the next one, or waits for one, or says goodbye. */
  begin(): void {
    this.current = null;
    const submission = this.mayTakeMore ? this.takeAdmissible() : undefined;
    if (submission !== undefined) {
      const text = this.open(submission);
      this.step = this.resetFirst ? 'reset' : 'mail';
      if (!this.isOutOfTurn()) this.say(text);
    } else if (this.mayTakeMore) {
      this.step = 'idle';
      this.wait(this.host.timeouts.idleMs);
      this.host.idle(this);
    } else {
      this.quit();
    }
  }

  /** Puts an envelope behind the body that is under way, when one turns up late. */
  follow(): void {
    if (this.step !== 'final' || this.current !== null) return;
    const envelope = this.openBehind();
    if (envelope !== '') this.wire.writeText(envelope);
  }

  /** No more messages; those in flight get their replies. */
  stop(): void {
    this.stopping = true;
    if (this.step === 'idle') this.quit();
  }

  /** Ends the line now: what can have been accepted is `unknown`, the rest comes back. */
  kill(): void {
    this.end('transport-closed', 'the transport was closed');
  }

  /** Called by the pool's one timer. */
  checkTime(now: number): void {
    if (this.isOver) return;
    if (this.step === 'final' && this.wire.unsentBytes > 0 && now - this.writtenAt > this.host.timeouts.bodyMs) {
      this.end('connection-timed-out', 'the server stopped reading');
    } else if (now >= this.deadline) {
      if (this.step === 'idle') this.quit();
      else this.end('connection-timed-out', 'the server did not reply in time');
    }
  }

  onLost(error: Error | null): void {
    this.end(
      'connection-lost',
      error === null ? 'the server closed the connection' : `the connection broke: ${error.message}`,
    );
  }

  onBytes(buffer: Buffer, length: number): void {
    if (this.isOver) return;
    try {
      this.parser.push(buffer, length);
      while (!this.isOver) {
        const code = this.parser.next();
        if (code === 0) return;
        this.onReply(code);
      }
    } catch (error) {
      // Whatever went wrong, every message on this line must still get its outcome.
      this.end('protocol-error', error instanceof Error ? error.message : 'unreadable reply');
    }
  }

  private onReply(code: number): void {
    const { step } = this;
    const verdict = judge(step, code);
    if (step === 'body') this.onReplyToHalfABody(code);
    else if (verdict === 'nonsense')
      this.end('protocol-error', step === 'idle' ? OUT_OF_TURN : `the server answered ${code}`);
    else if (step === 'final') this.onFinal(verdict === 'yes', verdict === 'closing');
    else if (verdict === 'closing') this.onClosing();
    else if (step === 'reset') this.onReset(verdict === 'yes');
    else if (step === 'mail') this.onMail(verdict === 'yes');
    else if (step === 'rcpt') this.onRcpt(verdict === 'yes');
    else if (step === 'data') this.onData(verdict === 'yes');
    else if (step === 'lone-dot') this.afterDot();
    else this.end('protocol-error', OUT_OF_TURN);
  }

  private onReset(ok: boolean): void {
    if (!ok) {
      this.onClosing();
      return;
    }
    this.resetFirst = false;
    this.step = 'mail';
    if (!this.extensions.pipelining && this.current !== null) this.say(mailCommand(this.current, this.extensions));
  }

  private onMail(ok: boolean): void {
    this.rcptAccepted = false;
    if (!ok) this.refuseCurrent(this.parser.reply());
    if (!ok && !this.extensions.pipelining) {
      this.begin();
      return;
    }
    this.step = 'rcpt';
    if (!this.extensions.pipelining && this.current !== null) this.say(rcptCommand(this.current.message));
  }

  private onRcpt(ok: boolean): void {
    this.rcptAccepted = ok;
    if (!ok) {
      this.refuseCurrent(this.parser.reply());
      this.resetFirst = true;
    }
    if (!ok && !this.extensions.pipelining) {
      this.begin();
      return;
    }
    this.step = 'data';
    if (!this.extensions.pipelining) this.say(DATA);
  }

  private onData(ok: boolean): void {
    if (!ok) {
      this.refuseCurrent(this.parser.reply());
      this.resetFirst = true;
      this.begin();
    } else if (this.isOutOfTurn()) {
      return;
    } else if (this.current?.isSettled === false) {
      this.writeBody(this.current);
    } else if (this.rcptAccepted) {
      this.end('protocol-error', 'the server took DATA after it refused MAIL'); // a lone dot would send an empty message
    } else {
      this.writeLoneDot();
    }
  }

  private onFinal(ok: boolean, closing: boolean): void {
    const { finishing } = this;
    if (finishing === null) return;
    const reply = this.parser.reply();
    this.finishing = null;
    this.count();
    if (ok) finishing.accepted(reply);
    else finishing.refused(reply, 'final-dot');
    if (closing) this.endWith(SmtpFailure.fromReply('mail-from', reply));
    else this.afterDot();
  }

  /** The replies to the envelope behind come next, if there is one. */
  private afterDot(): void {
    if (this.current === null) {
      this.begin();
      return;
    }
    this.step = this.resetFirst ? 'reset' : 'mail';
    this.wait(this.host.timeouts.commandMs);
  }

  /** A "yes" to half a message may have let that half through: nobody can tell. The dot was not sent, so "no" is final. */
  private onReplyToHalfABody(code: number): void {
    const reply = this.parser.reply();
    if (code < 400) this.current?.unknown('body', `the server answered ${code} before the end of the message`);
    else this.refuseCurrent(reply);
    this.endWith(SmtpFailure.fromReply('body', reply));
  }

  /** The server gives up the connection with the reply just read. Only words about more than the line concern the message. */
  private onClosing(): void {
    const failure = SmtpFailure.fromReply(stageOf(this.step), this.parser.reply());
    const { subject, action } = failure.replyClass;
    const answersEnvelope = this.step === 'mail' || this.step === 'rcpt' || this.step === 'data';
    if (answersEnvelope && failure.reply !== null && !(subject === 'connection' && action === 'retry'))
      this.refuseCurrent(failure.reply);
    this.endWith(failure);
  }

  private refuseCurrent(reply: SmtpReply): void {
    if (this.current === null || this.current.isSettled) return;
    this.count();
    this.current.refused(reply, stageOf(this.step));
  }

  private count(): void {
    this.served++;
    if (this.served === 1) this.host.progress();
  }

  private takeAdmissible(): Submission | undefined {
    for (;;) {
      const submission = this.host.take();
      if (submission === undefined) return undefined;
      const failure = inadmissible(submission, this.extensions);
      if (failure === null) return submission;
      submission.notHandedOver(failure);
    }
  }

  /** Makes it `current`; answers what to write for it: all of the envelope, or its first command. */
  private open(submission: Submission): string {
    this.current = submission;
    this.taken++;
    const mail = mailCommand(submission, this.extensions);
    if (!this.extensions.pipelining) return this.resetFirst ? RSET : mail;
    return (this.resetFirst ? RSET : '') + mail + rcptCommand(submission.message) + DATA;
  }

  private openBehind(): string {
    const next = this.mayPutBehind ? this.takeAdmissible() : undefined;
    return next === undefined ? '' : this.open(next);
  }

  private writeBody(submission: Submission): void {
    const body = wireContent(submission.message.content);
    if (body.length <= MAX_SLICE) {
      this.writeLast(body);
    } else {
      this.step = 'body';
      this.pour(body, 0);
    }
  }

  /** Large bodies go in slices, each after the one before it has left: so a loss before the last is known to be safe. */
  private pour(body: Buffer, from: number): void {
    const to = from + MAX_SLICE;
    if (to >= body.length) {
      this.writeLast(body.subarray(from));
      return;
    }
    this.wait(this.host.timeouts.bodyMs);
    this.wire.write(body.subarray(from, to), (error) => {
      if (!error && this.step === 'body') this.pour(body, to);
    });
  }

  /** The irrevocable write: the end of the body, the dot, and the next envelope where that is allowed. */
  private writeLast(slice: Buffer): void {
    this.finishing = this.current;
    this.current = null;
    this.step = 'final';
    this.resetFirst = false;
    this.host.output.send(this.wire, slice, DOT + this.openBehind());
    this.wait(this.host.timeouts.finalDotMs);
    if (this.current === null && this.mayPutBehind) this.host.roomBehind(this);
  }

  /** RFC 2920 section 3.1: every recipient was refused, and DATA still got its 354. */
  private writeLoneDot(): void {
    this.current = null;
    this.step = 'lone-dot';
    this.resetFirst = true;
    this.say(DOT + this.openBehind());
  }

  /** Every reply to earlier commands has been read when something new is written: what is left answers nothing. */
  private isOutOfTurn(): boolean {
    if (!this.parser.hasUnreadBytes) return false;
    this.end('protocol-error', OUT_OF_TURN);
    return true;
  }

  private say(text: string): void {
    this.wait(this.host.timeouts.commandMs);
    this.wire.writeText(text);
  }

  private wait(ms: number): void {
    this.writtenAt = performance.now();
    this.deadline = this.writtenAt + ms;
  }

  private quit(): void {
    this.step = 'quit';
    this.wire.end(QUIT, this.host.timeouts.commandMs);
  }

  private end(name: ReplyClassName, message: string): void {
    this.endWith(new SmtpFailure(stageOf(this.step), message, replyClass(name)));
  }

  private endWith(failure: SmtpFailure): void {
    if (this.step === 'gone') return;
    const { step, finishing, current } = this;
    this.step = 'gone';
    this.finishing = null;
    this.current = null;
    this.wire.destroy();
    finishing?.unknown('final-dot', `${failure.message}, after the whole message was sent`);
    if (current?.isSettled === false) this.host.giveBack(current, failure, isCharged(step, this.served > 0));
    this.host.ended(this);
  }
}
