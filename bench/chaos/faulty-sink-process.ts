import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { knowServiceAccount, usualServiceAccount } from '../providers/fake-google-key.ts';
import { PROVIDER_KINDS } from '../providers/provider-kinds.ts';
import { CopyLog, type ReceivedMessage, type SinkNote } from './copy-log.ts';
import { FaultyProvider } from './faulty-provider.ts';
import { FaultySink } from './faulty-sink.ts';
import type { SinkFault, SinkFaultEnd } from './sink-fault.ts';

/** What the harness may ask, with the type of the answer. */
interface Questions {
  /** `serviceAccount`: the key that accounts of type gmail are made with; both sides have to know it. */
  listen: { ask: { ways: readonly string[]; replyDelayMs: number; serviceAccount: string | null }; answer: number[] };
  inflict: { ask: SinkFault; answer: SinkFaultEnd };
  received: { ask: { from: number }; answer: ReceivedMessage[] };
  notes: { ask: { recipients: string[] }; answer: SinkNote[] };
}
type Kind = keyof Questions;
type FromHarness = { [K in Kind]: { readonly id: number; readonly kind: K; readonly ask: Questions[K]['ask'] } }[Kind];
type FromSink =
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly failed: string }
  | { readonly kept: number };

/** Messages in one answer: the channel copies them as JSON. */
const PAGE = 10_000;
const TELL_MS = 25;

/** The receiving side of `chaos`, in a process of its own: nothing that is done to the product stops its clock. */
export async function serveFaultySinks(): Promise<void> {
  const side = new SinkSide();
  process.on('message', (message) => void side.answer(message as FromHarness));
  // A Ctrl-C on the terminal is for the harness: it still wants to know what came in.
  process.on('SIGINT', () => {});
  await once(process, 'disconnect');
  process.exit(0);
}

class SinkSide {
  readonly #log = new CopyLog();
  #sinks: Array<FaultySink | FaultyProvider> = [];
  #told = 0;

  async answer(message: FromHarness): Promise<void> {
    try {
      tell({ id: message.id, answer: await this.#work(message) });
    } catch (error) {
      tell({ id: message.id, failed: String(error) });
    }
  }

  async #work(message: FromHarness): Promise<unknown> {
    switch (message.kind) {
      case 'listen': {
        const { ways, replyDelayMs, serviceAccount } = message.ask;
        if (serviceAccount !== null) knowServiceAccount(serviceAccount);
        this.#sinks = ways.map((way, i) => {
          const kind = PROVIDER_KINDS.find(({ type }) => type === way);
          return kind ? new FaultyProvider(i, kind, this.#log) : new FaultySink(i, replyDelayMs, this.#log);
        });
        setInterval(() => this.#tellKept(), TELL_MS);
        return Promise.all(this.#sinks.map((sink) => sink.listen()));
      }
      case 'inflict':
        return this.#sinks[message.ask.account]?.inflict(message.ask);
      case 'received':
        return this.#log.received.slice(message.ask.from, message.ask.from + PAGE);
      case 'notes': {
        const wanted = new Set(message.ask.recipients);
        return this.#log.notes.filter(({ recipient }) => wanted.has(recipient));
      }
    }
  }

  #tellKept(): void {
    if (this.#log.kept === this.#told) return;
    this.#told = this.#log.kept;
    tell({ kept: this.#told });
  }
}

function tell(message: FromSink): void {
  if (process.connected) process.send?.(message);
}

/** The harness's end of that process. */
export class FaultySinkProcess {
  /** Copies kept so far, a moment old. */
  kept = 0;
  readonly #child: ChildProcess;
  readonly #asked = new Map<number, { resolve: (answer: unknown) => void; reject: (error: Error) => void }>();
  #ids = 0;

  constructor(program: readonly string[], environment: NodeJS.ProcessEnv) {
    const [command = '', ...args] = program;
    const stdio = ['ignore', 'ignore', 'inherit', 'ipc'] as const;
    this.#child = spawn(command, [...args, 'chaos-sink'], { stdio: [...stdio], env: environment, detached: true });
    this.#child.on('message', (message) => this.#hear(message as FromSink));
    this.#child.once('exit', () => {
      for (const { reject } of this.#asked.values()) reject(new Error('The receiving server ended'));
    });
  }

  /** The ports of receiving servers, one for each way: smtp, or the type of a provider. */
  listen(ways: readonly string[], replyDelayMs: number): Promise<number[]> {
    const serviceAccount = ways.includes('gmail') ? usualServiceAccount().json : null;
    return this.#ask('listen', { ways, replyDelayMs, serviceAccount });
  }

  inflict(fault: SinkFault): Promise<SinkFaultEnd> {
    return this.#ask('inflict', fault);
  }

  /** Every whole message that came in. */
  async received(): Promise<ReceivedMessage[]> {
    const all: ReceivedMessage[] = [];
    for (;;) {
      const page = await this.#ask('received', { from: all.length });
      all.push(...page);
      if (page.length < PAGE) return all;
    }
  }

  notes(recipients: string[]): Promise<SinkNote[]> {
    return this.#ask('notes', { recipients });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }

  #ask<K extends Kind>(kind: K, ask: Questions[K]['ask']): Promise<Questions[K]['answer']> {
    return new Promise((resolve, reject) => {
      const id = ++this.#ids;
      this.#asked.set(id, { resolve: resolve as (answer: unknown) => void, reject });
      this.#child.send({ id, kind, ask }, (error) => error && reject(error));
    });
  }

  #hear(message: FromSink): void {
    if ('kept' in message) {
      this.kept = message.kept;
      return;
    }
    const asked = this.#asked.get(message.id);
    this.#asked.delete(message.id);
    if ('failed' in message) asked?.reject(new Error(message.failed));
    else asked?.resolve(message.answer);
  }
}
