import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { CampaignStatus } from '../src/contract/campaigns.ts';
import type { RecipientCounts } from '../src/contract/states.ts';
import { CountingSink } from './counting-sink.ts';
import { killTree } from './process-tree.ts';

export interface ChaosOptions {
  readonly recipients: number;
  /** How often the whole process tree, database included, is killed with -9. */
  readonly kills: number;
  /** The program to run as a server: `[node, dist/cli.mjs]`. */
  readonly program: readonly string[];
  /** Environment of that program: PATH and the like. */
  readonly environment: NodeJS.ProcessEnv;
  /** Rows one crash may leave `unknown`, with the connections of the account used here. */
  readonly unknownPerKill: number;
  readonly connections: number;
  readonly onStep?: (line: string) => void;
}

export interface ChaosReport {
  readonly recipients: number;
  readonly kills: number;
  readonly counts: RecipientCounts;
  /** Recipients the receiving server has more than one copy for. */
  readonly duplicates: number;
  /** Recipients without a copy that the ledger does not call failed, unknown, excluded or cancelled. */
  readonly lost: number;
  /** Recipients the ledger calls sent but the receiving server has never seen. */
  readonly sentWithoutCopy: number;
  readonly unknownAllowed: number;
  readonly seconds: number;
  /** Empty when every promise held. */
  readonly broken: readonly string[];
}

/**
 * Sends one campaign while the whole process tree is killed again and again at random moments, and compares the ledger
 * with what the receiving server has: nobody twice, nobody lost, unknown only what was in flight.
 */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const startedAt = Date.now();
  const step = options.onStep ?? (() => {});
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'postrider-chaos-'));
  const sink = new CountingSink(5);
  const server = new Server(options, dataDir);
  try {
    const port = await sink.listen();
    await server.start();
    const jobId = await launch(server, port, options);
    let status = await server.get<CampaignStatus>(`/api/campaigns/status/${jobId}`);
    for (let kill = 1; kill <= options.kills; kill++) {
      await untilAccepted(sink, (options.recipients * kill) / (options.kills + 1), server, jobId);
      server.kill();
      step(`kill ${kill} of ${options.kills} after ${sink.accepted} messages`);
      await server.start();
    }
    while (status.state !== 'completed') {
      await delay(200);
      status = await server.get<CampaignStatus>(`/api/campaigns/status/${jobId}`);
    }
    step(`done: ${JSON.stringify(status.counts)}`);
    const rows = await server.ledger(status.campaignId);
    return judge(options, status.counts, rows, sink.copies, (Date.now() - startedAt) / 1000);
  } finally {
    server.kill();
    await sink.close();
    await delay(200);
    fs.rmSync(dataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

async function launch(server: Server, sinkPort: number, options: ChaosOptions): Promise<string> {
  const account = await server.post<{ id: string }>('/api/accounts', {
    name: 'Counting sink',
    type: 'smtp',
    host: '127.0.0.1',
    port: sinkPort,
    secure: 'none',
    maxConnections: options.connections,
    batchSize: options.connections,
    maxMessagesPerConnection: 10_000,
  });
  const { jobId } = await server.post<{ jobId: string }>('/api/campaigns/send', {
    subject: 'Hello {{firstName}}',
    htmlContent: '<p>Hello {{firstName}}, this is number {{number}}.</p>',
    from: 'Chaos <chaos@sender.test>',
    accountIds: [account.id],
    audience: Array.from({ length: options.recipients }, (_, i) => ({
      email: recipient(i),
      firstName: `Person ${i}`,
      number: i,
    })),
  });
  return jobId;
}

function recipient(i: number): string {
  return `person${i}@example.test`;
}

async function untilAccepted(sink: CountingSink, wanted: number, server: Server, jobId: string): Promise<void> {
  await delay(Math.random() * 100);
  for (let waited = 0; sink.accepted < wanted; waited++) {
    await delay(5);
    if (waited % 200 === 199) {
      const status = await server.get<CampaignStatus>(`/api/campaigns/status/${jobId}`);
      if (status.state === 'completed') return;
    }
  }
}

interface LedgerLine {
  readonly email: string;
  readonly state: string;
}

function judge(
  options: ChaosOptions,
  counts: RecipientCounts,
  rows: readonly LedgerLine[],
  copies: ReadonlyMap<string, number>,
  seconds: number,
): ChaosReport {
  const duplicates = [...copies.values()].filter((count) => count > 1).length;
  const lost = rows.filter(
    (row) => !copies.has(row.email) && !['failed', 'unknown', 'excluded', 'cancelled'].includes(row.state),
  ).length;
  const sentWithoutCopy = rows.filter((row) => row.state === 'sent' && !copies.has(row.email)).length;
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const unknownAllowed = options.kills * options.unknownPerKill;
  const broken = [
    duplicates > 0 ? `${duplicates} recipients have more than one copy` : '',
    lost > 0 ? `${lost} recipients are lost` : '',
    sentWithoutCopy > 0 ? `${sentWithoutCopy} recipients are called sent without a copy` : '',
    rows.length !== options.recipients ? `the ledger has ${rows.length} rows` : '',
    total !== options.recipients ? `the counts add up to ${total}` : '',
    counts.unknown > unknownAllowed ? `${counts.unknown} are unknown, more than ${unknownAllowed}` : '',
    counts.pending + counts.sending + counts.deferred > 0 ? 'some recipients have no final state' : '',
  ].filter(Boolean);
  return {
    recipients: options.recipients,
    kills: options.kills,
    counts,
    duplicates,
    lost,
    sentWithoutCopy,
    unknownAllowed,
    seconds,
    broken,
  };
}

/** The product as a child process, started, killed and started again on one data directory. */
class Server {
  readonly #program: readonly string[];
  readonly #environment: NodeJS.ProcessEnv;
  readonly #dataDir: string;
  readonly #apiKey = randomBytes(24).toString('hex');
  #child: ChildProcess | null = null;
  #url = '';

  constructor(options: Pick<ChaosOptions, 'program' | 'environment'>, dataDir: string) {
    this.#program = options.program;
    this.#environment = options.environment;
    this.#dataDir = dataDir;
  }

  async start(): Promise<void> {
    const [command, ...args] = this.#program;
    if (command === undefined) throw new Error('There is no program to run');
    const child = spawn(command, [...args, 'start', '--port', '0', '--data-dir', this.#dataDir], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...this.#environment, ADMIN_API_KEY: this.#apiKey, SANDBOX: 'false', LOG_LEVEL: 'error' },
    });
    this.#child = child;
    this.#url = await new Promise((resolve, reject) => {
      let said = '';
      const listen = (chunk: Buffer) => {
        said += chunk.toString();
        const url = /listens on (\S+)/.exec(said)?.[1];
        if (url) resolve(url);
      };
      child.stdout?.on('data', listen);
      child.stderr?.on('data', listen);
      child.once('exit', (code) =>
        reject(new Error(`The server ended with code ${code} before it listened:\n${said.slice(-2000)}`)),
      );
    });
  }

  kill(): void {
    if (this.#child?.pid !== undefined) killTree(this.#child.pid);
    this.#child = null;
  }

  async get<T>(route: string): Promise<T> {
    return (await this.#fetch(route, {})).json() as Promise<T>;
  }

  async post<T>(route: string, body: unknown): Promise<T> {
    const init = { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    return (await this.#fetch(route, init)).json() as Promise<T>;
  }

  async ledger(campaignId: string): Promise<LedgerLine[]> {
    const rows: LedgerLine[] = [];
    for (let cursor = ''; ; ) {
      const page = await this.get<{ items: LedgerLine[]; nextCursor: string | null }>(
        `/api/campaigns/${campaignId}/recipients?limit=1000${cursor}`,
      );
      rows.push(...page.items);
      if (page.nextCursor === null) return rows;
      cursor = `&cursor=${page.nextCursor}`;
    }
  }

  async #fetch(route: string, init: RequestInit): Promise<Response> {
    const response = await fetch(this.#url + route, {
      ...init,
      headers: { ...init.headers, authorization: `Bearer ${this.#apiKey}` },
    });
    if (!response.ok) throw new Error(`${route} answered ${response.status}: ${(await response.text()).slice(0, 500)}`);
    return response;
  }
}
