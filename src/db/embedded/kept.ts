import { AppError, messageOf } from '../../errors.ts';
import { sleep } from '../../lib/sleep.ts';
import type { EmbeddedConnection } from './connection.ts';
import { EmbeddedPostgresError } from './errors.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './supervisor.ts';

/** What the keeper says; a logger fits. */
export interface KeeperLog {
  debug(message: string): void;
  error(details: object, message: string): void;
  warn(message: string): void;
}

/**
 * An embedded PostgreSQL that is started again when it ends unasked (killed by the system, out of memory). It comes
 * back on the same socket with the same password, so pools find it by themselves; meanwhile nothing is sent.
 */
export class KeptPostgres {
  readonly connection: EmbeddedConnection;
  readonly #dataDir: string;
  readonly #log: KeeperLog;
  readonly #stop = new AbortController();
  #server: EmbeddedPostgres;
  #restarting: Promise<void> | null = null;

  static async start(dataDir: string, log: KeeperLog): Promise<KeptPostgres> {
    try {
      return new KeptPostgres(dataDir, log, await startEmbeddedPostgres({ dataDir, log: (line) => log.debug(line) }));
    } catch (error) {
      if (!(error instanceof EmbeddedPostgresError)) throw error;
      throw new AppError('EMBEDDED_DATABASE', error.message, { cause: error });
    }
  }

  private constructor(dataDir: string, log: KeeperLog, server: EmbeddedPostgres) {
    this.#dataDir = dataDir;
    this.#log = log;
    this.#server = server;
    this.connection = server.connection;
    this.#watch();
  }

  get pid(): number {
    return this.#server.pid;
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#restarting;
    await this.#server.stop();
  }

  #watch(): void {
    this.#server.onExit((exit) => {
      if (exit.expected || this.#stop.signal.aborted) return;
      this.#log.error(
        { ...exit },
        'the embedded PostgreSQL ended; it is started again, and sending waits until it is back',
      );
      this.#restarting = this.#restart();
    });
  }

  async #restart(): Promise<void> {
    for (let failures = 0; !this.#stop.signal.aborted; failures++) {
      try {
        this.#server = await startEmbeddedPostgres({ dataDir: this.#dataDir, log: (line) => this.#log.debug(line) });
        this.#watch();
        this.#log.warn('the embedded PostgreSQL is back');
        return;
      } catch (error) {
        this.#log.error({}, `the embedded PostgreSQL does not start: ${messageOf(error)}`);
        await sleep(Math.min(30_000, 500 * 2 ** Math.min(failures, 6)), this.#stop.signal);
      }
    }
  }
}
