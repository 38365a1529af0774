import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import os from 'node:os';
import path from 'node:path';
import { packageRoot } from '../lib/package-root.ts';
import { settlesWithin } from '../lib/settles-within.ts';

/** What a worker process and its manager tell each other. */
export type ToWorker =
  | { readonly kind: 'start'; readonly managerId: string; readonly settings: unknown }
  | { readonly kind: 'stop' };
export interface FromWorker {
  readonly kind: 'started';
  readonly workerId: string;
}

/** A reply may take this long, and what is behind it a little more; then the process is ended. */
const STOP_MS = 30_000;
const NICE = 5;

/** One worker process, from the side of its manager. */
export class WorkerChild {
  readonly #child: ChildProcess;
  readonly startedAt = performance.now();
  /** Null until it works. */
  workerId: string | null = null;
  #stopping: Promise<void> | null = null;

  /** `settings` go to the process as they are; `onEnd` is told when it ends by itself. */
  constructor(managerId: string, settings: unknown, onEnd: (child: WorkerChild, words: string) => void) {
    const program = path.join(packageRoot(), 'dist', 'cli.mjs');
    this.#child = fork(program, ['worker'], { execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.#child.on('message', (message: FromWorker) => {
      if (message.kind === 'started') this.workerId = message.workerId;
    });
    this.#child.on('error', () => {}); // it could not be started or told; it ends, and that is reported
    this.#child.once('exit', (code, signal) => {
      if (!this.#stopping) onEnd(this, signal === null ? `code ${code}` : `signal ${signal}`);
    });
    this.#tell({ kind: 'start', managerId, settings });
    this.#yieldToPeople();
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get isStopping(): boolean {
    return this.#stopping !== null;
  }

  /** Lets it finish what is in flight and give back the rest; ends it when that takes too long. */
  stop(): Promise<void> {
    this.#stopping ??= this.#end();
    return this.#stopping;
  }

  /** On a machine whose cores are all busy sending, the API and the database still answer at once. */
  #yieldToPeople(): void {
    try {
      os.setPriority(this.pid, NICE);
    } catch {
      // it has ended already, or this is not allowed here: then it is as important as everything else
    }
  }

  async #end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#tell({ kind: 'stop' });
    if (await settlesWithin(ended, STOP_MS)) return;
    this.#child.kill('SIGKILL');
    await ended;
  }

  #tell(message: ToWorker): void {
    this.#child.send(message, () => {}); // who is gone is not told
  }
}
