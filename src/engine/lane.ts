import type { DomainLimit } from '../domain/domain-limits.ts';
import type { PermitWindow } from '../domain/permit-window.ts';
import { type Deferred, deferred } from '../lib/deferred.ts';
import type { Transport } from '../mail/transport.ts';
import { InFlightWindow } from './in-flight-window.ts';

/** The settings of a sending account that the engine goes by, and what every worker knows of its server. */
export interface LaneAccount {
  /** Of the lane: the account's id, or that of the user of it whose lane this is. */
  readonly key: string;
  readonly id: string;
  /** Who sends, of an account that sends as several users, each with limits of his own. */
  readonly user: LaneUser | null;
  readonly name: string;
  readonly weight: number;
  /** Accounts of one group share the connections to one server; null: it has a server of its own. */
  readonly serverGroup: string | null;
  readonly maxConnections: number;
  readonly batchSize: number;
  readonly batchDelayMs: number;
  /** Its own limits, and the rate it was cut to, if it was. */
  readonly windows: readonly PermitWindow[];
  readonly domainLimits: readonly DomainLimit[];
  /** False while it is paused or disabled. */
  readonly active: boolean;
  /** "X is disabled: 535 …" */
  readonly stateWords: string;
  readonly isSandbox: boolean;
  /** Whole messages go through it, so they can be signed here. */
  readonly takesSigned: boolean;
  /** Changes whenever the account's settings do: then the lane is opened anew. */
  readonly revision: string;
  readonly trouble: AccountTrouble | null;
}

/** A user of an account, who is a lane of his own. */
export interface LaneUser {
  readonly id: string;
  readonly email: string;
  readonly windows: readonly PermitWindow[];
}

/** Why an account is not to be used for a while, as every worker knows it. */
export interface AccountTrouble {
  /** Milliseconds from when it was read. */
  readonly forMs: number;
  /** In words: "the request to slow down (…)". */
  readonly reason: string;
  /** The circuit breaker is open: when the time is up, one message tries the ground. */
  readonly isOpen: boolean;
}

/**
 * What one crash of everything, database included, may leave `unknown`, per connection: with a journal of what was handed
 * over, the message whose reply is awaited, and the one whose reply has just come in.
 */
export const UNKNOWN_PER_CONNECTION = 2;
/** This many times in a row a process finds a server unreachable before it opens the circuit for all. */
const FAILURES_TO_OPEN = 3;

/** One sending account as this process uses it: its connections, what is in flight through it, when it may go on. */
export class Lane {
  readonly transport: Transport;
  /** What it has sent so far in shares of its weight: the lane with the least is next (engine/lanes.ts). */
  turn = 0;
  /** Its account is being disabled. */
  isGivenUp = false;
  #account: LaneAccount;
  readonly #window = new InFlightWindow();
  #availableAt = 0;
  #waitingFor = '';
  #inFlight = 0;
  #failures = 0;
  #freed: Deferred<void> | null = null;
  readonly #accepted: number[] = [];

  constructor(account: LaneAccount, transport: Transport, now: number) {
    this.#account = account;
    this.transport = transport;
    this.refresh(account, now);
  }

  get account(): LaneAccount {
    return this.#account;
  }

  /** Not before this moment (ms since epoch): its server asked for a pause, or cannot be reached. */
  get availableAt(): number {
    return this.#availableAt;
  }

  /** What `availableAt` waits for, in words. */
  get waitingFor(): string {
    return this.#waitingFor;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** The circuit breaker is open, and its time is up: one message of one worker may try the ground. */
  get wantsProbe(): boolean {
    return this.#account.trouble?.isOpen === true;
  }

  /** The account as it was just read. */
  refresh(account: LaneAccount, now: number): void {
    const wasInTrouble = this.#account.trouble !== null;
    this.#account = account;
    if (account.trouble) this.pause(account.trouble.forMs, account.trouble.reason, now);
    else if (wasInTrouble) this.#availableAt = now; // another worker got through
  }

  /**
   * How many rows may be gated now for a campaign with this batch size (null: the account's own). `share` (0 to 1) is the
   * account's weight against the heaviest in use: at full speed every lane is full, and only this tells them apart. `leadMs`
   * is how long its messages take before they wait for a connection.
   */
  room(batchSize: number | null, share = 1, leadMs = 0): number {
    const connections = Math.min(batchSize ?? this.account.batchSize, this.account.maxConnections);
    const places = (connections * this.transport.capacity) / this.account.maxConnections;
    const window = Math.ceil(this.#window.size(connections, places, performance.now(), leadMs) * share);
    const free = window - this.#inFlight;
    // A gate for a handful of rows costs as much as one for a hundred: wait until a quarter of the window is free.
    return free >= window / 4 ? free : 0;
  }

  /** For a single email, which goes before batches: one for each connection finds room beyond the window. */
  urgentRoom(): number {
    const { maxConnections } = this.account;
    const places = this.transport.capacity;
    return Math.max(0, this.#window.size(maxConnections, places, performance.now()) + maxConnections - this.#inFlight);
  }

  take(count: number): void {
    this.#inFlight += count;
  }

  /** Rows that are recorded, or were never gated. */
  release(count: number): void {
    this.#inFlight -= count;
    this.#window.settled(count);
    this.#freed?.resolve();
    this.#freed = null;
  }

  /** How long the ledger took to let rows of ours through, or to record one after its reply. */
  ledgerTook(step: 'gate' | 'record', ms: number): void {
    this.#window.ledgerTook(step, ms);
  }

  /** Resolves when rows come free. */
  freed(): Promise<void> {
    this.#freed ??= deferred();
    return this.#freed.promise;
  }

  /** The server has answered about a message. */
  reached(): void {
    this.#failures = 0;
  }

  /** The server was not reached: leaves it alone for 1 s, then 2. True when that is often enough to open the circuit. */
  notReached(reason: string, now: number): boolean {
    if (now < this.#availableAt) return false; // the same outage, reported by another message
    this.#failures++;
    this.pause(1000 * 2 ** Math.min(this.#failures - 1, 5), `the server, which was not reached (${reason}),`, now);
    return this.#failures >= FAILURES_TO_OPEN || this.wantsProbe;
  }

  /** Leaves the account alone for this long; a longer pause stays. */
  pause(forMs: number, reason: string, now: number): void {
    if (forMs <= 0 || now + forMs <= this.#availableAt) return;
    this.#availableAt = now + forMs;
    this.#waitingFor = `${reason} of account ${this.account.name} until ${new Date(this.#availableAt).toISOString()}`;
  }

  /** The server took a message: remembered for ten seconds, to know the rate. */
  accepted(now: number): void {
    this.#accepted.push(now);
    if (this.#accepted.length > 2 * MAX_REMEMBERED) this.#accepted.splice(0, MAX_REMEMBERED);
  }

  /** Messages a minute that the server took from this process, over the last ten seconds. */
  ratePerMinute(now: number): number {
    const recent = this.#accepted.filter((at) => at > now - RATE_MS);
    const spanMs = recent.length < MAX_REMEMBERED ? RATE_MS : now - (recent[0] ?? now);
    return (recent.length / Math.max(1000, spanMs)) * 60_000;
  }
}

const RATE_MS = 10_000;
const MAX_REMEMBERED = 1000;
