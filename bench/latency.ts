import type { BenchOptions } from './bench-options.ts';
import { startSink } from './bench-sink.ts';
import { LatencyProxy } from './latency-proxy.ts';
import { median } from './median.ts';
import { sendByNodemailer } from './nodemailer-pool.ts';

export interface LatencyOptions extends BenchOptions {
  readonly messages: number;
  readonly rounds: number;
  /** Added to every byte, each way. */
  readonly delayMs: number;
}

export interface LatencyResult {
  readonly roundTripMs: number;
  /** Messages a second and connection. */
  readonly ours: number;
  readonly nodemailer: number | null;
  /** Ours against one message per round trip and connection. */
  readonly ofOnePerRoundTrip: number;
  readonly timesNodemailer: number | null;
}

/** A server that is far away: what counts is how few round trips a message takes. */
export async function runLatency(options: LatencyOptions): Promise<LatencyResult> {
  const { messages, connections, delayMs } = options;
  const sink = await startSink(options.sink, options.program);
  const proxy = new LatencyProxy(sink.port, delayMs);
  const ours: number[] = [];
  const theirs: number[] = [];
  try {
    const port = await proxy.listen();
    for (let round = 0; round < options.rounds; round++) {
      const run = await options.campaign.send(port, messages, connections);
      ours.push(messages / run.seconds / connections);
      const few = Math.ceil(messages / 4);
      const pool = await sendByNodemailer(port, few, connections);
      if (pool) theirs.push(few / pool.seconds / connections);
      options.onStep?.(`round ${round + 1}: ours ${ours.at(-1)?.toFixed(1)}, nodemailer ${theirs.at(-1)?.toFixed(1)}`);
    }
  } finally {
    await proxy.close();
    await sink.stop();
  }
  const rate = median(ours);
  const nodemailer = theirs.length > 0 ? median(theirs) : null;
  return {
    roundTripMs: 2 * delayMs,
    ours: rate,
    nodemailer,
    ofOnePerRoundTrip: rate / (1000 / (2 * delayMs)),
    timesNodemailer: nodemailer === null ? null : rate / nodemailer,
  };
}
