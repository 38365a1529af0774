import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { settlesWithin } from '../src/lib/settles-within.ts';
import { ProductApi } from './chaos/product-api.ts';
import { leash } from './leash.ts';
import { killTree } from './process-tree.ts';

/** Workers get 25 s for replies in flight; then the database is stopped. */
const STOP_MS = 60_000;

/** The built program as its users run it, `start` with worker processes, on a port of its own. */
export class ServerProcess {
  readonly api: ProductApi;
  readonly #child: ChildProcess;
  readonly #over = new AbortController();

  /** `program` is `[node, dist/cli.mjs]`, `environment` all that it is to know; resolves when it listens. */
  static async start(program: readonly string[], environment: NodeJS.ProcessEnv): Promise<ServerProcess> {
    const [command = '', ...args] = [...leash(), ...program];
    const apiKey = randomBytes(24).toString('hex');
    const child = spawn(command, [...args, 'start', '--port', '0'], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...environment, ADMIN_API_KEY: apiKey },
    });
    return new ServerProcess(child, await addressOf(child), apiKey);
  }

  private constructor(child: ChildProcess, url: string, apiKey: string) {
    this.#child = child;
    this.api = new ProductApi(apiKey, () => url, this.#over.signal);
  }

  async stop(): Promise<void> {
    this.#over.abort();
    const { pid, exitCode, signalCode } = this.#child;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    if (await settlesWithin(ended, STOP_MS)) return;
    killTree(pid);
    await ended;
  }
}

function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const url = /listens on (\S+)\n/.exec(said)?.[1];
      if (url) resolve(url);
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => reject(new Error(`The server ended (${code ?? signal}) before it listened`)));
  });
}
