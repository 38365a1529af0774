import pg from 'pg';
import { settlesWithin } from '../lib/settles-within.ts';
import { sleep } from '../lib/sleep.ts';
import { type EventBus, type LiveEvent, readEvent } from './bus.ts';

const CHANNEL = 'postrider_changes';
const RECONNECT_MS = 500;
/** A connection that was cut while it was made may never say so. */
const CONNECT_MS = 10_000;
/** A payload of NOTIFY must be shorter than 8,000 bytes (PostgreSQL manual, NOTIFY). */
const LARGEST_PAYLOAD = 7900;
/** A server that vanished without a word is noticed by its silence. */
const PROBE_MS = 15_000;
const PROBE_TIMEOUT_MS = 5000;
/** Without this a commit that notifies waits for the disk, and all of them wait for each other. */
const NOTIFY = `select set_config('synchronous_commit', 'off', true), pg_notify($1, payload) from unnest($2::text[]) as payload`;
/** Events of one statement, and how many may wait for it: a database that hangs is not to fill the memory. */
const MOST_TOGETHER = 100;
const MOST_WAITING = 1000;
/** How long a close waits for the last ones to leave. */
const LEAVE_MS = 1000;

/** Live events over NOTIFY: reaches every process on the same database, with nothing else to run. */
export class PostgresEventBus implements EventBus {
  readonly #pool: Pick<pg.Pool, 'query'>;
  readonly #connection: pg.PoolConfig;
  readonly #listeners = new Set<(event: LiveEvent) => void>();
  readonly #stop = new AbortController();
  readonly #outbox: string[] = [];
  #sending: Promise<void> | null = null;
  #client: pg.Client | null = null;
  #listening: Promise<void> | null = null;

  constructor(pool: Pick<pg.Pool, 'query'>, connection: pg.PoolConfig) {
    this.#pool = pool;
    this.#connection = connection;
  }

  publish(event: LiveEvent): void {
    if (this.#outbox.length >= MOST_WAITING) this.#outbox.shift();
    this.#outbox.push(payloadOf(event));
    this.#sending ??= this.#send();
  }

  subscribe(listener: (event: LiveEvent) => void): () => void {
    this.#listeners.add(listener);
    this.#listening ??= this.#listen();
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    if (this.#sending) await settlesWithin(this.#sending, LEAVE_MS);
    this.#stop.abort();
    this.#listeners.clear();
    if (this.#client)
      await settlesWithin(
        this.#client.end().catch(() => {}),
        LEAVE_MS,
      );
    if (this.#listening) await settlesWithin(this.#listening, LEAVE_MS);
  }

  /** One statement at a time, or the connections of the pool would change the order. */
  async #send(): Promise<void> {
    await Promise.resolve(); // what is published together leaves together
    while (this.#outbox.length > 0) {
      const payloads = this.#outbox.splice(0, MOST_TOGETHER);
      await this.#pool.query({ name: 'notify', text: NOTIFY, values: [CHANNEL, payloads] }).catch(() => {});
    }
    this.#sending = null;
  }

  /** Keeps one connection listening, and makes another when it breaks. */
  async #listen(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const client = new pg.Client({ connectionTimeoutMillis: CONNECT_MS, ...this.#connection, keepAlive: true });
      const broken = new Promise<void>((resolve) => {
        client.on('error', () => resolve());
        client.on('end', () => resolve());
      });
      client.on('notification', (message) => this.#deliver(message.payload ?? ''));
      try {
        await client.connect();
        this.#client = client;
        await client.query(`listen ${CHANNEL}`);
        await Promise.race([broken, this.#untilSilent(client)]);
      } catch {
        // the database is away; the next round tries again
      }
      this.#client = null;
      client.end().catch(() => {}); // not waited for: of a server that is gone it may never come
      await sleep(RECONNECT_MS, this.#stop.signal);
    }
  }

  /** Ends when the server does not answer any more, the connection has ended, or the bus is closed. */
  async #untilSilent(client: pg.Client): Promise<void> {
    let isAlive = true;
    while (isAlive && !this.#stop.signal.aborted) {
      await sleep(PROBE_MS, this.#stop.signal);
      if (this.#stop.signal.aborted) return;
      const probe = client.query('select 1').then(
        () => true,
        () => false,
      );
      isAlive = (await settlesWithin(probe, PROBE_TIMEOUT_MS)) && (await probe);
    }
  }

  #deliver(payload: string): void {
    const event = readEvent(payload);
    if (event) for (const listener of this.#listeners) listener(event);
  }
}

/** The event as text, without the operation where that would be too much. */
function payloadOf(event: LiveEvent): string {
  const text = JSON.stringify(event);
  if (event.kind !== 'progress' || Buffer.byteLength(text) <= LARGEST_PAYLOAD) return text;
  const { operation: _, ...rest } = event;
  return JSON.stringify(rest);
}
