import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../src/lib/free-port.ts';
import { SinkProcess } from './sink-process.ts';

/** A server in a process of its own that takes mail and drops it, the same for all contenders. */
export interface BenchSink {
  readonly name: string;
  readonly port: number;
  stop(): Promise<void>;
}

export type SinkKind = 'smtp-sink' | 'built-in';

/** Postfix's own sink where it is installed: it belongs to none of the contenders. */
export function usualSink(): SinkKind {
  return isInstalled('smtp-sink') ? 'smtp-sink' : 'built-in';
}

/** `program` serves the built-in sink: `[node, dist/cli.mjs]`. */
export async function startSink(kind: SinkKind, program: readonly string[]): Promise<BenchSink> {
  if (kind === 'smtp-sink') return PostfixSink.start();
  const sink = await SinkProcess.start(program);
  return { name: 'built-in sink', port: sink.port, stop: () => sink.stop() };
}

/** Whether `program` lies on the PATH. */
export function isInstalled(program: string): boolean {
  return spawnSync('sh', ['-c', 'command -v "$0"', program]).status === 0;
}

/** Postfix's `smtp-sink`, from the package `postfix`. */
class PostfixSink implements BenchSink {
  readonly name = "Postfix's smtp-sink";
  readonly port: number;
  readonly #child: ChildProcess;

  static async start(): Promise<PostfixSink> {
    const port = await freePort(0, '127.0.0.1');
    const asWhom = process.getuid?.() === 0 ? ['-u', 'nobody'] : []; // it refuses to run as root
    const child = spawn('smtp-sink', [...asWhom, `127.0.0.1:${port}`, '1000'], { stdio: 'ignore' });
    for (let tries = 0; !(await listens(port)); tries++) {
      if (tries === 100 || child.exitCode !== null) throw new Error('smtp-sink did not start');
      await delay(20);
    }
    return new PostfixSink(child, port);
  }

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.kill();
    await ended;
  }
}

/** Whether a server listens on this port of the loopback address. */
export function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
