import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { freePort } from '../../src/lib/free-port.ts';
import { connectRedis, disconnect, parseRedisAddress } from '../../src/lib/redis.ts';
import { runsHere } from './runs-here.ts';

/** For `runIf`. */
export function redisRunsHere(tests: string): boolean {
  const missing = spawnSync('redis-server', ['--version']).error;
  return runsHere(`${tests} on Redis`, missing ? 'redis-server is not installed' : null);
}

/** A real redis-server on a loopback port of its own, nothing kept on disk. */
export class TestRedis {
  readonly port: number;
  readonly #args: readonly string[];
  readonly #mode: readonly string[];
  readonly #dir = fs.mkdtempSync(path.join(os.tmpdir(), 'postrider-redis-'));
  #child: ChildProcess | null = null;

  /** `args` are words of a redis.conf: `--requirepass x`. */
  static async start(...args: string[]): Promise<TestRedis> {
    const redis = new TestRedis(await freePort(0, '127.0.0.1'), args);
    await redis.resume();
    return redis;
  }

  /** A sentinel; it writes what it learns into `conf`. */
  static async startSentinel(conf: string): Promise<TestRedis> {
    const sentinel = new TestRedis(await freePort(0, '127.0.0.1'), [], [conf, '--sentinel']);
    await sentinel.resume();
    return sentinel;
  }

  private constructor(port: number, args: readonly string[], mode: readonly string[] = []) {
    this.port = port;
    this.#args = args;
    this.#mode = mode;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Ends the server; what it held is gone. */
  async cut(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (!child) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  /** Starts it (again) on the same port. */
  async resume(): Promise<void> {
    const where = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.#dir];
    const unkept = this.#mode.length === 0 ? ['--save', '', '--appendonly', 'no'] : [];
    this.#child = spawn('redis-server', [...this.#mode, ...where, ...unkept, ...this.#args], { stdio: 'ignore' });
    await this.#untilListening();
  }

  async stop(): Promise<void> {
    await this.cut();
    fs.rmSync(this.#dir, { recursive: true, force: true });
  }

  /** What redis-cli prints. */
  command(...words: string[]): string {
    return execFileSync('redis-cli', ['-p', String(this.port), ...words], { encoding: 'utf8' });
  }

  async #untilListening(): Promise<void> {
    const client = connectRedis(parseRedisAddress(this.url), 'patient', () => {});
    try {
      await new Promise<void>((resolve) => client.once('connect', () => resolve()));
    } finally {
      disconnect(client);
    }
  }
}
