import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { leash } from '../leash.ts';
import { killTree } from '../process-tree.ts';

export interface ProductSettings {
  /** "worker 1" */
  readonly name: string;
  /** `[node, dist/cli.mjs, start, …]` */
  readonly command: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  /** Everything it says on standard error. */
  readonly logFile: string;
  /** Told when it ended although nobody had killed it. */
  readonly onOwnEnd: (words: string) => void;
}

const START_AGAIN_MS = 300;
const START_WITHIN_MS = 90_000;

/** One process of the product, started, killed, stopped and started again like a supervisor and an outage would. */
export class ProductProcess {
  readonly name: string;
  readonly #settings: ProductSettings;
  #child: ChildProcess | null = null;
  #starting: Promise<void> | null = null;
  #url = '';

  constructor(settings: ProductSettings) {
    this.name = settings.name;
    this.#settings = settings;
  }

  /** Where it listens; empty for a worker. */
  get url(): string {
    return this.#url;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Starts it until it runs, as a supervisor would: while the database is away, a start fails. */
  start(signal: AbortSignal): Promise<void> {
    this.#starting ??= this.#untilStarted(signal).finally(() => {
      this.#starting = null;
    });
    return this.#starting;
  }

  async #untilStarted(signal: AbortSignal): Promise<void> {
    let said = '';
    for (const end = Date.now() + START_WITHIN_MS; Date.now() < end; await delay(START_AGAIN_MS)) {
      if (signal.aborted) return;
      const failure = await this.#startOnce();
      if (failure === null) return;
      said = failure;
    }
    throw new Error(`${this.name} did not start within ${START_WITHIN_MS / 1000} s:\n${said.slice(-2000)}`);
  }

  /** kill -9 of it and everything it has started. */
  kill(): void {
    const child = this.#child;
    this.#child = null;
    if (child?.pid !== undefined && child.exitCode === null && child.signalCode === null) killTree(child.pid);
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child?.kill(signal);
  }

  async #startOnce(): Promise<string | null> {
    const [command = '', ...args] = [...leash(), ...this.#settings.command];
    const log = fs.openSync(this.#settings.logFile, 'a');
    // A session of its own: a Ctrl-C on the terminal is for the harness.
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', log],
      env: this.#settings.environment,
      detached: true,
    });
    fs.closeSync(log);
    this.#child = child;
    const ended = once(child, 'exit').then(() => 'ended');
    const isUp = await Promise.race([this.#greeted(child), ended.catch(String)]);
    if (isUp === null) {
      child.once('exit', (code, signal) => this.#onExit(child, code ?? signal));
      return null;
    }
    if (this.#child === child) this.#child = null;
    return isUp;
  }

  /** Null once it has said that it runs. */
  #greeted(child: ChildProcess): Promise<null> {
    return new Promise((resolve) => {
      let said = '';
      child.stdout?.on('data', (chunk: Buffer) => {
        said += chunk.toString();
        if (!said.includes('\n')) return;
        this.#url = /listens on (\S+)/.exec(said)?.[1] ?? '';
        resolve(null);
      });
    });
  }

  #onExit(child: ChildProcess, how: number | NodeJS.Signals | null): void {
    if (this.#child !== child) return; // we killed it
    this.#child = null;
    this.#settings.onOwnEnd(`${this.name} ended by itself (${how})`);
  }
}
