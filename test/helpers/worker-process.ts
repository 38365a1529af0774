import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { packageRoot } from '../../src/lib/package-root.ts';

/** One worker of the built program, in a process of its own and without a manager. */
export class WorkerProcess {
  readonly #child: ChildProcess;

  /** Resolves when it works. Workers of one machine share `dataDir`, as they would in production. */
  static async start(databaseUrl: string, dataDir: string): Promise<WorkerProcess> {
    const program = path.join(packageRoot(), 'dist/cli.mjs');
    const child = spawn(process.execPath, [program, 'worker'], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        DATABASE_URL: databaseUrl,
        DATA_DIR: dataDir,
        APP_SECRET: 'a secret of the tests only',
        SANDBOX: 'false',
        LOG_LEVEL: process.env.TEST_LOG ?? 'silent',
      },
    });
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`A worker ended with code ${code} before it worked`);
    });
    if (!child.stdout) throw new Error('The worker has no output');
    await Promise.race([once(child.stdout, 'data'), ended]);
    ended.catch(() => {});
    return new WorkerProcess(child);
  }

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child.kill(signal);
  }

  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill(signal);
    await ended;
  }
}
