import pg from 'pg';
import { sleep } from '../lib/sleep.ts';
import type { ChangeEvent, EventBus } from './bus.ts';

const CHANNEL = 'postrider_changes';
const RECONNECT_MS = 1000;

/** Live events over NOTIFY: reaches every process on the same database, with nothing else to run. */
export class PostgresEventBus implements EventBus {
  readonly #pool: Pick<pg.Pool, 'query'>;
  readonly #connection: pg.PoolConfig;
  readonly #listeners = new Set<(event: ChangeEvent) => void>();
  readonly #stop = new AbortController();
  #client: pg.Client | null = null;
  #listening: Promise<void> | null = null;

  constructor(pool: Pick<pg.Pool, 'query'>, connection: pg.PoolConfig) {
    this.#pool = pool;
    this.#connection = connection;
  }

  publish(event: ChangeEvent): void {
    this.#pool.query('select pg_notify($1, $2)', [CHANNEL, JSON.stringify(event)]).catch(() => {});
  }

  subscribe(listener: (event: ChangeEvent) => void): () => void {
    this.#listeners.add(listener);
    this.#listening ??= this.#listen();
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    this.#listeners.clear();
    await this.#client?.end().catch(() => {});
    await this.#listening;
  }

  /** Keeps one connection listening, and makes another when it breaks. */
  async #listen(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const client = new pg.Client({ ...this.#connection, keepAlive: true });
      const broken = new Promise<void>((resolve) => {
        client.on('error', () => resolve());
        client.on('end', () => resolve());
      });
      client.on('notification', (message) => this.#deliver(message.payload ?? ''));
      try {
        await client.connect();
        this.#client = client;
        await client.query(`listen ${CHANNEL}`);
        await broken;
      } catch {
        // the database is away; the next round tries again
      }
      this.#client = null;
      await client.end().catch(() => {});
      await sleep(RECONNECT_MS, this.#stop.signal);
    }
  }

  #deliver(payload: string): void {
    const event = JSON.parse(payload) as ChangeEvent;
    for (const listener of this.#listeners) listener(event);
  }
}
