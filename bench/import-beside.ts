import type { Caller } from '../src/core/context.ts';
import { cancelImport, getImport, startImportFromFile } from '../src/core/imports.ts';
import { sleep } from '../src/lib/sleep.ts';
import type { Postrider } from '../src/main.ts';
import type { BenchOptions } from './bench-options.ts';
import { startSink } from './bench-sink.ts';
import { median } from './median.ts';

export interface BesideOptions extends BenchOptions {
  readonly postrider: Postrider;
  /** A file of contacts that takes longer to import than the messages to be sent. */
  readonly file: string;
  readonly messages: number;
  readonly rounds: number;
}

export interface Beside {
  readonly messages: number;
  /** Messages a second, one figure a round. */
  readonly alone: readonly number[];
  readonly beside: readonly number[];
  /** What is left of the rate. */
  readonly share: number;
}

const LOOK_MS = 50;

/** What sending at full rate loses to an import in the same process: alone and beside one in turns. */
export async function runBeside(options: BesideOptions): Promise<Beside> {
  const { messages, connections, rounds, campaign } = options;
  const sink = await startSink(options.sink, options.program);
  const rates = { alone: [] as number[], beside: [] as number[] };
  const send = async (into: number[], words: string) => {
    const { seconds } = await campaign.send(sink.port, messages, connections);
    into.push(Math.round(messages / seconds));
    options.onStep?.(`sending ${words}: ${Math.round(messages / seconds).toLocaleString('en')} messages/s`);
  };
  try {
    for (let round = 0; round < rounds; round++) {
      await send(rates.alone, 'alone');
      await duringImport(options, () => send(rates.beside, 'beside an import'));
    }
  } finally {
    await sink.stop();
  }
  return { messages, ...rates, share: Math.round((median(rates.beside) / median(rates.alone)) * 100) / 100 };
}

/** Throws when the import has ended before the work: then it would have been measured without one. */
async function duringImport({ postrider, file }: BesideOptions, work: () => Promise<void>): Promise<void> {
  const { core } = postrider;
  const caller: Caller = { workspaceId: postrider.workspaceId, role: 'owner', userId: null };
  const { importId } = await startImportFromFile(core, caller, { path: file });
  while ((await getImport(core, caller, importId)).total === 0) await sleep(LOOK_MS);
  await work();
  const { state } = await cancelImport(core, caller, importId);
  if (state !== 'cancelled') throw new Error('The import ended before the sending: measure with more rows.');
}
