import path from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { printReport } from '../../bench/chaos/chaos-report.ts';
import { serveFaultySinks } from '../../bench/chaos/faulty-sink-process.ts';
import { ChaosInterrupted, runChaos } from '../../bench/chaos/run-chaos.ts';
import { PROVIDER_KINDS } from '../../bench/providers/provider-kinds.ts';
import { MOST_PER_CONNECTION } from '../engine/in-flight-window.ts';
import { UNKNOWN_PER_CONNECTION } from '../engine/lane.ts';
import { packageRoot } from '../lib/package-root.ts';
import { EXIT } from './exit-codes.ts';
import { wholeNumber } from './whole-number.ts';

interface ChaosFlags {
  readonly recipients: number;
  readonly faults: number;
  readonly seed?: number;
  readonly connections: number;
  readonly workers: number;
  readonly within: number;
  readonly provider: string;
  readonly json?: boolean;
}

const LEASE_MS = 5000;
/** The first account's minute binds for much of the run, the second's hardly. */
const ACCOUNTS = [
  { perSecond: 400, perMinute: 12_000 },
  { perSecond: 400, perMinute: 21_000 },
] as const;

const WAYS: readonly string[] = ['smtp', ...PROVIDER_KINDS.map(({ type }) => type)];

function oneOfWays(text: string): string {
  if (text === 'all' || WAYS.includes(text)) return text;
  throw new InvalidArgumentError(`It is one of ${WAYS.join(', ')}, all.`);
}

export function chaosCommand(): Command {
  return new Command('chaos')
    .description(
      'prove the promises: a campaign on this machine under a random mix of faults, compared with what arrived',
    )
    .option('--recipients <n>', 'size of the campaign', wholeNumber, 20_000)
    .option('--faults <n>', 'how many faults', wholeNumber, 20)
    .option('--seed <n>', 'of the faults: the same number gives the same ones; printed', wholeNumber)
    .option('--workers <n>', 'worker processes', wholeNumber, 2)
    .option('--connections <n>', 'SMTP connections of each worker to each of the two receiving servers', wholeNumber, 5)
    .option('--provider <name>', `what the accounts send over: ${WAYS.join(', ')}, or all of them`, oneOfWays, 'smtp')
    .option('--within <seconds>', 'gives up after this long', wholeNumber, 1800)
    .option('--json', 'print the report as JSON')
    .action(runCommand);
}

export function chaosSinkCommand(): Command {
  return new Command('chaos-sink').description('the receiving side of "chaos", started by it').action(serveFaultySinks);
}

async function runCommand(flags: ChaosFlags): Promise<void> {
  try {
    await chaos(flags);
  } catch (error) {
    if (!(error instanceof ChaosInterrupted)) throw error;
    console.error(error.message);
    process.exitCode = EXIT.interrupted;
  }
}

async function chaos(flags: ChaosFlags): Promise<void> {
  if (process.platform !== 'linux') throw new Error('chaos needs the /proc of Linux to kill and to stop processes.');
  const { recipients, faults, workers, connections, provider } = flags;
  const ways = provider === 'all' ? WAYS : ACCOUNTS.map(() => provider);
  const report = await runChaos({
    recipients,
    faults,
    workers,
    connections,
    seed: flags.seed ?? 1 + Math.floor(Math.random() * 999_999),
    accounts: ways.map((_, i) => ACCOUNTS[i % ACCOUNTS.length] ?? ACCOUNTS[0]),
    ways,
    unknownPerConnection: UNKNOWN_PER_CONNECTION,
    inFlightPerConnection: MOST_PER_CONNECTION,
    leaseMs: LEASE_MS,
    withinMs: flags.within * 1000,
    program: [process.execPath, path.join(packageRoot(), 'dist/cli.mjs')],
    environment: { PATH: process.env.PATH, HOME: process.env.HOME },
    signal: interruption(),
    onStep: (line) => console.error(line),
  });
  if (flags.json) console.log(JSON.stringify(report));
  else printReport(report);
  const isWhole = report.verdicts.every(({ held }) => held) && report.ownEnds.length === 0;
  if (!isWhole || report.notInjected.length > 0) process.exitCode = EXIT.nothingStarted;
}

/** Every Ctrl-C only asks: cleaning up takes a moment, and must not be cut short. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => controller.abort());
  return controller.signal;
}
