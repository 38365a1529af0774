import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parse } from 'csv-parse/sync';
import type { CampaignStatus } from '../../src/contract/campaigns.ts';
import type { RecipientCounts } from '../../src/contract/states.ts';
import type { SinkNote } from './copy-log.ts';
import { faultWords, type PlannedFault } from './fault.ts';
import { planFaults } from './fault-plan.ts';
import { FaultySinkProcess } from './faulty-sink-process.ts';
import { type InjectedFault, Injector } from './injector.ts';
import { type AccountLimit, judge, type LedgerLine, type Verdict } from './judge.ts';
import { Product } from './product.ts';
import { ProductApi } from './product-api.ts';
import { SeededRandom } from './seeded-random.ts';
import { steadyMs } from './steady-clock.ts';
import { Suppressor } from './suppressor.ts';

export interface AccountPace {
  readonly perSecond: number;
  readonly perMinute: number;
}

export interface ChaosOptions {
  readonly recipients: number;
  readonly faults: number;
  /** The same seed gives the same faults at the same numbers of messages. */
  readonly seed: number;
  /** The program to run: `[node, dist/cli.mjs]`. */
  readonly program: readonly string[];
  /** Environment of that program: PATH and the like. */
  readonly environment: NodeJS.ProcessEnv;
  readonly workers: number;
  /** The limits of each sending account; each has a receiving server of its own. */
  readonly accounts: readonly AccountPace[];
  /** Of each account and worker. */
  readonly connections: number;
  /** Rows that the loss of a worker may leave `unknown`, per connection. */
  readonly unknownPerConnection: number;
  /** Rows that may be between gate and record, per connection. */
  readonly inFlightPerConnection: number;
  readonly leaseMs: number;
  /** Gives up on a campaign that does not end. */
  readonly withinMs: number;
  /** Ends the run early; everything is cleaned up. */
  readonly signal: AbortSignal;
  readonly onStep: (line: string) => void;
}

export interface ChaosReport {
  readonly seed: number;
  readonly recipients: number;
  readonly seconds: number;
  readonly counts: RecipientCounts;
  readonly faults: readonly InjectedFault[];
  /** Of the plan, but the campaign had ended: the run proves less than it was asked to. */
  readonly notInjected: readonly PlannedFault[];
  readonly verdicts: readonly Verdict[];
  /** Processes of the product that ended without having been killed. */
  readonly ownEnds: readonly string[];
  /** For each recipient that proves a broken promise: its row, its copies, and what was done to it. */
  readonly evidence: readonly object[];
  /** What the product logged, when a promise was broken. */
  readonly log: string | null;
}

const REPLY_DELAY_MS = 5;
const TIMEOUT_MS = 2000;
/** Many connections are opened anew, so that faults at their beginning have something to break. */
const MESSAGES_A_CONNECTION = 50;
/** Short, so that a refusal for now is tried again within the run; as many as a fault may refuse in a row. */
const RETRY_SECONDS = [1, 1, 2, 2, 3, 3, 4, 4, 5, 5];
const SUPPRESSED_SHARE = 0.05;
const EVIDENCE_AT_MOST = 20;
const PROGRESS_MS = 5000;

/**
 * One campaign under a random mix of faults, several at once, against receiving servers in a process of their own that
 * remember every copy; at the end each promise is judged by comparing what the product says with what they have.
 */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const run = new ChaosRun(options);
  const lastMoment = () => run.endAtOnce();
  process.on('exit', lastMoment);
  try {
    return await run.run();
  } finally {
    await run.end();
    process.off('exit', lastMoment);
  }
}

class ChaosRun {
  readonly #options: ChaosOptions;
  readonly #dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'postrider-chaos-'));
  readonly #product: Product;
  readonly #sink: FaultySinkProcess;
  readonly #api: ProductApi;
  readonly #recipients: readonly string[];
  readonly #startedAt = steadyMs();
  readonly #injected: InjectedFault[] = [];
  readonly #notInjected: PlannedFault[] = [];
  /** What failed in the harness itself. */
  #failure: Error | null = null;
  #jobId = '';

  constructor(options: ChaosOptions) {
    this.#options = options;
    const { program, environment } = options;
    this.#product = new Product({ ...options, dataDir: this.#dataDir });
    this.#sink = new FaultySinkProcess(program, environment);
    this.#api = new ProductApi(this.#product.apiKey, () => this.#product.server.url);
    this.#recipients = Array.from({ length: options.recipients }, (_, i) => `person${i}@example.test`);
  }

  async run(): Promise<ChaosReport> {
    const options = this.#options;
    const ports = await this.#sink.listen(options.accounts.length, REPLY_DELAY_MS);
    await this.#product.start();
    const campaignId = await this.#launch(ports);
    this.#say(`${options.recipients} recipients, ${options.faults} faults, seed ${options.seed}`);
    const random = new SeededRandom(~options.seed);
    const most = Math.ceil(options.recipients * SUPPRESSED_SHARE);
    const suppressor = new Suppressor(this.#api, this.#recipients, most, random);
    suppressor.start();
    const progress = setInterval(() => void this.#sayProgress(), PROGRESS_MS);
    try {
      await this.#injectAll(campaignId);
      await suppressor.stop();
      const counts = await this.#untilSettled();
      return await this.#report(campaignId, counts, suppressor);
    } finally {
      clearInterval(progress);
      await suppressor.stop().catch(() => {});
    }
  }

  async end(): Promise<void> {
    await this.#product.end();
    await this.#sink.stop();
    this.#removeDataDir();
  }

  /** The same without waiting. PostgreSQL ends with the process that started it. */
  endAtOnce(): void {
    this.#product.killProcesses();
    if (this.#sink.pid !== undefined) tryTo(() => process.kill(this.#sink.pid ?? 0, 'SIGKILL'));
    this.#removeDataDir();
  }

  #removeDataDir(): void {
    tryTo(() => fs.rmSync(this.#dataDir, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }));
  }

  async #launch(ports: readonly number[]): Promise<string> {
    const { accounts, connections } = this.#options;
    const accountIds: string[] = [];
    for (const [i, limits] of accounts.entries()) {
      const { id } = await this.#api.post<{ id: string }>('/api/accounts', {
        name: `Receiver ${i + 1}`,
        type: 'smtp',
        host: '127.0.0.1',
        port: ports[i],
        secure: 'none',
        maxConnections: connections,
        batchSize: connections,
        maxMessagesPerConnection: MESSAGES_A_CONNECTION,
        timeoutMs: TIMEOUT_MS,
        limits,
      });
      accountIds.push(id);
    }
    const sent = await this.#api.post<{ jobId: string; campaignId: string }>('/api/campaigns/send', {
      subject: 'Hello {{firstName}}',
      htmlContent: '<p>Hello {{firstName}}, you are {{email}}, number {{number}}.</p>',
      from: 'Chaos <chaos@sender.test>',
      accountIds,
      retry: { delaysSeconds: RETRY_SECONDS },
      audience: this.#recipients.map((email, number) => ({ email, firstName: `Person ${number}`, number })),
    });
    this.#jobId = sent.jobId;
    return sent.campaignId;
  }

  async #injectAll(campaignId: string): Promise<void> {
    const { seed, recipients, faults, accounts, workers, leaseMs, connections, unknownPerConnection } = this.#options;
    const plan = planFaults({ seed, recipients, faults, accounts: accounts.length, workers, leaseMs });
    const unknownPerWorker = accounts.length * connections * unknownPerConnection;
    const injector = new Injector({
      product: this.#product,
      sink: this.#sink,
      api: this.#api,
      campaignId,
      unknownPerWorker,
    });
    const running: Promise<void>[] = [];
    for (const fault of plan) {
      if (!(await this.#untilKept(fault.after))) {
        this.#notInjected.push(fault);
        continue;
      }
      const injecting = injector
        .inject(fault, (kept) => this.#say(`fault ${fault.no} after ${kept} messages: ${faultWords(fault)}`))
        .then((injected) => void this.#injected.push(injected));
      injecting.catch((error: unknown) => {
        this.#failure ??= error instanceof Error ? error : new Error(String(error));
      });
      running.push(injecting);
    }
    await Promise.all(running);
  }

  /** False when the campaign ended before. */
  async #untilKept(wanted: number): Promise<boolean> {
    for (let waited = 0; this.#sink.kept < wanted; waited++) {
      await this.#pulse(10);
      if (waited % 200 === 199 && (await this.#status()).state === 'completed') return false;
    }
    return true;
  }

  /**
   * Everybody has a final state, and keeps it: evidence may come late from a worker that was stopped, or from the
   * journal of one that was killed.
   */
  async #untilSettled(): Promise<RecipientCounts> {
    let seen = '';
    let since = steadyMs();
    for (;;) {
      const { state, counts } = await this.#status();
      const now = JSON.stringify(counts);
      if (state !== 'completed' || now !== seen) since = steadyMs();
      seen = now;
      if (steadyMs() - since > SETTLED_MS) return counts;
      await this.#pulse(200);
    }
  }

  /** Waits, and throws when there is no reason to wait any longer. */
  async #pulse(ms: number): Promise<void> {
    await delay(ms);
    if (this.#failure) throw this.#failure;
    if (this.#options.signal.aborted) throw new ChaosInterrupted();
    if (steadyMs() - this.#startedAt > this.#options.withinMs) {
      const { state, counts, waitingFor } = await this.#status();
      const words = JSON.stringify({ state, counts, waitingFor });
      throw new Error(
        `The campaign did not end within ${this.#options.withinMs / 1000} s: ${words}\n${this.#product.log()}`,
      );
    }
  }

  #status(): Promise<CampaignStatus> {
    return this.#api.get<CampaignStatus>(`/api/campaigns/status/${this.#jobId}`);
  }

  async #report(campaignId: string, counts: RecipientCounts, { suppressed }: Suppressor): Promise<ChaosReport> {
    const { accounts, workers, connections, inFlightPerConnection, seed } = this.#options;
    const csv = await this.#api.text(`/api/campaigns/${campaignId}/recipients?format=csv`);
    const ledger = parse<LedgerLine>(csv, { columns: true, bom: true });
    const received = await this.#sink.received();
    const faults = this.#injected.toSorted((a, b) => a.from - b.from);
    const verdicts = judge({
      audience: this.#recipients,
      counts,
      ledger,
      received,
      faults,
      suppressed,
      outages: this.#product.database.outages,
      limits: limitsOf(accounts),
      inFlightAtMost: workers * accounts.length * connections * inFlightPerConnection,
    });
    const against = [...new Set(verdicts.flatMap(({ recipients }) => recipients.slice(0, EVIDENCE_AT_MOST)))];
    const notes = against.length > 0 ? await this.#sink.notes(against) : [];
    const isWhole = verdicts.every(({ held }) => held) && this.#product.ownEnds.length === 0;
    return {
      seed,
      recipients: this.#recipients.length,
      seconds: (steadyMs() - this.#startedAt) / 1000,
      counts,
      faults,
      notInjected: this.#notInjected,
      verdicts,
      ownEnds: this.#product.ownEnds,
      evidence: against.map((email) => ({
        row: ledger.find((line) => line.email === email) ?? null,
        received: received.filter(({ recipient }) => recipient === email),
        suppressed: suppressed.find(({ recipient }) => recipient === email) ?? null,
        notes: notes.filter((note: SinkNote) => note.recipient === email),
      })),
      log: isWhole ? null : this.#product.log(),
    };
  }

  async #sayProgress(): Promise<void> {
    const { kept } = this.#sink;
    const status = await this.#status().catch(() => null);
    const states = status
      ? Object.entries(status.counts)
          .filter(([, count]) => count > 0)
          .map(([state, count]) => `${count} ${state}`)
      : ['the server does not answer'];
    this.#say(`${kept} kept; ${states.join(', ')}${status?.waitingFor ? `; waits for ${status.waitingFor}` : ''}`);
  }

  #say(line: string): void {
    const at = ((steadyMs() - this.#startedAt) / 1000).toFixed(1).padStart(6);
    this.#options.onStep(`${at} s  ${line}`);
  }
}

/** Longer than the product needs to hear of a worker that is gone. */
const SETTLED_MS = 3000;

/** The run was ended from outside. */
export class ChaosInterrupted extends Error {
  override readonly message = 'The run was interrupted; everything it had started is gone.';
}

function limitsOf(accounts: readonly AccountPace[]): AccountLimit[] {
  return accounts.flatMap(({ perSecond, perMinute }, account) => [
    { account, widthMs: 1000, allowed: perSecond },
    { account, widthMs: 60_000, allowed: perMinute },
  ]);
}

function tryTo(work: () => void): void {
  try {
    work();
  } catch {
    // it is gone already
  }
}
