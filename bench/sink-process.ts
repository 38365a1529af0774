import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import { CountingSink } from './counting-sink.ts';

/**
 * Runs a sink in this process and says its port on standard output; asked by a line on standard input, says its count,
 * or (asked for `times`) when each copy came, as one line of JSON. `replyDelayMs` lies between a message and its reply.
 */
export async function serveSink(replyDelayMs: number): Promise<void> {
  const sink = new CountingSink(replyDelayMs);
  console.log(await sink.listen());
  const questions = createInterface({ input: process.stdin });
  questions.on('line', (line) => console.log(line === 'times' ? JSON.stringify(sink.times) : sink.accepted));
  await once(questions, 'close');
  await sink.close();
}

/** A sink in a process of its own, so that it does not share a core's time with what is measured. */
export class SinkProcess {
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #lines: Interface;

  static async start(program: readonly string[], replyDelayMs = 0): Promise<SinkProcess> {
    const [command = '', ...args] = program;
    const delay = replyDelayMs > 0 ? ['--delay', String(replyDelayMs)] : [];
    const child = spawn(command, [...args, 'bench-sink', ...delay], { stdio: ['pipe', 'pipe', 'inherit'] });
    if (!child.stdout) throw new Error('The sink has no output');
    const lines = createInterface({ input: child.stdout });
    const [port] = (await once(lines, 'line')) as [string];
    return new SinkProcess(child, lines, Number(port));
  }

  private constructor(child: ChildProcess, lines: Interface, port: number) {
    this.#child = child;
    this.#lines = lines;
    this.port = port;
  }

  /** Messages taken so far. */
  async accepted(): Promise<number> {
    return Number(await this.#ask('?'));
  }

  /** When each message was taken, in milliseconds by the sink's own clock, ascending. */
  async times(): Promise<number[]> {
    return JSON.parse(await this.#ask('times')) as number[];
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.stdin?.end();
    await ended;
  }

  async #ask(question: string): Promise<string> {
    const answer = once(this.#lines, 'line') as Promise<[string]>;
    this.#child.stdin?.write(`${question}\n`);
    return (await answer)[0];
  }
}
