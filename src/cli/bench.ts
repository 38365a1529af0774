import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Command, Option } from 'commander';
import { type SinkKind, usualSink } from '../../bench/bench-sink.ts';
import { runContacts } from '../../bench/contacts.ts';
import { runDkim } from '../../bench/dkim.ts';
import { runEmails } from '../../bench/emails.ts';
import { runEndurance } from '../../bench/endurance.ts';
import { runImportRate } from '../../bench/import-rate.ts';
import { runLatency } from '../../bench/latency.ts';
import { OurCampaign } from '../../bench/our-campaign.ts';
import { runOverhead } from '../../bench/overhead.ts';
import { runScaling } from '../../bench/scaling.ts';
import { runShares } from '../../bench/shares.ts';
import { serveSink } from '../../bench/sink-process.ts';
import { runThroughput } from '../../bench/throughput.ts';
import { runTokens } from '../../bench/tokens.ts';
import { runTracking } from '../../bench/tracking.ts';
import { packageRoot } from '../lib/package-root.ts';
import { type Postrider, readConfig, startPostrider } from '../main.ts';
import {
  printContacts,
  printDkim,
  printEmails,
  printEndurance,
  printImportRate,
  printLatency,
  printOverhead,
  printScaling,
  printShares,
  printThroughput,
  printTokens,
  printTracking,
} from './bench-report.ts';
import { wholeNumber } from './whole-number.ts';

interface BenchFlags {
  readonly messages: number;
  readonly connections: number;
  readonly rounds: number;
  readonly peers: boolean;
  readonly sink?: SinkKind;
  readonly latency?: number;
  readonly endurance?: number;
  readonly scaling?: number;
  readonly shares?: number;
  readonly import?: number;
  readonly beside: number;
  readonly contacts?: number;
  readonly requests: number;
  readonly emails?: number;
  readonly overhead?: boolean;
  readonly dkim?: boolean;
  readonly tokens?: boolean;
  readonly tracking?: boolean;
  readonly dataDir?: string;
  readonly json?: boolean;
}

/** As many as one request may name. */
const SCALING_RECIPIENTS = 100_000;
const SHARES_RECIPIENTS = 50_000;
const IMPORT_ROWS = 2_000_000;
const CONTACTS = 10_000_000;
const REQUESTS = 200;
const EMAILS = 3000;

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
    .addOption(
      new Option('--scaling [n]', 'instead: worker processes under a campaign of so many, up and down by themselves')
        .argParser(wholeNumber)
        .preset(String(SCALING_RECIPIENTS)),
    )
    .addOption(
      new Option('--shares [n]', 'instead: what each of five campaigns of so many gets of one worker')
        .argParser(wholeNumber)
        .preset(String(SHARES_RECIPIENTS)),
    )
    .addOption(
      new Option('--import [n]', 'instead: a file of so many contacts, beside COPY and INSERT … ON CONFLICT')
        .argParser(wholeNumber)
        .preset(String(IMPORT_ROWS)),
    )
    .option(
      '--beside <n>',
      'with --import: also what sending so many messages at full rate loses meanwhile',
      wholeNumber,
      0,
    )
    .addOption(
      new Option('--contacts [n]', 'instead: pages, searches and counts in a workspace of so many contacts')
        .argParser(wholeNumber)
        .preset(String(CONTACTS)),
    )
    .option('--requests <n>', 'of each kind, with --contacts', wholeNumber, REQUESTS)
    .option('--overhead', 'instead: queues on PostgreSQL against Redis, and measuring against not measuring')
    .option('--dkim', 'instead: campaigns signed with RSA-2048, beside what openssl signs on one core')
    .addOption(
      new Option(
        '--emails [n]',
        'instead: so many single emails, how fast they are accepted, and one beside a campaign',
      )
        .argParser(wholeNumber)
        .preset(String(EMAILS)),
    )
    .option('--tokens', 'instead: refusing forged links (clicks, opens, unsubscribe) and making real ones')
    .option('--tracking', 'instead: campaigns with opens and clicks followed, beside the same without')
    .option('--data-dir <dir>', 'a database that stays, and is measured as it is next time (default: a temporary one)')
    .option('--json', 'print the figures as JSON')
    .action(runBench);
}

export function benchSinkCommand(): Command {
  return new Command('bench-sink')
    .description('the receiving side of "bench", started by it')
    .option('--delay <ms>', 'between a message and its reply', wholeNumber)
    .action(({ delay = 0 }: { readonly delay?: number }) => serveSink(delay));
}

async function runBench(flags: BenchFlags): Promise<void> {
  if (flags.tokens) return print(flags, runTokens(), printTokens);
  if (flags.dataDir !== undefined) return measure(flags, path.resolve(flags.dataDir));
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'postrider-bench-'));
  try {
    await measure(flags, dataDir);
  } finally {
    fs.rmSync(dataDir, { recursive: true, force: true });
  }
}

async function measure(flags: BenchFlags, dataDir: string): Promise<void> {
  const program = [process.execPath, path.join(packageRoot(), 'dist/cli.mjs')];
  const onStep = (line: string) => console.error(line);
  // Of the two only the built-in one offers CHUNKING, as Postfix, Exim, Gmail and Outlook do: what a far server is asked for.
  const sink = flags.sink ?? (flags.latency === undefined ? usualSink() : 'built-in');
  const { latency, endurance, scaling, shares } = flags;
  const tools = { ...flags, sink, program, onStep };
  if (scaling !== undefined) {
    const environment = { PATH: process.env.PATH, HOME: process.env.HOME };
    const options = { program, environment, onStep, dataDir, recipients: scaling };
    return print(flags, await runScaling(options), printScaling);
  }
  if (flags.emails !== undefined) {
    const environment = { PATH: process.env.PATH, HOME: process.env.HOME };
    const options = { program, environment, onStep, dataDir, emails: flags.emails };
    return print(flags, await runEmails(options), printEmails);
  }
  if (flags.overhead) {
    const run = <T>(settings: NodeJS.ProcessEnv, work: (campaign: OurCampaign) => Promise<T>) =>
      withWorker(dataDir, settings, (postrider) => work(new OurCampaign(postrider)));
    return print(flags, await runOverhead({ ...tools, run }), printOverhead);
  }
  await withWorker(dataDir, shares === undefined ? {} : { WORKER_CONCURRENCY: '5' }, async (postrider) => {
    const common = { ...tools, campaign: new OurCampaign(postrider) };
    const { pool } = postrider.core.db;
    if (flags.import !== undefined)
      print(
        flags,
        await runImportRate({ ...common, postrider, dataDir, rows: flags.import, messages: flags.beside }),
        printImportRate,
      );
    else if (flags.contacts !== undefined)
      print(flags, await runContacts({ ...tools, postrider, contacts: flags.contacts }), printContacts);
    else if (flags.tracking) print(flags, await runTracking(common), printTracking);
    else if (flags.dkim) print(flags, await runDkim({ ...common, postrider }), printDkim);
    else if (shares !== undefined) print(flags, await runShares({ ...common, pool, recipients: shares }), printShares);
    else if (latency !== undefined) print(flags, await runLatency({ ...common, delayMs: latency }), printLatency);
    else if (endurance !== undefined)
      print(flags, await runEndurance({ ...common, recipients: endurance }), printEndurance);
    else print(flags, await runThroughput(common), printThroughput);
  });
}

/** The product with one worker in this process; `settings` win over the environment. */
async function withWorker<T>(
  dataDir: string,
  settings: NodeJS.ProcessEnv,
  work: (postrider: Postrider) => Promise<T>,
): Promise<T> {
  const environment = { SANDBOX: 'false', LOG_LEVEL: 'error', ...process.env, ...settings };
  const postrider = await startPostrider(readConfig(environment, { dataDir }), { api: false, workers: 'inside' });
  try {
    return await work(postrider);
  } finally {
    await postrider.stop();
  }
}

function print<T>(flags: BenchFlags, result: T, forPeople: (result: T) => void): void {
  if (flags.json) console.log(JSON.stringify(result));
  else forPeople(result);
}
