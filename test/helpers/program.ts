import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { packageRoot } from '../../src/lib/package-root.ts';

/** The built program in a process of its own, from the moment it says what `ready` looks for. */
export class Program {
  readonly #child: ChildProcess;
  /** What it printed when it was ready. */
  readonly greeting: string;

  static async start(
    args: readonly string[],
    environment: Readonly<Record<string, string | undefined>>,
    ready: RegExp,
  ): Promise<Program> {
    const child = spawn(process.execPath, [path.join(packageRoot(), 'dist/cli.mjs'), ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        LOG_LEVEL: process.env.TEST_LOG ?? 'silent',
        ...environment,
      },
    });
    let printed = '';
    const isReady = new Promise<void>((resolve, reject) => {
      child.stdout?.on('data', (chunk: Buffer) => {
        printed += chunk.toString();
        if (ready.test(printed)) resolve();
      });
      child.once('exit', (code) =>
        reject(new Error(`The program ended with code ${code} before it was ready: ${printed}`)),
      );
    });
    await isReady;
    return new Program(child, printed);
  }

  private constructor(child: ChildProcess, greeting: string) {
    this.#child = child;
    this.greeting = greeting;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  async end(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill(signal);
    await ended;
  }
}
