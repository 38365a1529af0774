import type { BenchOptions } from './bench-options.ts';
import { startSink } from './bench-sink.ts';
import { MemoryWatch } from './memory-watch.ts';

export interface EnduranceOptions extends BenchOptions {
  readonly recipients: number;
}

export interface Endurance {
  readonly recipients: number;
  readonly perSecond: number;
  /** Messages a second of each tenth of the recipients. */
  readonly tenths: readonly number[];
  readonly lastToFirst: number;
  /** Most resident memory of any one process of ours, in MB: this one, or one of PostgreSQL's without what it shares. */
  readonly peakMemoryMb: number;
  readonly peakMemoryOf: string;
}

/** One large campaign: whether the rate holds to the end, and what memory it takes. */
export async function runEndurance(options: EnduranceOptions): Promise<Endurance> {
  const { recipients, connections } = options;
  const sink = await startSink(options.sink, options.program);
  const memory = new MemoryWatch(options.onStep ?? (() => {}));
  try {
    const run = await options.campaign.send(sink.port, recipients, connections);
    const tenths = ratesOfTenths(run.samples, recipients);
    return {
      recipients,
      perSecond: Math.round(recipients / run.seconds),
      tenths,
      lastToFirst: Math.round(((tenths.at(-1) ?? 0) / (tenths[0] ?? 1)) * 100) / 100,
      peakMemoryMb: Math.round(memory.peakMb),
      peakMemoryOf: memory.peakOf,
    };
  } finally {
    memory.stop();
    await sink.stop();
  }
}

function ratesOfTenths(samples: ReadonlyArray<{ seconds: number; sent: number }>, recipients: number): number[] {
  const edges = Array.from({ length: 11 }, (_, i) => {
    const at = samples.findIndex(({ sent }) => sent >= (recipients * i) / 10);
    return samples[Math.max(0, at)] ?? { seconds: 0, sent: 0 };
  });
  return edges.slice(1).map((edge, i) => {
    const before = edges[i] ?? { seconds: 0, sent: 0 };
    return Math.round((edge.sent - before.sent) / Math.max(0.001, edge.seconds - before.seconds));
  });
}
