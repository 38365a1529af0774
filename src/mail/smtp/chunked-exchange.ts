import { bdatCommand, mailCommand, RSET, rcptCommand } from './commands.ts';
import { chunkContent } from './content.ts';
import type { Line, MessageExchange } from './exchange.ts';
import type { Extensions } from './extensions.ts';
import { SmtpFailure } from './failure.ts';
import type { ReplyParser } from './reply-parser.ts';
import { judge, type Step } from './step.ts';
import type { Submission } from './submission.ts';

/** Messages whose replies may be awaited at once: each is one that a crash leaves in doubt. */
export const CHUNKED_DEPTH = 4;
/** Nearer servers gain nothing: there a message takes longer to make than to be answered. */
const LEAST_ROUND_TRIP_MS = 20;
/** Not more than this on the way, unless it is one message. */
const MOST_BYTES = 256 * 1024;

/** How many messages are worth having on the way to a server at once. */
export function depthFor(extensions: Extensions, roundTripMs: number): number {
  return extensions.chunking && extensions.pipelining && roundTripMs >= LEAST_ROUND_TRIP_MS ? CHUNKED_DEPTH : 1;
}

/** Whose reply is awaited for a message; they come in this order. */
type Awaiting = 'reset' | 'mail' | 'rcpt' | 'chunk';

const NEXT = {
  reset: 'mail',
  mail: 'rcpt',
  rcpt: 'chunk',
  chunk: 'chunk',
} as const satisfies Record<Awaiting, Awaiting>;

interface Flight {
  readonly submission: Submission;
  readonly bytes: number;
  awaiting: Awaiting;
  /** It was answered with 421. */
  turnedAway: boolean;
}

/**
 * The dialogue with a far server that takes BDAT (CHUNKING, RFC 3030): no 354 has to be waited for, so envelope and body
 * of several messages are on their way at once, and a connection carries some messages a round trip instead of one.
 *
 * Each message is irrevocable once it is written, so a loss makes all of them `unknown`. After 421 the server closes and
 * does nothing of what came behind (RFC 5321 section 3.8): what it has not answered by then comes back. But its word alone
 * is not enough: a server that goes on is listened to until its connection ends. Every message begins with RSET: behind a
 * refused one the transaction would still be open (RFC 3030 section 2).
 */
export class ChunkedExchange implements MessageExchange {
  private readonly extensions: Extensions;
  private readonly parser: ReplyParser;
  private readonly line: Line;
  private readonly flights: Flight[] = [];
  private bytes = 0;
  private hasServed = false;
  /** The server does not know BDAT after all: nothing more goes this way. */
  private failure: SmtpFailure | null = null;
  private goodbye: SmtpFailure | null = null;
  step: Step = 'idle';

  constructor(extensions: Extensions, parser: ReplyParser, line: Line) {
    this.extensions = extensions;
    this.parser = parser;
    this.line = line;
  }

  begin(): void {
    this.fill();
    if (this.flights.length > 0 || this.step === 'gone') return;
    this.step = 'idle';
    this.line.vacant();
  }

  follow(): string {
    this.fill();
    return '';
  }

  onReply(code: number): void {
    const [flight] = this.flights;
    const verdict = judge('final', code);
    if (flight === undefined || verdict === 'nonsense')
      this.line.end('protocol-error', flight ? `the server answered ${code}` : 'the server spoke before it was asked');
    else if (verdict === 'closing') this.onGoodbye(flight);
    else if (flight.awaiting === 'chunk') this.onChunk(flight, verdict === 'yes');
    else this.onEnvelope(flight, verdict === 'yes');
  }

  abandon(failure: SmtpFailure): void {
    this.step = 'gone';
    const closed = this.goodbye !== null && failure.replyClass.name === 'connection-lost';
    // The last goes back first, so that the first stands at the front of the queue.
    for (const flight of this.flights.splice(0).reverse()) {
      if (flight.submission.isSettled) continue;
      if (closed) this.turnAway(flight);
      else flight.submission.unknown('final-dot', `${failure.message}, after the whole message was sent`);
    }
  }

  private fill(): void {
    while (this.hasRoom) {
      const next = this.line.next();
      if (next === undefined) {
        if (this.flights.length > 0) this.line.roomBehind();
        return;
      }
      this.open(next);
    }
  }

  private get hasRoom(): boolean {
    if (this.failure !== null || this.goodbye !== null || this.step === 'gone') return false;
    return this.flights.length === 0 || (this.flights.length < CHUNKED_DEPTH && this.bytes < MOST_BYTES);
  }

  private open(submission: Submission): void {
    const stopped = submission.handingOver();
    if (stopped !== null) {
      submission.notHandedOver(stopped);
      return;
    }
    const body = chunkContent(submission);
    const envelope = RSET + mailCommand(submission, this.extensions) + rcptCommand(submission.message);
    this.flights.push({ submission, bytes: body.length, awaiting: 'reset', turnedAway: false });
    this.bytes += body.length;
    this.step = 'final';
    this.line.sendChunk(envelope + bdatCommand(body.length), body);
    this.awaitNext();
  }

  private onEnvelope(flight: Flight, ok: boolean): void {
    const { submission, awaiting } = flight;
    if (!ok && awaiting === 'reset') {
      this.line.end('protocol-error', `the server answered ${this.parser.reply().code} to RSET`);
      return;
    }
    if (!ok && !submission.isSettled) {
      this.decided();
      submission.refused(this.parser.reply(), awaiting === 'rcpt' ? 'rcpt-to' : 'mail-from');
    }
    flight.awaiting = NEXT[awaiting];
    this.awaitNext();
  }

  private onChunk(flight: Flight, ok: boolean): void {
    const { submission } = flight;
    const reply = this.parser.reply();
    this.flights.shift();
    this.bytes -= flight.bytes;
    if (submission.isSettled) {
      // Its envelope was refused; what is said to its body only follows from that.
    } else if (ok) {
      submission.accepted(reply);
    } else if (flight.turnedAway) {
      this.turnAway(flight);
    } else if (reply.code >= 500 && reply.code <= 504) {
      this.withoutChunks(submission, SmtpFailure.fromReply('data', reply));
    } else {
      submission.refused(reply, 'final-dot');
    }
    this.decided();
    this.goOn();
  }

  /** The command itself was refused: other connections are to send with DATA, and the message goes out on one of them. */
  private withoutChunks(submission: Submission, failure: SmtpFailure): void {
    this.failure = failure;
    this.line.chunksRefused();
    this.line.giveBack(submission, failure, false);
  }

  private goOn(): void {
    const end = this.goodbye ?? this.failure;
    if (end === null) this.begin();
    else if (this.flights.length === 0) this.line.endWith(end);
    if (this.step === 'final') this.awaitNext();
  }

  private onGoodbye(flight: Flight): void {
    this.goodbye ??= SmtpFailure.fromReply('mail-from', this.parser.reply());
    flight.turnedAway = true;
    if (flight.awaiting === 'chunk') this.onChunk(flight, false);
    else this.onEnvelope(flight, true);
  }

  /** Only words about more than the line concern the message itself. */
  private turnAway({ submission, turnedAway }: Flight): void {
    const { goodbye } = this;
    if (goodbye === null) return;
    const { subject, action } = goodbye.replyClass;
    if (turnedAway && goodbye.reply !== null && !(subject === 'connection' && action === 'retry'))
      submission.refused(goodbye.reply, 'mail-from');
    else this.line.giveBack(submission, goodbye, false);
  }

  private awaitNext(): void {
    const [first] = this.flights;
    if (first !== undefined) this.line.awaitReply(first.awaiting === 'chunk');
  }

  private decided(): void {
    if (this.hasServed) return;
    this.hasServed = true;
    this.line.decided();
  }
}
