import { type ChildProcess, execFile } from 'node:child_process';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { childEnvironment } from './environment.ts';
import { SHUTDOWN_LADDER } from './leftovers.ts';

export interface ServerExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** stop() asked for it. */
  readonly expected: boolean;
  /** The last lines of PostgreSQL's log. */
  readonly lastLines: readonly string[];
}

export interface ServerParts {
  readonly child: ChildProcess;
  readonly native: string;
  readonly cluster: string;
  readonly lastLines: () => string[];
  /** Gives everything back once the process has ended, however it ended. */
  readonly release: () => void;
}

/** One running postmaster: knows its end, and brings it about. */
export class Server {
  readonly #parts: ServerParts;
  readonly #listeners: Array<(exit: ServerExit) => void> = [];
  readonly #ended: Promise<void>;
  #exit: ServerExit | null = null;
  #stopping: Promise<void> | null = null;

  constructor(parts: ServerParts) {
    this.#parts = parts;
    this.#ended = new Promise((resolve) => {
      const end = (code: number | null, signal: NodeJS.Signals | null) => {
        if (this.#exit) return;
        this.#exit = { code, signal, expected: this.#stopping !== null, lastLines: parts.lastLines() };
        parts.release();
        resolve();
        for (const listener of this.#listeners) listener(this.#exit);
      };
      parts.child.once('exit', end);
      parts.child.once('error', () => end(null, null));
    });
  }

  /** Null while it runs. */
  get exit(): ServerExit | null {
    return this.#exit;
  }

  /** Called once, when the server has ended; at once if it has already. */
  onExit(listener: (exit: ServerExit) => void): void {
    if (this.#exit) listener(this.#exit);
    else this.#listeners.push(listener);
  }

  /** Fast shutdown: running transactions are rolled back, everything committed is on disk. Calling it again only waits. */
  stop(): Promise<void> {
    this.#stopping ??= this.#shutDown();
    return this.#stopping;
  }

  async #shutDown(): Promise<void> {
    for (const [signal, patienceMs] of SHUTDOWN_LADDER) {
      if (this.#exit) return;
      this.#signal(signal);
      const timer = new AbortController();
      await Promise.race([this.#ended, delay(patienceMs, undefined, { signal: timer.signal }).catch(() => {})]);
      timer.abort();
    }
  }

  #signal(signal: NodeJS.Signals): void {
    if (process.platform !== 'win32' || signal === 'SIGKILL') {
      this.#parts.child.kill(signal);
      return;
    }
    // Windows has no signals: a kill would be a crash, and pg_ctl speaks to the postmaster through its pipe.
    const mode = signal === 'SIGINT' ? 'fast' : 'immediate';
    const args = ['stop', '-W', '-m', mode, '-D', this.#parts.cluster];
    execFile(path.join(this.#parts.native, 'bin', 'pg_ctl'), args, { env: childEnvironment() }, () => {});
  }
}
