import { type Deferred, deferred } from '../lib/deferred.ts';
import type { Transport } from '../mail/transport.ts';

/** The settings of a sending account that the engine goes by. */
export interface LaneAccount {
  readonly id: string;
  readonly name: string;
  readonly weight: number;
  readonly maxConnections: number;
  readonly batchSize: number;
  readonly batchDelayMs: number;
  readonly limited: boolean;
  /** False while it is paused or disabled. */
  readonly active: boolean;
  readonly isSandbox: boolean;
  /** Changes whenever the account's settings do: then the lane is opened anew. */
  readonly revision: string;
}

/**
 * Rows between their gate and their record, per connection: one on the wire, one behind it, and one for the gate's commit
 * and the record's statement. Ten per connection measured no faster.
 */
const IN_FLIGHT_PER_CONNECTION = 3;
/**
 * What one crash of everything, database included, may leave `unknown`, per connection: the rows in flight, and those
 * recorded in the last milliseconds, whose asynchronous commits go down with the database.
 */
export const UNKNOWN_PER_CONNECTION = 4;
const LEAST_IN_FLIGHT = 20;
const LOOK_AGAIN_MS = 60_000;

/** One sending account as this process uses it: its connections, what is in flight through it, when it may go on. */
export class Lane {
  readonly account: LaneAccount;
  readonly transport: Transport;
  /** Not before this moment (ms since epoch): a quota is used up, or the server cannot be reached. */
  availableAt = 0;
  /** What `availableAt` waits for, in words. */
  waitingFor = '';
  #inFlight = 0;
  #failures = 0;
  #batchLeft = 0;
  #pauseUntil = 0;
  #freed: Deferred<void> | null = null;

  constructor(account: LaneAccount, transport: Transport) {
    this.account = account;
    this.transport = transport;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** How many rows may be gated now for a campaign with these batch settings (null: the account's own). */
  room(batchSize: number | null, batchDelayMs: number | null, now: number): number {
    const size = batchSize ?? this.account.batchSize;
    if ((batchDelayMs ?? this.account.batchDelayMs) === 0) {
      const connections = Math.min(size, this.account.maxConnections);
      return Math.max(LEAST_IN_FLIGHT, connections * IN_FLIGHT_PER_CONNECTION) - this.#inFlight;
    }
    if (now < this.#pauseUntil) return 0;
    if (this.#batchLeft === 0 && this.#inFlight === 0) this.#batchLeft = size;
    return this.#batchLeft;
  }

  take(count: number): void {
    this.#inFlight += count;
    this.#batchLeft = Math.max(0, this.#batchLeft - count);
  }

  /** Rows that are recorded, or were never gated. */
  release(count: number, batchDelayMs: number | null, now: number): void {
    this.#inFlight -= count;
    const pauseMs = batchDelayMs ?? this.account.batchDelayMs;
    if (this.#inFlight === 0 && pauseMs > 0) this.#pauseUntil = now + pauseMs;
    this.#freed?.resolve();
    this.#freed = null;
  }

  /** When a pause between batches ends; 0 when there is none. */
  get pauseUntil(): number {
    return this.#pauseUntil;
  }

  /** Resolves when rows come free. */
  freed(): Promise<void> {
    this.#freed ??= deferred();
    return this.#freed.promise;
  }

  reached(): void {
    this.#failures = 0;
  }

  /** The server was not reached: leave it alone for 2 s, then 4, 8, … up to 5 minutes. */
  notReached(reason: string, now: number): void {
    if (now < this.availableAt) return; // the same outage, reported by another message
    this.#failures++;
    this.availableAt = now + Math.min(300_000, 1000 * 2 ** this.#failures);
    this.waitingFor = `account ${this.account.name}, which was not reached (${reason}), until ${new Date(this.availableAt).toISOString()}`;
  }

  /**
   * Leaves the account alone until then. It is looked at again within a minute all the same: somebody may have raised
   * the limit, or put the account right.
   */
  pause(until: number, reason: string, now: number): void {
    this.availableAt = Math.min(until, now + LOOK_AGAIN_MS);
    this.waitingFor = `${reason} of account ${this.account.name} until ${new Date(until).toISOString()}`;
  }
}
