import { type DeliveryCore, deliverDue } from '../core/alert-delivery.ts';
import { type AlertCore, evaluateAlerts } from '../core/alert-evaluation.ts';
import { OutageNotices } from '../core/outage-notices.ts';
import { isDatabaseAway } from '../db/database.ts';

const INTERVALS = { evaluateMs: 15_000, deliverMs: 5000 };

/**
 * Looks for what people should know of every 15 seconds, and tells them. Runs in every process that is no worker itself,
 * because workers are among what it looks at; one process at a time evaluates.
 */
export class AlertWatch {
  readonly #core: AlertCore & DeliveryCore;
  readonly #outages: OutageNotices;
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #running = new Map<string, Promise<void>>();

  constructor(core: AlertCore & DeliveryCore) {
    this.#core = core;
    this.#outages = new OutageNotices(core);
  }

  start({ evaluateMs, deliverMs } = INTERVALS): void {
    this.#every('evaluate', evaluateMs, () => this.#evaluate());
    this.#every('deliver', deliverMs, async () => void (await deliverDue(this.#core)));
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await Promise.all(this.#running.values());
  }

  async #evaluate(): Promise<void> {
    try {
      const isMine = await evaluateAlerts(this.#core, this.#outages.current(Date.now()));
      await this.#outages.isBack(isMine);
    } catch (error) {
      if (!isDatabaseAway(error)) throw error;
      await this.#outages.isAway(Date.now());
    }
  }

  /** A round that takes longer than its interval is not doubled. */
  #every(name: string, ms: number, work: () => Promise<void>): void {
    const round = () => {
      if (this.#running.has(name)) return;
      const running = work()
        .catch((error: unknown) =>
          this.#core.log.debug({ err: error, round: name }, 'a round of alerts failed; another one comes'),
        )
        .finally(() => this.#running.delete(name));
      this.#running.set(name, running);
    };
    const timer = setInterval(round, ms);
    timer.unref();
    this.#timers.push(timer);
  }
}
