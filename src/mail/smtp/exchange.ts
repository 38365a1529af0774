import type { ReplyClassName } from '../classify/reply-classes.ts';
import type { SmtpReply } from '../transport.ts';
import { DATA, DOT, mailCommand, RSET, rcptCommand } from './commands.ts';
import { wireContent } from './content.ts';
import type { Extensions } from './extensions.ts';
import { SmtpFailure } from './failure.ts';
import { MAX_SLICE } from './output-buffer.ts';
import type { ReplyParser } from './reply-parser.ts';
import { isCharged, judge, type Step, stageOf } from './step.ts';
import type { Submission } from './submission.ts';

/** How messages follow each other on a connection. */
export interface MessageExchange {
  /** Whose reply comes next; the connection itself sets `quit`. */
  step: Step;
  /** Nothing is under way: starts the next message, if there is one. */
  begin(): void;
  /** There is work now, and `roomBehind` was called: what to write for it; empty when that is done already. */
  follow(): string;
  onReply(code: number): void;
  /** The connection is gone: every message on it is answered or given back. */
  abandon(failure: SmtpFailure): void;
}

/** What the exchange asks of the connection that carries it. */
export interface Line {
  /** The next message for this server, if there is one now and the connection may take it. */
  next(): Submission | undefined;
  /** Between messages, and `next` had none. */
  vacant(): void;
  /** A body is under way and nothing behind it. */
  roomBehind(): void;
  /** The server has decided about a message. */
  decided(): void;
  /** A message that cannot have been accepted; `charged` when the loss counts against it. */
  giveBack(submission: Submission, failure: SmtpFailure, charged: boolean): void;
  say(commands: string): void;
  /** The reply to what was written before comes next, to a whole message or to a command: its time starts now. */
  awaitReply(toMessage: boolean): void;
  pour(slice: Buffer, onSent: () => void): void;
  /** The irrevocable write. */
  sendEnd(slice: Buffer, tail: string): void;
  /** The same with BDAT: a whole message behind its envelope. */
  sendChunk(commands: string, body: Buffer): void;
  /** The server offers CHUNKING and does not know BDAT. */
  chunksRefused(): void;
  end(name: ReplyClassName, message: string): void;
  endWith(failure: SmtpFailure): void;
}

const OUT_OF_TURN = 'the server spoke before it was asked';

/**
 * The dialogue in which messages follow each other. With PIPELINING (RFC 2920) body k and the envelope of k+1 leave in
 * one write, so a message costs one round trip; without it every command waits for its reply.
 *
 * What is never in doubt is which message a loss concerns. `finishing` has had its final dot handed to the socket:
 * only a reply can tell its fate, a loss makes it `unknown`. `current` has not: a loss gives it back.
 */
export class Exchange implements MessageExchange {
  private readonly extensions: Extensions;
  private readonly parser: ReplyParser;
  private readonly line: Line;
  private finishing: Submission | null = null;
  private current: Submission | null = null;
  private rcptAccepted = false;
  /** A refused envelope leaves a transaction open, which would make the next MAIL a nested one. */
  private resetFirst = false;
  private hasServed = false;
  /** Whether the envelope of `current` left behind the body before it. */
  private isBehind = false;
  private mayPutBehind: boolean;
  step: Step = 'idle';

  constructor(extensions: Extensions, parser: ReplyParser, line: Line) {
    this.extensions = extensions;
    this.mayPutBehind = extensions.pipelining;
    this.parser = parser;
    this.line = line;
  }

  /** Between messages: starts the next one, if there is one. */
  begin(): void {
    this.current = null;
    const submission = this.line.next();
    if (submission === undefined) {
      this.step = 'idle';
      this.line.vacant();
      return;
    }
    const commands = this.open(submission);
    this.isBehind = false;
    this.step = this.resetFirst ? 'reset' : 'mail';
    if (!this.isOutOfTurn()) this.line.say(commands);
  }

  /** The envelope to put behind the body under way, where there is room; empty for none. */
  follow(): string {
    return this.step === 'final' && this.current === null ? this.openBehind() : '';
  }

  onReply(code: number): void {
    const { step } = this;
    const verdict = judge(step, code);
    if (step === 'body') this.onReplyToHalfABody(code);
    else if (verdict === 'nonsense')
      this.line.end('protocol-error', step === 'idle' ? OUT_OF_TURN : `the server answered ${code}`);
    else if (step === 'final') this.onFinal(verdict === 'yes', verdict === 'closing');
    else if (verdict === 'closing') this.onClosing();
    else if (step === 'reset') this.onReset(verdict === 'yes');
    else if (step === 'mail') this.onMail(verdict === 'yes');
    else if (step === 'rcpt') this.onRcpt(verdict === 'yes');
    else if (step === 'data') this.onData(verdict === 'yes');
    else if (step === 'lone-dot') this.afterDot();
    else this.line.end('protocol-error', OUT_OF_TURN);
  }

  abandon(failure: SmtpFailure): void {
    const { step, finishing, current } = this;
    this.step = 'gone';
    this.finishing = null;
    this.current = null;
    finishing?.unknown('final-dot', `${failure.message}, after the whole message was sent`);
    if (current?.isSettled === false) this.line.giveBack(current, failure, isCharged(step, this.hasServed));
  }

  private onReset(ok: boolean): void {
    if (!ok) {
      this.onClosing();
      return;
    }
    this.resetFirst = false;
    this.step = 'mail';
    if (!this.extensions.pipelining && this.current !== null) this.line.say(mailCommand(this.current, this.extensions));
  }

  private onMail(ok: boolean): void {
    this.rcptAccepted = false;
    if (!ok) this.onMailRefused(this.parser.reply());
    if (!ok && !this.extensions.pipelining) {
      this.begin();
      return;
    }
    this.step = 'rcpt';
    if (!this.extensions.pipelining && this.current !== null) this.line.say(rcptCommand(this.current.message));
  }

  /**
   * Haraka takes no command that came before its reply to the dot (503 to each, or 500 to what is left of a divided one),
   * although RFC 2920 section 3.1 allows it. That is not about the message: it goes again, and from now on alone.
   */
  private onMailRefused(reply: SmtpReply): void {
    const { current } = this;
    if (!this.isBehind || reply.code < 500 || reply.code > 503 || current?.isSettled !== false) {
      this.refuse(reply);
      return;
    }
    this.mayPutBehind = false;
    this.current = null;
    const words = `the server takes no envelope behind a body: ${reply.code} ${reply.text}`;
    this.line.giveBack(current, SmtpFailure.named('mail-from', 'server-closing', words), false);
  }

  private onRcpt(ok: boolean): void {
    this.rcptAccepted = ok;
    if (!ok) {
      this.refuse(this.parser.reply());
      this.resetFirst = true;
    }
    if (!ok && !this.extensions.pipelining) {
      this.begin();
      return;
    }
    this.step = 'data';
    if (!this.extensions.pipelining) this.line.say(DATA);
  }

  private onData(ok: boolean): void {
    if (!ok) {
      this.refuse(this.parser.reply());
      this.resetFirst = true;
      this.begin();
    } else if (this.isOutOfTurn()) {
      return;
    } else if (this.current?.isSettled === false) {
      if (this.current.isRecalled) this.dropRecalled(this.current);
      else this.writeBody(this.current);
    } else if (this.rcptAccepted) {
      this.line.end('protocol-error', 'the server took DATA after it refused MAIL'); // a lone dot would send an empty message
    } else {
      this.writeLoneDot();
    }
  }

  private onFinal(ok: boolean, closing: boolean): void {
    const { finishing } = this;
    if (finishing === null) return;
    const reply = this.parser.reply();
    this.finishing = null;
    this.decided();
    if (ok) finishing.accepted(reply);
    else finishing.refused(reply, 'final-dot');
    if (closing) this.line.endWith(SmtpFailure.fromReply('mail-from', reply));
    else this.afterDot();
  }

  /** The replies to the envelope behind come next, if there is one. */
  private afterDot(): void {
    if (this.current === null) {
      this.begin();
      return;
    }
    this.step = this.resetFirst ? 'reset' : 'mail';
    this.line.awaitReply(false);
  }

  /** A "yes" to half a message may have let that half through: nobody can tell. The dot was not sent, so "no" is final. */
  private onReplyToHalfABody(code: number): void {
    const reply = this.parser.reply();
    if (code < 400) this.current?.unknown('body', `the server answered ${code} before the end of the message`);
    else this.refuse(reply);
    this.line.endWith(SmtpFailure.fromReply('body', reply));
  }

  /** The server gives up the connection with the reply just read. Only words about more than the line concern the message. */
  private onClosing(): void {
    const reply = this.parser.reply();
    const failure = SmtpFailure.fromReply(stageOf(this.step), reply);
    const { subject, action } = failure.replyClass;
    const answersEnvelope = this.step === 'mail' || this.step === 'rcpt' || this.step === 'data';
    if (answersEnvelope && !(subject === 'connection' && action === 'retry')) this.refuse(reply);
    this.line.endWith(failure);
  }

  /** Of several refusals of one envelope the first counts: the others only follow from it. */
  private refuse(reply: SmtpReply): void {
    if (this.current === null || this.current.isSettled) return;
    this.decided();
    this.current.refused(reply, stageOf(this.step));
  }

  private decided(): void {
    if (this.hasServed) return;
    this.hasServed = true;
    this.line.decided();
  }

  /** Makes it `current`; answers what to write for it: all of the envelope, or its first command. */
  private open(submission: Submission): string {
    this.current = submission;
    const mail = mailCommand(submission, this.extensions);
    if (!this.extensions.pipelining) return this.resetFirst ? RSET : mail;
    return (this.resetFirst ? RSET : '') + mail + rcptCommand(submission.message) + DATA;
  }

  private openBehind(): string {
    const next = this.mayPutBehind ? this.line.next() : undefined;
    if (next === undefined) return '';
    this.isBehind = true;
    return this.open(next);
  }

  /** After 354 nothing but the end of the connection takes a message back (RFC 5321 section 4.1.1.10). */
  private dropRecalled(submission: Submission): void {
    this.decided(); // the server took its envelope: the connection was of use
    submission.recalled();
    this.line.end('server-closing', 'the connection was closed to take a message back');
  }

  private writeBody(submission: Submission): void {
    const body = wireContent(submission);
    if (body.length <= MAX_SLICE) {
      this.writeLast(submission, body);
    } else {
      this.step = 'body';
      this.pour(submission, body, 0);
    }
  }

  /** Large bodies go in slices, each after the one before it has left: so a loss before the last is known to be safe. */
  private pour(submission: Submission, body: Buffer, from: number): void {
    const to = from + MAX_SLICE;
    if (to >= body.length) {
      this.writeLast(submission, body.subarray(from));
      return;
    }
    this.line.pour(body.subarray(from, to), () => {
      if (this.step !== 'body') return;
      if (submission.isRecalled) this.dropRecalled(submission);
      else this.pour(submission, body, to);
    });
  }

  /** The end of the body, the dot, and the next envelope where there is one. */
  private writeLast(submission: Submission, slice: Buffer): void {
    const stopped = submission.handingOver();
    if (stopped !== null) {
      submission.notHandedOver(stopped);
      this.line.endWith(stopped); // after the 354 there is no other way out of the transaction
      return;
    }
    this.finishing = submission;
    this.current = null;
    this.step = 'final';
    this.resetFirst = false;
    this.line.sendEnd(slice, DOT + this.openBehind());
    if (this.current === null && this.mayPutBehind) this.line.roomBehind();
  }

  /** RFC 2920 section 3.1: every recipient was refused, and DATA still got its 354. */
  private writeLoneDot(): void {
    this.current = null;
    this.step = 'lone-dot';
    this.resetFirst = true;
    this.line.say(DOT + this.openBehind());
  }

  /** All replies to earlier commands are read before something new is written: what is left in the buffer answers nothing. */
  private isOutOfTurn(): boolean {
    if (!this.parser.hasUnreadBytes) return false;
    this.line.end('protocol-error', OUT_OF_TURN);
    return true;
  }
}
