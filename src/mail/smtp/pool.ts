import { setMaxListeners } from 'node:events';
import type { OutgoingMessage, SendOutcome } from '../transport.ts';
import { Backoff } from './backoff.ts';
import { type ConnectionHost, SmtpConnection } from './connection.ts';
import { checkEnvelope } from './envelope.ts';
import { SmtpFailure } from './failure.ts';
import { openSession, type Session } from './handshake.ts';
import type { SmtpSettings, SmtpTimeouts } from './options.ts';
import { OutputBuffer } from './output-buffer.ts';
import { Submission } from './submission.ts';
import { SubmissionQueue } from './submission-queue.ts';

/** A message lost before its final dot goes out again at once, this often. */
const MAX_LOSSES = 2;
/**
 * Messages made with the one that a connection asks for. One alone, between replies, took a fifth more time than in
 * company (its code has left the processor's caches by then); a hundred at once kept the other connections waiting.
 */
const MADE_AHEAD = 9;
/** After a refused login every message is answered for this long without asking the server again. */
const LOGIN_PAUSE_MS = 60_000;

/** One server's connections and the messages waiting for them. Connections are opened as the queue needs them. */
export class SmtpPool implements ConnectionHost {
  readonly output = new OutputBuffer();
  readonly timeouts: SmtpTimeouts;
  readonly maxMessages: number;
  takesChunks = true;
  /** Messages a connection has on the way at once, as far as the server is known. */
  depth = 1;
  private readonly settings: SmtpSettings;
  private readonly queue = new SubmissionQueue();
  private readonly backoff = new Backoff();
  private readonly abort = new AbortController();
  private readonly connections = new Set<SmtpConnection>();
  private readonly idlers: SmtpConnection[] = [];
  /** Connections with a body under way and nothing behind it; entries may be out of date. */
  private readonly roomy = new Set<SmtpConnection>();
  private opening = 0;
  private ticker: NodeJS.Timeout | null = null;
  private wakeUp: NodeJS.Timeout | null = null;
  private loginRefused: { readonly failure: SmtpFailure; readonly until: number } | null = null;
  private closing: Promise<void> | null = null;
  private onEmpty: (() => void) | null = null;

  constructor(settings: SmtpSettings) {
    this.settings = settings;
    setMaxListeners(0, this.abort.signal); // one for every connection being opened
    this.timeouts = settings.timeouts;
    this.maxMessages = settings.maxMessagesPerConnection;
  }

  send(message: OutgoingMessage): Promise<SendOutcome> {
    return new Promise((resolve) => {
      const envelope = checkEnvelope(message);
      const submission = new Submission(message, envelope.needsSmtpUtf8, resolve);
      const failure = envelope.failure ?? this.reasonNotToTry();
      if (failure === null) {
        if (message.isUrgent) this.queue.pushFront(submission);
        else this.queue.push(submission);
        this.dispatch();
      } else {
        submission.notHandedOver(failure);
      }
    });
  }

  /** Waits for replies in flight, at most `graceMs`; then ends what is left. */
  close(graceMs: number): Promise<void> {
    if (this.closing === null) {
      this.closing = this.allEnded(graceMs);
      this.shutDown();
    }
    return this.closing;
  }

  // What connections ask for (ConnectionHost)

  take(): Submission | undefined {
    const next = this.queue.take();
    if (next !== undefined && !next.isMade) this.queue.makeAhead(MADE_AHEAD);
    return next;
  }

  giveBack(submission: Submission, failure: SmtpFailure, charged: boolean): void {
    if (charged) submission.losses++;
    if (this.closing !== null) {
      submission.notHandedOver(failure);
    } else if (submission.losses > MAX_LOSSES) {
      submission.failed(failure);
    } else {
      this.queue.pushFront(submission);
    }
  }

  idle(connection: SmtpConnection): void {
    this.idlers.push(connection);
  }

  roomBehind(connection: SmtpConnection): void {
    this.roomy.add(connection);
  }

  chunksRefused(): void {
    this.takesChunks = false;
  }

  progress(): void {
    this.backoff.progress();
  }

  ended(connection: SmtpConnection, failure: SmtpFailure): void {
    this.connections.delete(connection);
    this.roomy.delete(connection);
    const at = this.idlers.indexOf(connection);
    if (at !== -1) this.idlers.splice(at, 1);
    if (connection.isFruitless) {
      this.backoff.servedNothing(performance.now(), this.hasWayOut());
      if (this.backoff.isProbing && !this.hasWayOut()) this.answerQueue(failure);
    }
    this.afterEnd();
  }

  // Handing out work

  private dispatch(): void {
    while (this.queue.length > 0) {
      const connection = this.idlers.pop();
      if (connection === undefined) break;
      if (connection.isIdle) connection.begin();
    }
    this.grow();
    // A connection that is just being opened will be free sooner than one with a body under way.
    if (this.opening > 0) return;
    for (const connection of this.roomy) {
      if (this.queue.length === 0) return;
      this.roomy.delete(connection);
      connection.follow();
    }
  }

  /** Opens connections for what is queued, as many as are allowed now. */
  private grow(): void {
    if (this.closing !== null || this.queue.length === 0) return;
    const free = this.settings.maxConnections - this.connections.size - this.opening;
    if (free <= 0) return;
    const waitMs = this.backoff.waitMs(performance.now());
    if (waitMs > 0) {
      this.wakeUp ??= setTimeout(() => {
        this.wakeUp = null;
        this.dispatch();
      }, waitMs);
      return;
    }
    const wanted = this.backoff.isProbing ? 1 - this.opening : this.queue.length - this.opening;
    for (let i = Math.min(free, wanted); i > 0; i--) {
      this.opening++;
      void this.open(); // never rejects
    }
  }

  private async open(): Promise<void> {
    const session = await openSession(this.settings, this.abort.signal).catch((error: unknown) =>
      SmtpFailure.fromError('connect', error),
    );
    this.opening--;
    if (session instanceof SmtpFailure) this.onOpenFailed(session);
    else this.adopt(session);
  }

  private adopt(session: Session): void {
    this.loginRefused = null;
    const connection = new SmtpConnection(session, this);
    this.connections.add(connection);
    this.depth = connection.depth;
    this.startTicker();
    if (this.closing === null) connection.begin();
    else connection.stop();
    this.dispatch();
  }

  private onOpenFailed(failure: SmtpFailure): void {
    const now = performance.now();
    this.backoff.failed(now, this.hasWayOut());
    const loginRefused = failure.replyClass.action === 'disable-account';
    if (loginRefused) this.loginRefused = { failure, until: now + LOGIN_PAUSE_MS };
    if (loginRefused || !this.hasWayOut()) this.answerQueue(failure);
    this.afterEnd();
  }

  /** Nobody is left to carry them: who waits is told why, and may come again. */
  private answerQueue(failure: SmtpFailure): void {
    for (const submission of this.queue.drain()) submission.notHandedOver(failure);
  }

  private afterEnd(): void {
    if (this.connections.size === 0 && this.opening === 0) {
      this.stopTicker();
      this.onEmpty?.();
    }
    this.dispatch();
  }

  /** Somebody is connected, or about to be. */
  private hasWayOut(): boolean {
    if (this.opening > 0) return true;
    for (const connection of this.connections) if (connection.isUsable) return true;
    return false;
  }

  private reasonNotToTry(): SmtpFailure | null {
    if (this.closing !== null) return closedFailure();
    if (this.loginRefused === null || this.hasWayOut()) return null;
    if (performance.now() < this.loginRefused.until) return this.loginRefused.failure;
    this.loginRefused = null;
    return null;
  }

  // Time and the end

  private startTicker(): void {
    if (this.ticker !== null) return;
    const shortest = Math.min(...Object.values(this.timeouts));
    const everyMs = Math.max(5, Math.min(1_000, shortest / 4));
    this.ticker = setInterval(() => {
      const now = performance.now();
      for (const connection of this.connections) connection.checkTime(now);
    }, everyMs);
    this.ticker.unref();
  }

  private stopTicker(): void {
    if (this.ticker !== null) clearInterval(this.ticker);
    this.ticker = null;
  }

  private shutDown(): void {
    if (this.wakeUp !== null) clearTimeout(this.wakeUp);
    this.wakeUp = null;
    this.abort.abort();
    this.answerQueue(closedFailure());
    for (const connection of this.connections) connection.stop();
  }

  private allEnded(graceMs: number): Promise<void> {
    if (this.connections.size === 0 && this.opening === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        for (const connection of this.connections) connection.kill();
      }, graceMs);
      this.onEmpty = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

function closedFailure(): SmtpFailure {
  return SmtpFailure.named('connect', 'transport-closed', 'the transport was closed');
}
