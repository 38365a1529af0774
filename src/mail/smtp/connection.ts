import { type ReplyClassName, replyClass } from '../classify/reply-classes.ts';
import { ChunkedExchange, depthFor } from './chunked-exchange.ts';
import { inadmissible, QUIT } from './commands.ts';
import { Exchange, type Line, type MessageExchange } from './exchange.ts';
import type { Extensions } from './extensions.ts';
import { SmtpFailure } from './failure.ts';
import type { Session } from './handshake.ts';
import type { SmtpTimeouts } from './options.ts';
import type { OutputBuffer } from './output-buffer.ts';
import type { ReplyParser } from './reply-parser.ts';
import { stageOf } from './step.ts';
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
  /** False once the server has refused BDAT. */
  readonly takesChunks: boolean;
  chunksRefused(): void;
  /** The server has decided about a message: the connection is of use. */
  progress(): void;
  ended(connection: SmtpConnection, failure: SmtpFailure): void;
}

/** A server that does not close after QUIT must not keep its place in the pool for long. */
const MAX_GOODBYE_MS = 2_000;

/** One line to the server from the login to the end: what may be sent on it, for how long, and how it ends. */
export class SmtpConnection implements WireOwner, Line {
  private readonly wire: Wire;
  private readonly parser: ReplyParser;
  private readonly extensions: Extensions;
  private readonly host: ConnectionHost;
  /** Messages it has on the way at once. */
  readonly depth: number;
  private readonly exchange: MessageExchange;
  private stopping = false;
  private taken = 0;
  private hasServed = false;
  private writtenAt = 0;
  private deadline = 0;

  constructor(session: Session, host: ConnectionHost) {
    this.wire = session.wire;
    this.parser = session.parser;
    this.extensions = session.extensions;
    this.host = host;
    this.depth = host.takesChunks ? depthFor(session.extensions, session.roundTripMs) : 1;
    const Kind = this.depth > 1 ? ChunkedExchange : Exchange;
    this.exchange = new Kind(session.extensions, session.parser, this);
    this.wire.handTo(this);
  }

  get isIdle(): boolean {
    return this.exchange.step === 'idle' && !this.stopping;
  }

  /** A way out for messages still waiting: not yet saying goodbye. */
  get isUsable(): boolean {
    return !this.isOver && this.mayTakeMore;
  }

  /** It was given work and ended before the server decided about any of it. */
  get isFruitless(): boolean {
    return this.taken > 0 && !this.hasServed;
  }

  private get isOver(): boolean {
    return this.exchange.step === 'quit' || this.exchange.step === 'gone';
  }

  private get mayTakeMore(): boolean {
    return !this.stopping && this.taken < this.host.maxMessages;
  }

  begin(): void {
    this.exchange.begin();
  }

  /** Puts an envelope behind the body that is under way, when one turns up late. */
  follow(): void {
    const envelope = this.exchange.follow();
    if (envelope !== '') this.wire.writeText(envelope);
  }

  /** No more messages; those in flight get their replies. */
  stop(): void {
    this.stopping = true;
    if (this.exchange.step === 'idle') this.quit();
  }

  /** Ends the line now: what can have been accepted is `unknown`, the rest comes back. */
  kill(): void {
    this.end('transport-closed', 'the transport was closed');
  }

  /** Called by the pool's one timer. */
  checkTime(now: number): void {
    if (this.isOver) return;
    const { step } = this.exchange;
    if (step === 'final' && this.wire.unsentBytes > 0 && now - this.writtenAt > this.host.timeouts.bodyMs) {
      this.end('connection-timed-out', 'the server stopped reading');
    } else if (now >= this.deadline) {
      if (step === 'idle') this.quit();
      else this.end('connection-timed-out', 'the server did not reply in time');
    }
  }

  // The wire's events (WireOwner)

  onBytes(buffer: Buffer, length: number): void {
    if (this.isOver) {
      this.wire.destroy(); // the answer to QUIT
      return;
    }
    try {
      this.parser.push(buffer, length);
      while (!this.isOver) {
        const code = this.parser.next();
        if (code === 0) return;
        this.exchange.onReply(code);
      }
    } catch (error) {
      // Whatever went wrong, every message on this line must still get its outcome.
      this.end('protocol-error', error instanceof Error ? error.message : 'unreadable reply');
    }
  }

  onLost(error: Error | null): void {
    this.end(
      'connection-lost',
      error === null ? 'the server closed the connection' : `the connection broke: ${error.message}`,
    );
  }

  // What the exchange asks for (Line)

  next(): Submission | undefined {
    while (this.mayTakeMore) {
      const submission = this.host.take();
      if (submission === undefined) return undefined;
      if (submission.isRecalled) {
        submission.recalled();
        continue;
      }
      const failure = submission.make() ?? inadmissible(submission, this.extensions);
      if (failure === null) {
        this.taken++;
        return submission;
      }
      submission.notHandedOver(failure);
    }
    return undefined;
  }

  vacant(): void {
    if (!this.mayTakeMore) {
      this.quit();
      return;
    }
    this.wait(this.host.timeouts.idleMs);
    this.host.idle(this);
  }

  roomBehind(): void {
    if (this.mayTakeMore) this.host.roomBehind(this);
  }

  decided(): void {
    this.hasServed = true;
    this.host.progress();
  }

  giveBack(submission: Submission, failure: SmtpFailure, charged: boolean): void {
    this.host.giveBack(submission, failure, charged);
  }

  say(commands: string): void {
    this.awaitReply(false);
    this.wire.writeText(commands);
  }

  awaitReply(toMessage: boolean): void {
    const { finalDotMs, commandMs } = this.host.timeouts;
    this.wait(toMessage ? finalDotMs : commandMs);
  }

  pour(slice: Buffer, onSent: () => void): void {
    this.wait(this.host.timeouts.bodyMs);
    this.wire.write(slice, (error) => {
      if (!error) onSent();
    });
  }

  sendEnd(slice: Buffer, tail: string): void {
    this.wait(this.host.timeouts.finalDotMs);
    this.host.output.send(this.wire, slice, tail);
  }

  sendChunk(commands: string, body: Buffer): void {
    this.host.output.sendBehind(this.wire, commands, body);
  }

  chunksRefused(): void {
    this.host.chunksRefused();
  }

  end(name: ReplyClassName, message: string): void {
    this.endWith(new SmtpFailure(stageOf(this.exchange.step), message, replyClass(name)));
  }

  endWith(failure: SmtpFailure): void {
    if (this.exchange.step === 'gone') return;
    this.wire.destroy();
    this.exchange.abandon(failure);
    this.host.ended(this, failure);
  }

  private quit(): void {
    this.exchange.step = 'quit';
    this.wire.end(QUIT, Math.min(this.host.timeouts.commandMs, MAX_GOODBYE_MS));
  }

  private wait(ms: number): void {
    this.writtenAt = performance.now();
    this.deadline = this.writtenAt + ms;
  }
}
