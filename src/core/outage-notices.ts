import { listWorkspaceSettings } from '../db/alert-readings.ts';
import { messageOf } from '../errors.ts';
import { type DeliveryCore, postWebhook } from './alert-delivery.ts';
import type { Outage } from './alert-evaluation.ts';
import { ruleOf, type StoredAlertSettings } from './alert-settings.ts';

interface Notice {
  readonly workspaceId: string;
  readonly settings: StoredAlertSettings;
}

/**
 * A database that is away can be told of by nobody who has to ask it first: so the webhooks are remembered, and told from
 * memory. What is written down of it comes when it is back. Every node tells; the id says that it is the same outage.
 */
export class OutageNotices {
  readonly #core: DeliveryCore;
  #known: Notice[] = [];
  #since: number | null = null;
  readonly #told = new Set<string>();

  constructor(core: DeliveryCore) {
    this.#core = core;
  }

  /** The outage that is about to be over; null: there was none. */
  current(now: number): Outage | null {
    return this.#since === null ? null : { since: this.#since, until: now };
  }

  /** The database answers. `isWritten`: this process has written the outage down. */
  async isBack(isWritten: boolean): Promise<void> {
    if (this.#since !== null) this.#core.log.warn({ since: new Date(this.#since), isWritten }, 'the database is back');
    this.#since = null;
    this.#told.clear();
    const rows = await listWorkspaceSettings(this.#core.db.sql);
    this.#known = rows.map(({ id, settings }) => ({
      workspaceId: id,
      settings: (settings as { alerts?: StoredAlertSettings }).alerts ?? {},
    }));
  }

  /** The database does not answer: whose rule says that it has been long enough is told. */
  async isAway(now: number): Promise<void> {
    this.#since ??= now;
    const seconds = (now - this.#since) / 1000;
    const due = this.#known.filter(({ workspaceId, settings }) => {
      const rule = ruleOf(settings, 'database');
      return rule.enabled && seconds >= rule.forSeconds && !this.#told.has(workspaceId);
    });
    await Promise.all(due.map((notice) => this.#tell(notice, this.#since ?? now)));
  }

  async #tell({ workspaceId, settings }: Notice, since: number): Promise<void> {
    if (!settings.webhook) return;
    const began = new Date(Math.floor(since / 60_000) * 60_000).toISOString();
    const message = `The database does not answer since ${new Date(since).toISOString()}. Nothing is sent until it is back.`;
    const data = { kind: 'database', subject: '', state: 'open', message, workspaceId };
    try {
      await postWebhook(this.#core, settings.webhook, {
        id: `msg_database_${workspaceId}_${began}`,
        type: 'alert.raised',
        data,
      });
      this.#told.add(workspaceId);
    } catch (error) {
      this.#core.log.warn(
        { err: messageOf(error), workspaceId },
        'nobody could be told that the database is away; it is tried again',
      );
    }
  }
}
