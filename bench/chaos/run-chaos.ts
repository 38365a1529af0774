import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parse } from 'csv-parse/sync';
import type { CampaignStatus } from '../../src/contract/campaigns.ts';
import type { RecipientCounts } from '../../src/contract/states.ts';
import { PROVIDER_KINDS } from '../providers/provider-kinds.ts';
import type { AccountPace, ChaosOptions, ChaosReport } from './chaos-options.ts';
import type { SinkNote } from './copy-log.ts';
import { faultWords, type PlannedFault } from './fault.ts';
import { planFaults } from './fault-plan.ts';
import { FaultySinkProcess } from './faulty-sink-process.ts';
import { type InjectedFault, Injector } from './injector.ts';
import { type AccountLimit, judge, type LedgerLine } from './judge.ts';
import { launchCampaign } from './launch-campaign.ts';
import { Product } from './product.ts';
import { ProductApi } from './product-api.ts';
import { SeededRandom } from './seeded-random.ts';
import { steadyMs } from './steady-clock.ts';
import { Suppressor } from './suppressor.ts';

const REPLY_DELAY_MS = 5;
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
  } catch (error) {
    throw options.signal.aborted ? new ChaosInterrupted() : error;
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
  readonly #over = new AbortController();
  /** What failed in the harness itself. */
  #failure: Error | null = null;
  #jobId = '';

  constructor(options: ChaosOptions) {
    this.#options = options;
    const { program, environment } = options;
    this.#product = new Product({ ...options, dataDir: this.#dataDir });
    this.#sink = new FaultySinkProcess(program, environment);
    this.#api = new ProductApi(this.#product.apiKey, () => this.#product.server.url, this.#over.signal);
    options.signal.addEventListener('abort', () => this.#abandon());
    this.#recipients = Array.from({ length: options.recipients }, (_, i) => `person${i}@example.test`);
  }

  async run(): Promise<ChaosReport> {
    const options = this.#options;
    const ports = await this.#sink.listen(options.ways, REPLY_DELAY_MS);
    await this.#product.start();
    const { accounts, ways, connections } = options;
    const launch = { ports, accounts, ways, connections, recipients: this.#recipients };
    const { jobId, campaignId } = await launchCampaign(this.#api, launch);
    this.#jobId = jobId;
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
      this.#over.abort();
      await suppressor.stop().catch(() => {});
    }
  }

  /** Nothing is waited for any more. */
  #abandon(): void {
    this.#over.abort();
    this.#product.abandon();
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

  /** Messages that one worker may have on the way, answers outstanding: a request of a provider may carry many. */
  get #messagesAtOnce(): number {
    const { ways, connections } = this.#options;
    return ways.reduce((sum, way) => sum + messagesAtOnce(way, connections), 0);
  }

  async #injectAll(campaignId: string): Promise<void> {
    const { seed, recipients, faults, accounts, workers, leaseMs, unknownPerConnection } = this.#options;
    const plan = planFaults({ seed, recipients, faults, accounts: accounts.length, workers, leaseMs });
    const unknownPerWorker = this.#messagesAtOnce * unknownPerConnection;
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
        .inject(fault, (kept) => this.#sayBegins(fault, kept))
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
    const { accounts, workers, ways, connections, inFlightPerConnection, seed } = this.#options;
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
      inFlightAtMost: ways.reduce(
        (sum, way) =>
          sum + workers * Math.max(connections * inFlightPerConnection, 1.5 * messagesAtOnce(way, connections)),
        0,
      ),
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

  #sayBegins(fault: PlannedFault, kept: number): void {
    if (this.#over.signal.aborted) throw new ChaosInterrupted(); // it had waited for its turn
    this.#say(`fault ${fault.no} after ${kept} messages: ${faultWords(fault)}`);
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

/** Messages of one request. */
/** Of one account; users have one connection each. */
function messagesAtOnce(way: string, connections: number): number {
  const kind = PROVIDER_KINDS.find(({ type }) => type === way);
  return (kind?.users ?? connections) * (kind?.maxBatch ?? 1);
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
