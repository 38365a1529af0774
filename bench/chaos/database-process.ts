import fs from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { connectionUrl } from '../../src/db/embedded/connection.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/db/embedded/supervisor.ts';
import { killTree, processTree } from '../process-tree.ts';
import { steadyMs } from './steady-clock.ts';

/** A time in which no ledger could be written, for certain (steady-clock.ts). */
export interface Outage {
  readonly from: number;
  readonly to: number;
}

const SIGNALS = { fast: 'SIGINT', immediate: 'SIGQUIT', kill: 'SIGKILL' } as const;

/** The embedded PostgreSQL under the harness's hand: ended in every way, and started again. */
export class DatabaseProcess {
  readonly outages: Outage[] = [];
  readonly #dataDir: string;
  #server: EmbeddedPostgres | null = null;
  #starting: Promise<void> | null = null;
  #isOver = false;

  constructor(dataDir: string) {
    this.#dataDir = dataDir;
  }

  /** DATABASE_URL of the product; the same after every start. */
  get url(): string {
    if (!this.#server) throw new Error('PostgreSQL does not run');
    return connectionUrl(this.#server.connection);
  }

  async start(): Promise<void> {
    if (this.#isOver) throw new Error('The run is over');
    this.#starting = startEmbeddedPostgres({ dataDir: this.#dataDir }).then((server) => {
      this.#server = server;
    });
    await this.#starting;
  }

  /** Ends it and starts it again; how long it was down stands in `outages`. */
  async restart(way: keyof typeof SIGNALS, downMs: number): Promise<void> {
    const server = this.#running();
    const ended = new Promise<void>((resolve) => server.onExit(() => resolve()));
    process.kill(server.pid, SIGNALS[way]);
    await ended;
    const from = steadyMs();
    await delay(downMs);
    this.outages.push({ from, to: steadyMs() });
    await this.start();
  }

  /** kill -9 of one of its processes: PostgreSQL ends all others and recovers by itself. */
  killBackend(): void {
    const backend = processTree(this.#running().pid).find((pid) => /^postgres: .* postrider /.test(titleOf(pid)));
    if (backend !== undefined) process.kill(backend, 'SIGKILL');
  }

  /** kill -9 of all of it. */
  async kill(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    const ended = new Promise<void>((resolve) => server.onExit(() => resolve()));
    killTree(server.pid);
    await ended;
    this.#server = null;
  }

  /** For good, also when it is just being started. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#starting?.catch(() => {});
    await this.#server?.stop();
    this.#server = null;
  }

  #running(): EmbeddedPostgres {
    if (!this.#server) throw new Error('PostgreSQL does not run');
    return this.#server;
  }
}

function titleOf(pid: number): string {
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}
