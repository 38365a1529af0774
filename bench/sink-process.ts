import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { CountingSink } from './counting-sink.ts';

/** Runs a sink in this process and says its port on standard output; asked by a line on standard input, says its count. */
export async function serveSink(): Promise<void> {
  const sink = new CountingSink();
  console.log(await sink.listen());
  process.stdin.on('data', () => console.log(sink.accepted));
  await once(process.stdin, 'end');
  await sink.close();
}

/** A sink in a process of its own, so that it does not share a core's time with what is measured. */
export class SinkProcess {
  readonly port: number;
  readonly #child: ChildProcess;

  static async start(program: readonly string[]): Promise<SinkProcess> {
    const [command = '', ...args] = program;
    const child = spawn(command, [...args, 'bench-sink'], { stdio: ['pipe', 'pipe', 'inherit'] });
    return new SinkProcess(child, Number(await nextLine(child)));
  }

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
  }

  /** Messages taken so far. */
  async accepted(): Promise<number> {
    const answer = nextLine(this.#child);
    this.#child.stdin?.write('?\n');
    return Number(await answer);
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.stdin?.end();
    await ended;
  }
}

async function nextLine(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error('The sink has no output');
  const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
  return chunk.toString().trim();
}
