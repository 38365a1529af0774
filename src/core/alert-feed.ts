import type { Alert } from '../contract/alerts.ts';
import { type AlertRow, findAlertOfAnyWorkspace, listAlertsChangedWithin } from '../db/alerts.ts';
import { messageOf } from '../errors.ts';
import type { LiveEvent } from '../events/bus.ts';
import { showAlert } from './alerts.ts';
import type { Core } from './context.ts';

/** An alert as it is told to everybody who watches its workspace. */
export interface AlertUpdate {
  readonly alert: Alert;
  /** The alert, written out once for all who watch. */
  readonly json: string;
}

export type AlertListener = (update: AlertUpdate) => void;

/** What was told is remembered for so many alerts: an event may come twice (over Redis and PostgreSQL), or late. */
const REMEMBERED = 1000;

/** Events lost with a connection are made up for by reading what changed lately this often. */
const HEAL_MS = 5000;
const LATELY_MS = 30_000;

/**
 * Alerts as they are raised, acknowledged and cleared, for any number of watchers. Costs nothing while nobody watches. Who
 * begins to watch is not told of the alerts there are, except for those of the last half minute that nobody watched.
 */
export class AlertFeed {
  readonly #core: Pick<Core, 'db' | 'events' | 'log'>;
  readonly #listeners = new Map<string, Set<AlertListener>>();
  readonly #told = new Set<string>();
  #unsubscribe: (() => void) | null = null;
  #heal: NodeJS.Timeout | null = null;
  /** One after the other, so that what comes later is told later. */
  #reading: Promise<void> = Promise.resolve();

  constructor(core: Pick<Core, 'db' | 'events' | 'log'>) {
    this.#core = core;
  }

  /** Calls back with each alert of the workspace whose state changes; returns a function that ends it. */
  subscribe(workspaceId: string, listener: AlertListener): () => void {
    this.#start();
    const listeners = this.#listeners.get(workspaceId) ?? new Set();
    this.#listeners.set(workspaceId, listeners);
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners.get(workspaceId) === listeners) this.#listeners.delete(workspaceId);
    };
  }

  #start(): void {
    if (this.#unsubscribe) return;
    this.#unsubscribe = this.#core.events.subscribe((event) => this.#note(event));
    this.#heal = setInterval(() => this.#read(() => this.#listLately()), HEAL_MS);
    this.#heal.unref();
  }

  /** Resolves when nothing of it uses the database any more. */
  async close(): Promise<void> {
    this.#unsubscribe?.();
    this.#unsubscribe = null;
    if (this.#heal) clearInterval(this.#heal);
    this.#heal = null;
    this.#listeners.clear();
    await this.#reading;
  }

  #note(event: LiveEvent): void {
    if (event.kind === 'alert' && event.state !== undefined) this.#read(() => this.#find(event.id));
  }

  async #find(id: string): Promise<AlertRow[]> {
    const row = await findAlertOfAnyWorkspace(this.#core.db.sql, id);
    return row ? [row] : [];
  }

  #listLately(): Promise<AlertRow[]> {
    return listAlertsChangedWithin(this.#core.db.sql, [...this.#listeners.keys()], LATELY_MS);
  }

  #read(rows: () => Promise<AlertRow[]>): void {
    if (this.#listeners.size > 0) this.#reading = this.#reading.then(() => this.#tell(rows));
  }

  async #tell(rows: () => Promise<AlertRow[]>): Promise<void> {
    if (this.#listeners.size === 0) return;
    try {
      for (const row of await rows()) this.#tellOne(row);
    } catch (error) {
      this.#core.log.debug({ err: messageOf(error) }, 'alerts could not be read; they are read again');
    }
  }

  #tellOne(row: AlertRow): void {
    const listeners = this.#listeners.get(row.workspaceId);
    if (!listeners || !this.#isNews(`${row.id} ${row.state}`)) return;
    const alert = showAlert(row);
    const update = { alert, json: JSON.stringify(alert) };
    for (const listener of listeners) listener(update);
  }

  #isNews(what: string): boolean {
    if (this.#told.has(what)) return false;
    this.#told.add(what);
    const [oldest] = this.#told;
    if (oldest !== undefined && this.#told.size > REMEMBERED) this.#told.delete(oldest);
    return true;
  }
}
