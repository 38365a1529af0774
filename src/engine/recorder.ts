import type pg from 'pg';
import { isDatabaseAway, isRetryableConflict } from '../db/database.ts';
import { type OutcomeRow, recordOutcomes } from '../db/hot/record-outcomes.ts';
import { type Deferred, deferred } from '../lib/deferred.ts';
import { sleep } from '../lib/sleep.ts';

export interface Outcome extends OutcomeRow {
  readonly accountId: string;
  readonly campaignId: string;
}

/** What the recorder needs of the world. */
export interface RecorderSources {
  connect(): Promise<pg.PoolClient>;
  /** Told after the ledger has it: for rates and live events. */
  onRecorded(outcomes: readonly Outcome[]): void;
  onError(error: unknown): void;
}

const GROUP = 500;

/**
 * Writes outcomes in groups: whatever has come in while the last group was being written makes the next one. So a
 * group is small when little happens and up to 500 rows at full rate, and a reply is never unrecorded for longer than
 * two statements take. While the database is away outcomes wait here; their rows keep the lanes full, so nothing more
 * is gated.
 */
export class Recorder {
  readonly #sources: RecorderSources;
  #waiting: Array<{ outcome: Outcome; recorded: (kept: boolean) => void }> = [];
  #client: pg.PoolClient | null = null;
  #running: Promise<void> | null = null;
  #idle: Deferred<void> | null = null;
  #givenUp = false;

  constructor(sources: RecorderSources) {
    this.#sources = sources;
  }

  /** `recorded(true)` is called when the ledger has the outcome, `recorded(false)` when it could not be written. */
  add(outcome: Outcome, recorded: (kept: boolean) => void): void {
    this.#waiting.push({ outcome, recorded });
    this.#running ??= this.#run();
  }

  /** Resolves when everything added so far is recorded. */
  async drained(): Promise<void> {
    if (!this.#running) return;
    this.#idle ??= deferred();
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
    await Promise.resolve(); // let what arrives in this turn of the event loop join the first group
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0, GROUP);
      const outcomes = group.map((entry) => entry.outcome);
      const lost = new Set<Outcome>();
      await this.#write(outcomes, lost);
      this.#sources.onRecorded(outcomes);
      for (const entry of group) entry.recorded(!lost.has(entry.outcome));
    }
    this.#running = null;
    this.#idle?.resolve();
    this.#idle = null;
  }

  /** Adds to `lost` what the ledger did not take. */
  async #write(outcomes: readonly Outcome[], lost: Set<Outcome>): Promise<void> {
    for (let failures = 0; ; failures++) {
      try {
        await recordOutcomes(await this.#connection(), outcomes);
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

  /** One outcome the database refuses (which would be our mistake) must not take the other 499 with it. */
  async #writeOneByOne(outcomes: readonly Outcome[], lost: Set<Outcome>, error: unknown): Promise<void> {
    this.#sources.onError(error);
    const [only] = outcomes;
    if (only && outcomes.length === 1) lost.add(only);
    else for (const outcome of outcomes) await this.#write([outcome], lost);
  }

  async #connection(): Promise<pg.PoolClient> {
    if (this.#client) return this.#client;
    const client = await this.#sources.connect();
    await client.query('set synchronous_commit = off');
    this.#client = client;
    return client;
  }

  #dropConnection(error: unknown): void {
    if (!this.#client || isRetryableConflict(error)) return;
    this.#client.release(true);
    this.#client = null;
  }
}
