import { classifyReply } from '../classify/classify-reply.ts';
import { type ReplyClassName, replyClass } from '../classify/reply-classes.ts';
import type { SmtpReply, SmtpStage } from '../transport.ts';
import { DATA, DOT, inadmissible, mailCommand, QUIT, RSET, rcptCommand, remoteIdOf } from './commands.ts';
import { wireContent } from './content.ts';
import type { Extensions } from './extensions.ts';
import { SmtpFailure } from './failure.ts';
import type { Session } from './handshake.ts';
import type { SmtpTimeouts } from './options.ts';
import { MAX_SLICE, type OutputBuffer } from './output-buffer.ts';
import type { ReplyParser } from './reply-parser.ts';
import type { Submission } from './submission.ts';
import type { Wire, WireOwner } from './wire.ts';

/** What a connection asks of its pool. */
export interface ConnectionHost {
  readonly output: OutputBuffer;
  readonly timeouts: SmtpTimeouts;
  readonly maxMessages: number;
  take(): Submission | undefined;
  /** A message that cannot have been accepted comes back; `charged` counts it against the message. */
  giveBack(submission: Submission, failure: SmtpFailure, charged: boolean): void;
  /** Nothing to do: `begin` may be called. */
  idle(connection: SmtpConnection): void;
  /** A body is under way with nothing behind it: `follow` may be called. */
  roomBehind(connection: SmtpConnection): void;
  /** Calls `resume` once everybody who waits for an outcome had a chance to send the next message. */
  soon(connection: SmtpConnection): void;
  /** The server has taken a decision about a message: the connection is of use. */
  progress(): void;
  ended(connection: SmtpConnection): void;
}

/** Whose reply comes next; `ready` (354 is here) and `body` await none, `gone` and `quit` care for none. */
type Step = 'idle' | 'reset' | 'mail' | 'rcpt' | 'data' | 'ready' | 'body' | 'final' | 'lone-dot' | 'quit' | 'gone';

const STAGE: Readonly<Record<Step, SmtpStage>> = {
  idle: 'mail-from',
  reset: 'mail-from',
  mail: 'mail-from',
  rcpt: 'rcpt-to',
  data: 'data',
  ready: 'data',
  body: 'body',
  final: 'mail-from', // the stage of the envelope behind the body
  'lone-dot': 'mail-from',
  quit: 'mail-from',
  gone: 'mail-from',
};

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
  /** `current` has its outcome; only the replies to the rest of its envelope are still to come. */
  private currentSettled = false;
  private rcptAccepted = false;
  /** A refused envelope leaves a transaction open that would make the next MAIL a "nested" one. */
  private resetFirst = false;
  private stopping = false;
  private settledInThisRead = false;
  private taken = 0;
  private deadline = 0;
  private writtenAt = 0;
  private served = 0;

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

  /** True while an envelope may be put behind the body under way. */
  get hasRoomBehind(): boolean {
    return this.step === 'final' && this.current === null && this.mayTakeMore && this.extensions.pipelining;
  }

  /** Counts for the pool as a way out: not yet saying goodbye. */
  get isUsable(): boolean {
    return this.step !== 'quit' && this.step !== 'gone' && this.mayTakeMore;
  }

  /** It was given work and ended before the server decided about any of it. */
  get isFruitless(): boolean {
    return this.taken > 0 && this.served === 0;
  }

  private get mayTakeMore(): boolean {
    return !this.stopping && this.taken < this.host.maxMessages;
  }

  /** Between messages: takes the next one, or waits for one, or says goodbye. */
  begin(): void {
    this.current = null;
    this.currentSettled = false;
    if (!this.mayTakeMore) {
      this.quit();
      return;
    }
    const submission = this.takeAdmissible();
    if (submission === undefined) {
      this.step = 'idle';
      this.wait(this.host.timeouts.idleMs);
      this.host.idle(this);
      return;
    }
    if (this.spokenOutOfTurn(submission)) return;
    const text = this.open(submission);
    this.step = this.resetFirst ? 'reset' : 'mail';
    this.wait(this.host.timeouts.commandMs);
    this.wire.writeText(text);
  }

  /** Puts an envelope behind the body that is under way, when one turns up late. */
  follow(): void {
    if (!this.hasRoomBehind) return;
    const submission = this.takeAdmissible();
    if (submission !== undefined) this.wire.writeText(this.open(submission));
  }

  /** The server said 354 and the pool has looked for a message to follow. */
  resume(): void {
    if (this.step === 'ready') this.writeBody();
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
    if (this.step === 'final' && this.wire.unsentBytes > 0 && now - this.writtenAt > this.host.timeouts.bodyMs) {
      this.end('connection-timed-out', 'the server stopped reading the message');
    }
    if (now < this.deadline) return;
    if (this.step === 'idle') this.quit();
    else
      this.end(
        'connection-timed-out',
        this.finishing === null ? 'no reply in time' : 'no reply to the final dot in time',
      );
  }

  onLost(error: Error | null): void {
    this.end(
      'connection-lost',
      error === null ? 'the server closed the connection' : `the connection broke: ${error.message}`,
    );
  }

  onBytes(buffer: Buffer, length: number): void {
    if (this.step === 'gone' || this.step === 'quit') return;
    this.settledInThisRead = false;
    try {
      this.parser.push(buffer, length);
      for (let code = this.parser.next(); code !== 0; code = this.parser.next()) {
        this.onReply(code);
        if (this.isOver) return;
      }
    } catch (error) {
      // Whatever went wrong, every message on this line must still get its outcome.
      this.end('protocol-error', error instanceof Error ? error.message : 'unreadable reply');
    }
  }

  /** A getter, so that the compiler does not believe it knows `step` across a call. */
  private get isOver(): boolean {
    return this.step === 'gone' || this.step === 'quit';
  }

  private onReply(code: number): void {
    switch (this.step) {
      case 'reset':
        this.onReset(code);
        return;
      case 'mail':
        this.onMail(code);
        return;
      case 'rcpt':
        this.onRcpt(code);
        return;
      case 'data':
        this.onData(code);
        return;
      case 'final':
        this.onFinal(code);
        return;
      case 'lone-dot':
        this.onLoneDot(code);
        return;
      case 'body':
        this.onReplyToHalfABody(code);
        return;
      case 'idle':
      case 'ready':
        this.onUnasked(code);
        return;
      case 'quit':
      case 'gone':
        return;
    }
  }

  private onReset(code: number): void {
    if (code >= 300) {
      this.endAfterRefusal();
      return;
    }
    this.resetFirst = false;
    this.step = 'mail';
    if (!this.extensions.pipelining && this.current !== null) this.say(mailCommand(this.current, this.extensions));
  }

  private onMail(code: number): void {
    this.rcptAccepted = false;
    if (code >= 300) {
      if (!this.refuse(code)) return;
      if (this.extensions.pipelining) this.step = 'rcpt';
      else this.begin();
      return;
    }
    this.step = 'rcpt';
    if (!this.extensions.pipelining && this.current !== null) this.say(rcptCommand(this.current.message));
  }

  private onRcpt(code: number): void {
    if (code >= 300) {
      if (!this.refuse(code)) return;
      this.resetFirst = true;
      if (this.extensions.pipelining) this.step = 'data';
      else this.begin();
      return;
    }
    this.rcptAccepted = true;
    this.step = 'data';
    if (!this.extensions.pipelining) this.say(DATA);
  }

  private onData(code: number): void {
    if (code !== 354) {
      if (code < 400) {
        this.end('protocol-error', `the server answered ${code} to DATA`);
        return;
      }
      if (!this.refuse(code)) return;
      this.resetFirst = true;
      this.begin();
      return;
    }
    if (!this.currentSettled) {
      this.step = 'ready';
      // The outcome just settled may bring the next message in a moment: waiting for it saves a write of its own.
      if (this.settledInThisRead && this.extensions.pipelining) this.host.soon(this);
      else this.writeBody();
      return;
    }
    // RFC 2920 section 3.1: no recipient, and still 354. A lone dot ends it, unless it would send an empty message.
    if (this.rcptAccepted) this.end('protocol-error', 'the server took DATA after it refused MAIL');
    else this.writeLoneDot();
  }

  private onFinal(code: number): void {
    const { finishing } = this;
    if (finishing === null) return;
    if (code >= 300 && code < 400) {
      this.end('protocol-error', `the server answered ${code} to the final dot`);
      return;
    }
    this.finishing = null;
    this.served++;
    if (this.served === 1) this.host.progress();
    this.settledInThisRead = true;
    const reply = this.parser.reply();
    if (code >= 400) {
      finishing.settle({ kind: 'refused', reply, stage: 'final-dot', class: classifyReply(reply, 'final-dot') });
    } else {
      const remoteId = remoteIdOf(reply.text);
      finishing.settle(remoteId === undefined ? { kind: 'accepted', reply } : { kind: 'accepted', reply, remoteId });
    }
    if (code === 421) this.endWith(SmtpFailure.fromReply('mail-from', reply));
    else this.afterBody();
  }

  private onLoneDot(code: number): void {
    if (code === 421) this.endAfterRefusal();
    else this.afterBody();
  }

  /** The replies to the envelope behind come next, if there is one. */
  private afterBody(): void {
    if (this.current === null) {
      this.begin();
      return;
    }
    this.step = this.resetFirst ? 'reset' : 'mail';
    this.wait(this.host.timeouts.commandMs);
  }

  private onReplyToHalfABody(code: number): void {
    const { current } = this;
    if (current === null) return;
    const reply = this.parser.reply();
    this.current = null;
    // A "yes" to half a message may have let that half through: nobody can tell. The dot was not sent, so "no" is final.
    if (code < 400)
      current.settle({
        kind: 'unknown',
        stage: 'body',
        message: `the server answered ${code} before the end of the message`,
      });
    else current.settle({ kind: 'refused', reply, stage: 'body', class: classifyReply(reply, 'body') });
    this.served++;
    this.endWith(SmtpFailure.fromReply('body', reply));
  }

  /** Nothing was asked: a goodbye (421), or a server out of step. */
  private onUnasked(code: number): void {
    if (code >= 400) this.endAfterRefusal();
    else this.end('protocol-error', 'the server spoke before it was asked');
  }

  /**
   * A refusal of `current`'s envelope. False when the connection is over: after 421, which says that the server closes
   * it, and after a 3yz, which nobody can make sense of.
   */
  private refuse(code: number): boolean {
    if (code < 400) {
      this.end('protocol-error', `the server answered ${code} to a command of the envelope`);
      return false;
    }
    if (code === 421) {
      this.endAfterRefusal();
      return false;
    }
    this.settleRefused(this.parser.reply());
    return true;
  }

  private settleRefused(reply: SmtpReply): void {
    const { current } = this;
    if (current === null || this.currentSettled) return;
    this.currentSettled = true;
    this.served++;
    if (this.served === 1) this.host.progress();
    this.settledInThisRead = true;
    const stage = STAGE[this.step];
    current.settle({ kind: 'refused', reply, stage, class: classifyReply(reply, stage) });
  }

  /** The server gave up the connection with the reply just read. Only words about the message itself concern it. */
  private endAfterRefusal(): void {
    const failure = SmtpFailure.fromReply(STAGE[this.step], this.parser.reply());
    const { subject, action } = failure.replyClass;
    const aboutTheLine = subject === 'connection' && action === 'retry';
    const envelopeAnswered = this.step === 'mail' || this.step === 'rcpt' || this.step === 'data';
    if (!aboutTheLine && envelopeAnswered && failure.reply !== null) this.settleRefused(failure.reply);
    this.endWith(failure);
  }

  private takeAdmissible(): Submission | undefined {
    for (;;) {
      const submission = this.host.take();
      if (submission === undefined) return undefined;
      const failure = inadmissible(submission, this.extensions);
      if (failure === null) return submission;
      submission.settle(failure.notHandedOver());
    }
  }

  /** Makes it `current`; answers what to write for it, all of the envelope or its first command. */
  private open(submission: Submission): string {
    this.current = submission;
    this.currentSettled = false;
    this.taken++;
    const mail = mailCommand(submission, this.extensions);
    if (!this.extensions.pipelining) return this.resetFirst ? RSET : mail;
    const envelope = mail + rcptCommand(submission.message) + DATA;
    return this.resetFirst ? RSET + envelope : envelope;
  }

  private writeBody(): void {
    const { current } = this;
    if (current === null || this.spokenOutOfTurn(current)) return;
    const body = wireContent(current.message.content);
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
    this.wait(this.host.timeouts.finalDotMs);
    this.host.output.send(this.wire, slice, DOT + this.openBehind());
    if (this.hasRoomBehind) this.host.roomBehind(this);
  }

  private writeLoneDot(): void {
    this.current = null;
    this.step = 'lone-dot';
    this.resetFirst = true;
    this.wait(this.host.timeouts.commandMs);
    this.wire.writeText(DOT + this.openBehind());
  }

  private openBehind(): string {
    if (!this.extensions.pipelining || !this.mayTakeMore) return '';
    const next = this.takeAdmissible();
    return next === undefined ? '' : this.open(next);
  }

  /** Every reply to earlier commands has been read, so what is left in the buffer answers nothing. */
  private spokenOutOfTurn(submission: Submission): boolean {
    if (!this.parser.hasUnreadBytes) return false;
    this.current = submission;
    this.end('protocol-error', 'the server spoke before it was asked');
    return true;
  }

  private say(command: string): void {
    this.wait(this.host.timeouts.commandMs);
    this.wire.writeText(command);
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
    this.endWith(new SmtpFailure(STAGE[this.step], message, replyClass(name)));
  }

  private endWith(failure: SmtpFailure): void {
    if (this.step === 'gone') return;
    const { step, finishing, current } = this;
    this.step = 'gone';
    this.finishing = null;
    this.current = null;
    this.wire.destroy();
    finishing?.settle({
      kind: 'unknown',
      stage: 'final-dot',
      message: `${failure.message}, after the whole message was sent`,
    });
    if (current !== null && !this.currentSettled) {
      this.host.giveBack(current, failure, this.isChargedAt(step));
    }
    this.host.ended(this);
  }

  /**
   * Whether a loss counts against the message. Behind a body, or at MAIL on a line that has served, it says nothing
   * about this message: servers close after so many messages, some without a word.
   */
  private isChargedAt(step: Step): boolean {
    if (step === 'final') return false;
    if (this.served === 0) return true;
    return step === 'rcpt' || step === 'data' || step === 'ready' || step === 'body';
  }
}
