import type { HotExecutor } from '../db/database.ts';
import { addThroughput, type ThroughputRow } from '../db/sends.ts';
import { STATE_CODE } from '../domain/recipient-state.ts';
import type { Outcome } from '../engine/recorder.ts';
import type { EventBus } from '../events/bus.ts';
import type { Logger } from '../lib/logger.ts';
import { CampaignNews } from './campaign-news.ts';

const FLUSH_MS = 500;

/** Adds up what was recorded: rates are written twice a second, the news that a campaign has moved goes out sooner. */
export class ThroughputMeter {
  readonly #db: HotExecutor;
  readonly #workerId: string;
  readonly #news: CampaignNews;
  readonly #log: Logger;
  readonly #timer: NodeJS.Timeout;
  #rows = new Map<string, ThroughputRow & { sent: number; refused: number }>();

  constructor(db: HotExecutor, workerId: string, events: EventBus, log: Logger) {
    this.#db = db;
    this.#workerId = workerId;
    this.#news = new CampaignNews(events);
    this.#log = log;
    this.#timer = setInterval(() => void this.#flush(), FLUSH_MS);
    this.#timer.unref();
  }

  add(outcomes: readonly Outcome[]): void {
    for (const outcome of outcomes) {
      const key = outcome.sendId + outcome.accountId;
      const row = this.#rows.get(key) ?? { sendId: outcome.sendId, accountId: outcome.accountId, sent: 0, refused: 0 };
      if (outcome.state === STATE_CODE.sent) row.sent++;
      else row.refused++;
      this.#rows.set(key, row);
      this.#news.add(outcome.campaignId, 1);
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#flush();
    this.#news.tell();
  }

  async #flush(): Promise<void> {
    if (this.#rows.size === 0) return;
    const rows = [...this.#rows.values()];
    this.#rows = new Map();
    // Rates are a picture, not the ledger: what cannot be written is left out.
    await addThroughput(this.#db, this.#workerId, rows).catch((error: unknown) =>
      this.#log.debug({ err: error }, 'rates not written'),
    );
  }
}
