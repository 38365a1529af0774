import type { AlertFeed, AlertUpdate } from '../core/alert-feed.ts';
import type { ProgressFeed, ProgressOpening, ProgressUpdate } from '../core/progress-feed.ts';

/** A connection that updates are written to. */
export interface ProgressChannel {
  open(opening: ProgressOpening): void;
  /** False when the other side does not read: then `onDrain` says when it does again. */
  progress(update: ProgressUpdate): boolean;
  /** The same for an alert. It says nothing about how far the subscriber has come with operations. */
  alert(update: AlertUpdate): boolean;
  onDrain(listener: () => void): void;
}

/**
 * One subscriber: what there is first, then every change, and alerts. While it does not read, or is not there yet, the latest
 * update of each operation and alert is kept for it and the others are skipped.
 */
export class ProgressWatcher {
  readonly #feed: ProgressFeed;
  readonly #workspaceId: string;
  readonly #unsubscribe: ReadonlyArray<() => void>;
  #channel: ProgressChannel | null = null;
  /** By operation; null when updates are written as they come. */
  #kept: Map<string, ProgressUpdate> | null = new Map();
  /** By alert, while updates are kept. */
  #keptAlerts = new Map<string, AlertUpdate>();

  constructor(feed: ProgressFeed, alerts: Pick<AlertFeed, 'subscribe'>, workspaceId: string) {
    this.#feed = feed;
    this.#workspaceId = workspaceId;
    this.#unsubscribe = [
      feed.subscribe(workspaceId, (update) => this.#take(update)),
      alerts.subscribe(workspaceId, (update) => this.#takeAlert(update)),
    ];
  }

  /** `after` is the last version that the subscriber has; null when it has nothing. */
  prepare(after: number | null): Promise<ProgressOpening> {
    return this.#feed.open(this.#workspaceId, after);
  }

  begin(channel: ProgressChannel, opening: ProgressOpening): void {
    this.#channel = channel;
    channel.open(opening);
    for (const [id, { version }] of this.#kept ?? [])
      if (version <= (opening.seen.get(id) ?? 0)) this.#kept?.delete(id);
    this.#catchUp();
  }

  close(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    this.#kept = null;
    this.#keptAlerts.clear();
    this.#channel = null;
  }

  #take(update: ProgressUpdate): void {
    if (this.#kept) {
      this.#kept.delete(update.operation.id); // goes to the end: versions leave in their order
      this.#kept.set(update.operation.id, update);
      return;
    }
    if (!this.#channel || this.#channel.progress(update)) return;
    this.#keepBack(this.#channel);
  }

  #takeAlert(update: AlertUpdate): void {
    if (this.#kept) this.#keptAlerts.set(update.alert.id, update);
    else if (this.#channel && !this.#channel.alert(update)) this.#keepBack(this.#channel);
  }

  #keepBack(channel: ProgressChannel): void {
    this.#kept = new Map();
    channel.onDrain(() => this.#catchUp());
  }

  #catchUp(): void {
    const kept = this.#kept;
    const keptAlerts = this.#keptAlerts;
    this.#kept = null;
    this.#keptAlerts = new Map();
    for (const update of keptAlerts.values()) this.#takeAlert(update);
    for (const update of kept?.values() ?? []) this.#take(update);
  }
}

/** The version a subscriber has, from `Last-Event-ID` or `lastEventId`; null for none, or one that cannot be ours. */
export function readVersion(header: unknown, query: string | undefined): number | null {
  const text = typeof header === 'string' ? header : query;
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null;
}
