import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { freePort } from '../src/lib/free-port.ts';
import { sleep } from '../src/lib/sleep.ts';
import { isInstalled, listens } from './bench-sink.ts';

/** A redis-server of its own on a loopback port, nothing kept on disk. */
export class RedisProcess {
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #dir: string;

  /** Null where it is not installed. */
  static async start(): Promise<RedisProcess | null> {
    if (!isInstalled('redis-server')) return null;
    const port = await freePort(0, '127.0.0.1');
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'postrider-bench-redis-'));
    const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir, '--save', '', '--appendonly', 'no'];
    const child = spawn('redis-server', args, { stdio: 'ignore' });
    for (let tries = 0; !(await listens(port)); tries++) {
      if (tries === 250 || child.exitCode !== null) throw new Error('redis-server did not start');
      await sleep(20);
    }
    return new RedisProcess(child, port, dir);
  }

  private constructor(child: ChildProcess, port: number, dir: string) {
    this.#child = child;
    this.#dir = dir;
    this.url = `redis://127.0.0.1:${port}`;
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.kill();
    await ended;
    fs.rmSync(this.#dir, { recursive: true, force: true });
  }
}
