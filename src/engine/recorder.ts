import type pg from 'pg';
import { isDatabaseAway, isRetryableConflict } from '../db/database.ts';
import { type OutcomeRow, recordOutcomes } from '../db/hot/record-outcomes.ts';
import { recordSent } from '../db/hot/record-sent.ts';
import { STATE_CODE } from '../domain/recipient-state.ts';
import { type Deferred, deferred } from '../lib/deferred.ts';
import { sleep } from '../lib/sleep.ts';

export interface Outcome extends OutcomeRow {
  readonly accountId: string;
  readonly campaignId: string;
}

/** What the recorder needs of the world. */
export interface RecorderSources {
  connect(): Promise<pg.PoolClient>;
  /** Told after the ledger has it, and how long that took: for rates and live events. */
  onRecorded(outcomes: readonly Outcome[], ms: number): void;
  onError(error: unknown): void;
}

const GROUP = 500;
/** A group this large is worth a statement at once; a smaller one waits a moment for company. */
const WORTH_WRITING = 150;
const GATHER_MS = 15;

/**
 * Writes outcomes in groups of up to 500: a reply is unrecorded for 15 ms and two statements at most. Gathering pays:
 * at full rate, groups of whatever had come in while the last one was written held 18 rows and cost 25 µs a row.
 * While the database is away outcomes wait here; their rows keep the lanes full, so nothing more is gated.
 */
export class Recorder {
  readonly #sources: RecorderSources;
  #waiting: Array<{ outcome: Outcome; recorded: (kept: boolean) => void }> = [];
  #client: pg.PoolClient | null = null;
  #running: Promise<void> | null = null;
  #idle: Deferred<void> | null = null;
  /** Somebody gathers: ended early when there is enough, or everything is to be written now. */
  #gathering: { readonly end: () => void } | null = null;
  #givenUp = false;

  constructor(sources: RecorderSources) {
    this.#sources = sources;
  }

  /** `recorded(true)` is called when the ledger has the outcome, `recorded(false)` when it could not be written. */
  add(outcome: Outcome, recorded: (kept: boolean) => void): void {
    this.#waiting.push({ outcome, recorded });
    this.#running ??= this.#run();
    if (this.#waiting.length >= WORTH_WRITING) this.#gathering?.end();
  }

  /** Resolves when everything added so far is recorded. */
  async drained(): Promise<void> {
    if (!this.#running) return;
    this.#idle ??= deferred();
    this.#gathering?.end();
    await this.#idle.promise;
  }

  /** Stops trying when the database is away; what is not recorded becomes `unknown` at the next start. */
  giveUp(): void {
    this.#givenUp = true;
  }

  close(): void {
    this.#client?.release(true); // its session has asynchronous commits: not for anyone else
    this.#client = null;
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      if (this.#waiting.length < WORTH_WRITING && !this.#idle) await this.#gather();
      const group = this.#waiting.splice(0, GROUP);
      const outcomes = group.map((entry) => entry.outcome);
      const lost = new Set<Outcome>();
      const startedAt = performance.now();
      await this.#write(outcomes, lost);
      this.#sources.onRecorded(outcomes, performance.now() - startedAt);
      for (const entry of group) entry.recorded(!lost.has(entry.outcome));
    }
    this.#running = null;
    this.#idle?.resolve();
    this.#idle = null;
  }

  #gather(): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.#gathering = null;
        resolve();
      };
      const timer = setTimeout(end, GATHER_MS);
      this.#gathering = { end };
    });
  }

  /** Adds to `lost` what the ledger did not take. */
  async #write(outcomes: readonly Outcome[], lost: Set<Outcome>): Promise<void> {
    for (let failures = 0; ; failures++) {
      try {
        await this.#record(outcomes);
        return;
      } catch (error) {
        if (!isDatabaseAway(error) && !isRetryableConflict(error)) return this.#writeOneByOne(outcomes, lost, error);
        this.#dropConnection(error);
        if (this.#givenUp) {
          for (const outcome of outcomes) lost.add(outcome);
          return this.#sources.onError(error);
        }
        if (failures % 20 === 0) this.#sources.onError(error);
        await sleep(Math.min(2000, 50 * 2 ** Math.min(failures, 6)));
      }
    }
  }

  async #record(outcomes: readonly Outcome[]): Promise<void> {
    const client = await this.#connection();
    const sent = outcomes.filter((outcome) => outcome.state === STATE_CODE.sent);
    if (sent.length > 0) await recordSent(client, sent);
    if (sent.length === outcomes.length) return;
    const rest = sent.length === 0 ? outcomes : outcomes.filter((outcome) => outcome.state !== STATE_CODE.sent);
    await recordOutcomes(client, rest);
  }

  /** One outcome the database refuses (which would be our mistake) must not take the other 499 with it. */
  async #writeOneByOne(outcomes: readonly Outcome[], lost: Set<Outcome>, error: unknown): Promise<void> {
    this.#sources.onError(error);
    const [only] = outcomes;
    if (only && outcomes.length === 1) lost.add(only);
    else for (const outcome of outcomes) await this.#write([outcome], lost);
  }

  async #connection(): Promise<pg.PoolClient> {
    if (this.#client) return this.#client;
    this.#client = await this.#sources.connect(); // held from here on: what fails next drops it
    await this.#client.query('set synchronous_commit = off');
    return this.#client;
  }

  #dropConnection(error: unknown): void {
    if (!this.#client || isRetryableConflict(error)) return;
    this.#client.release(true);
    this.#client = null;
  }
}
