import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { DatabaseProcess } from './database-process.ts';
import { ProductProcess } from './product-process.ts';

export interface ProductOptions {
  /** The program: `[node, dist/cli.mjs]`. */
  readonly program: readonly string[];
  /** Environment of that program: PATH and the like. */
  readonly environment: NodeJS.ProcessEnv;
  readonly dataDir: string;
  readonly workers: number;
  readonly leaseMs: number;
}

/** The product as it runs in production: a database, a server for the API, and worker processes that share a directory. */
export class Product {
  readonly apiKey = randomBytes(24).toString('hex');
  readonly database: DatabaseProcess;
  readonly workers: ProductProcess[] = [];
  /** Processes that ended without having been killed. */
  readonly ownEnds: string[] = [];
  readonly #options: ProductOptions;
  readonly #secret = randomBytes(24).toString('hex');
  readonly #stop = new AbortController();
  #server: ProductProcess | null = null;

  constructor(options: ProductOptions) {
    this.#options = options;
    this.database = new DatabaseProcess(options.dataDir);
  }

  get server(): ProductProcess {
    if (!this.#server) throw new Error('The product was not started');
    return this.#server;
  }

  async start(): Promise<void> {
    await this.database.start();
    fs.mkdirSync(this.#logDir, { recursive: true });
    this.#server = this.#process('server', ['start', '--role', 'api', '--port', '0']);
    await this.#bring(this.#server);
    for (let i = 1; i <= this.#options.workers; i++) this.workers.push(this.#process(`worker ${i}`, ['worker']));
    await Promise.all(this.workers.map((worker) => this.#bring(worker)));
  }

  async restart(which: ProductProcess): Promise<void> {
    which.kill();
    await this.#bring(which);
  }

  /** kill -9 of everything at once, and everything comes up again in any order. */
  async restartAll(): Promise<void> {
    for (const each of [this.server, ...this.workers]) each.kill();
    await this.database.kill();
    await this.database.start();
    await Promise.all([this.server, ...this.workers].map((each) => this.#bring(each)));
  }

  /** What the processes logged. */
  log(): string {
    return fs
      .readdirSync(this.#logDir)
      .map((name) => `== ${name}\n${fs.readFileSync(path.join(this.#logDir, name), 'utf8')}`)
      .join('\n');
  }

  /** Nothing is started any more, and what runs is killed; PostgreSQL ends with `end`. */
  abandon(): void {
    this.#stop.abort();
    this.killProcesses();
  }

  /** Ends all of it for good. Safe at any moment. */
  async end(): Promise<void> {
    this.abandon();
    await this.database.stop();
    this.killProcesses();
  }

  /** Without waiting: for the last moment of a process. */
  killProcesses(): void {
    for (const each of [...this.workers, ...(this.#server ? [this.#server] : [])]) each.kill();
  }

  get #logDir(): string {
    return path.join(this.#options.dataDir, 'log');
  }

  #process(name: string, args: readonly string[]): ProductProcess {
    const { program, environment, dataDir, leaseMs } = this.#options;
    return new ProductProcess({
      name,
      command: [...program, ...args],
      environment: {
        ...environment,
        DATABASE_URL: this.database.url,
        DATA_DIR: dataDir,
        APP_SECRET: this.#secret,
        ADMIN_API_KEY: this.apiKey,
        WORKER_LEASE_MS: String(leaseMs),
        SANDBOX: 'false',
        LOG_LEVEL: 'warn',
        LOG_FORMAT: 'json',
      },
      logFile: path.join(this.#logDir, `${name.replace(' ', '-')}.log`),
      onOwnEnd: (words) => {
        this.ownEnds.push(words);
        const which = [this.server, ...this.workers].find((each) => each.name === name);
        if (which) void this.#bring(which).catch((error: unknown) => this.ownEnds.push(String(error)));
      },
    });
  }

  async #bring(which: ProductProcess): Promise<void> {
    await which.start(this.#stop.signal);
    if (this.#stop.signal.aborted) which.kill();
  }
}
