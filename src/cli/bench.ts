import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Command, Option } from 'commander';
import { type SinkKind, usualSink } from '../../bench/bench-sink.ts';
import { runEndurance } from '../../bench/endurance.ts';
import { runLatency } from '../../bench/latency.ts';
import { OurCampaign } from '../../bench/our-campaign.ts';
import { serveSink } from '../../bench/sink-process.ts';
import { runThroughput } from '../../bench/throughput.ts';
import { packageRoot } from '../lib/package-root.ts';
import { printEndurance, printLatency, printThroughput } from './bench-report.ts';
import { withPostrider } from './run.ts';
import { wholeNumber } from './whole-number.ts';

interface BenchFlags {
  readonly messages: number;
  readonly connections: number;
  readonly rounds: number;
  readonly peers: boolean;
  readonly sink?: SinkKind;
  readonly latency?: number;
  readonly endurance?: number;
  readonly json?: boolean;
}

export function benchCommand(): Command {
  return new Command('bench')
    .description('measure messages a second on this machine, side by side with a nodemailer pool and smtp-source')
    .option('--messages <n>', 'messages a round', wholeNumber, 20_000)
    .option('--connections <n>', 'SMTP connections', wholeNumber, 20)
    .option('--rounds <n>', 'rounds; the median counts', wholeNumber, 3)
    .option('--no-peers', 'ours alone')
    .addOption(
      new Option('--sink <kind>', "the receiving server; by default Postfix's smtp-sink where it is installed").choices(
        ['smtp-sink', 'built-in'],
      ),
    )
    .option('--latency <ms>', 'instead: behind a proxy that adds so much each way', wholeNumber)
    .option('--endurance <n>', 'instead: one campaign of so many, its rate by tenths and its memory', wholeNumber)
    .option('--json', 'print the figures as JSON')
    .action(runBench);
}

export function benchSinkCommand(): Command {
  return new Command('bench-sink').description('the receiving side of "bench", started by it').action(serveSink);
}

async function runBench(flags: BenchFlags): Promise<void> {
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'postrider-bench-'));
  const defaults = { SANDBOX: 'false', LOG_LEVEL: 'error' };
  try {
    await withPostrider({ start: { workers: 'inside' }, overrides: { dataDir }, defaults }, async (postrider) => {
      const program = [process.execPath, path.join(packageRoot(), 'dist/cli.mjs')];
      const onStep = (line: string) => console.error(line);
      // Of the two only the built-in one offers CHUNKING, as Postfix, Exim, Gmail and Outlook do: what a far server is asked for.
      const sink = flags.sink ?? (flags.latency === undefined ? usualSink() : 'built-in');
      const common = { ...flags, sink, program, onStep, campaign: new OurCampaign(postrider) };
      if (flags.latency !== undefined) {
        print(flags, await runLatency({ ...common, delayMs: flags.latency }), printLatency);
      } else if (flags.endurance !== undefined) {
        print(flags, await runEndurance({ ...common, recipients: flags.endurance }), printEndurance);
      } else {
        print(flags, await runThroughput(common), printThroughput);
      }
    });
  } finally {
    fs.rmSync(dataDir, { recursive: true, force: true });
  }
}

function print<T>(flags: BenchFlags, result: T, forPeople: (result: T) => void): void {
  if (flags.json) console.log(JSON.stringify(result));
  else forPeople(result);
}
