import type { BenchOptions } from './bench-options.ts';
import { type BenchSink, startSink } from './bench-sink.ts';
import { median } from './median.ts';
import { sendByNodemailer } from './nodemailer-pool.ts';
import { sendBySmtpSource } from './smtp-source.ts';

export interface ThroughputOptions extends BenchOptions {
  readonly messages: number;
  readonly rounds: number;
  /** False measures ours alone: for a profile. */
  readonly peers: boolean;
}

/** Messages a second of one contender, one figure a round, and CPU time a message of its own process. */
interface Contender {
  readonly name: string;
  readonly messages: number;
  readonly perSecond: readonly number[];
  readonly median: number;
  readonly cpuMicroseconds: number | null;
}

export interface Throughput {
  readonly sink: string;
  readonly connections: number;
  readonly contenders: readonly Contender[];
}

/** nodemailer needs so much longer for a message that an eighth of them fills the same time. */
const NODEMAILER_SHARE = 8;

/**
 * Ours, a nodemailer pool and (where Postfix's tools are installed) `smtp-source`, in turns against the same sink with
 * the same number of connections: ratios of one run on one machine.
 */
export async function runThroughput(options: ThroughputOptions): Promise<Throughput> {
  const sink = await startSink(options.sink, options.program);
  const board = new ScoreBoard(options.onStep ?? (() => {}));
  try {
    for (let round = 0; round < options.rounds; round++) await runRound(sink, options, board);
  } finally {
    await sink.stop();
  }
  return { sink: sink.name, connections: options.connections, contenders: board.contenders() };
}

async function runRound(sink: BenchSink, options: ThroughputOptions, board: ScoreBoard): Promise<void> {
  const { messages, connections } = options;
  const ours = await options.campaign.send(sink.port, messages, connections);
  board.note('postrider, with ledger', messages, ours.seconds, ours.cpuSeconds);
  if (!options.peers) return;
  const few = Math.max(500, Math.floor(messages / NODEMAILER_SHARE));
  const pool = await sendByNodemailer(sink.port, few, connections);
  if (pool) board.note('nodemailer pool, no ledger', few, pool.seconds, pool.cpuSeconds);
  const source = await sendBySmtpSource(sink.port, messages, connections);
  if (source !== null) board.note('smtp-source, no ledger', messages, source, null);
}

class ScoreBoard {
  readonly #onStep: (line: string) => void;
  readonly #entries = new Map<string, { messages: number; rates: number[]; cpu: number[] }>();

  constructor(onStep: (line: string) => void) {
    this.#onStep = onStep;
  }

  note(name: string, messages: number, seconds: number, cpuSeconds: number | null): void {
    const entry = this.#entries.get(name) ?? { messages, rates: [], cpu: [] };
    entry.rates.push(messages / seconds);
    if (cpuSeconds !== null) entry.cpu.push((cpuSeconds / messages) * 1e6);
    this.#entries.set(name, entry);
    this.#onStep(`${name}: ${Math.round(messages / seconds)} messages/s`);
  }

  contenders(): Contender[] {
    return [...this.#entries].map(([name, { messages, rates, cpu }]) => ({
      name,
      messages,
      perSecond: rates.map(Math.round),
      median: Math.round(median(rates)),
      cpuMicroseconds: cpu.length > 0 ? Math.round(median(cpu)) : null,
    }));
  }
}
