import { type Claim, listStale, type WantedClaim } from '../db/progress-tracking.ts';
import { messageOf } from '../errors.ts';
import type { LiveEvent, ProgressEvent } from '../events/bus.ts';
import type { Core } from './context.ts';
import { hasEnded, trackOperations } from './progress-tracking.ts';

/** An operation in full flight that somebody watches is looked at this often: 4 % a second are steps of 0.4 %. */
const FAST_MS = 100;
/** One that nobody watches here, or that moves slowly: less than `STEP_PERCENT` since it was looked at last. */
const SLOW_MS = 500;
/**
 * Where looks take long, the rest of the time is for others: at most a third of it is spent looking. By the quickest of the
 * last few: one look that a disk held up says nothing of the next, and waiting thrice as long for it skipped percentages.
 */
const SHARE = 3;
const LOOKS_REMEMBERED = 4;
const STEP_PERCENT = 0.4;
/** What moves without anybody telling (a rate that falls), and events lost with a connection. */
const REFRESH_MS = 5000;
const AFTER_FAILURE_MS = 1000;
const SOONEST_MS = 10;
/** So many operations are looked at together: one round of a handful of statements. */
const MOST_AT_ONCE = 50;

/** An operation of which this node heard that it changed, and that it has not seen told since. */
interface Pending {
  /** Null: something happened since the database was asked the time. */
  dirtyAt: string | null;
  /** By performance.now(). */
  dueAt: number;
  /** Grows with every event, so that one that comes meanwhile is noticed. */
  events: number;
  moved: number;
  /** Something else than a number changed. */
  urgent: boolean;
}

/** What is known of an operation from the last time it was told. */
interface Told {
  readonly at: number;
  readonly total: number;
  readonly workspaceId: string;
}

/**
 * Turns "this changed" into "this is what it is now" (docs/adr/0013). Runs in every API node; claims in the database see to
 * it that one of them does the work, and the others come back to see whether it was done. One look at a time, so that a node
 * with a hundred campaigns under way tells of each less often instead of keeping the database busy.
 */
export class ProgressProjector {
  readonly #core: Pick<Core, 'db' | 'events' | 'log'>;
  readonly #isWatched: (workspaceId: string) => boolean;
  readonly #pending = new Map<string, Pending>();
  readonly #told = new Map<string, Told>();
  #timer: NodeJS.Timeout | null = null;
  #refresh: NodeJS.Timeout | null = null;
  #unsubscribe: (() => void) | null = null;
  #working: Promise<void> | null = null;
  #looking: Promise<void> | null = null;
  readonly #lookMs = [0];

  /** `isWatched`: whether somebody is told by this node what happens in a workspace. */
  constructor(core: Pick<Core, 'db' | 'events' | 'log'>, isWatched: (workspaceId: string) => boolean) {
    this.#core = core;
    this.#isWatched = isWatched;
  }

  start(): void {
    if (this.#unsubscribe) return;
    this.#unsubscribe = this.#core.events.subscribe((event) => this.#note(event));
    this.#refresh = setInterval(() => this.#beginToLook(), REFRESH_MS);
    this.#refresh.unref();
    this.#beginToLook();
  }

  /** Resolves when nothing of it uses the database any more. */
  async close(): Promise<void> {
    this.#unsubscribe?.();
    this.#unsubscribe = null;
    if (this.#refresh) clearInterval(this.#refresh);
    if (this.#timer) clearTimeout(this.#timer);
    this.#refresh = null;
    this.#timer = null;
    this.#pending.clear();
    this.#told.clear();
    await Promise.all([this.#working, this.#looking]);
  }

  #note(event: LiveEvent): void {
    if (event.kind === 'progress') this.#noteTold(event);
    else if (event.kind === 'campaign' || event.kind === 'import' || event.kind === 'contacts')
      this.#noteChange(event.id, event.moved);
  }

  #noteTold({ id, workspaceId, operation }: ProgressEvent): void {
    if (operation && hasEnded(operation)) this.#told.delete(id);
    else this.#told.set(id, { at: performance.now(), total: operation?.total ?? 0, workspaceId });
    const pending = this.#pending.get(id);
    // Whether that was all of it, the database knows: it is asked once more.
    if (pending) Object.assign(pending, { moved: 0, urgent: false, dueAt: this.#dueAt(id, false) });
  }

  #noteChange(id: string, moved: number | undefined): void {
    const known = this.#pending.get(id);
    const pending = known ?? { dirtyAt: null, dueAt: Number.POSITIVE_INFINITY, events: 0, moved: 0, urgent: false };
    pending.events++;
    pending.dirtyAt = null;
    pending.moved += moved ?? 0;
    pending.urgent ||= moved === undefined;
    pending.dueAt = Math.min(pending.dueAt, this.#dueAt(id, this.#isFast(id, pending)));
    this.#pending.set(id, pending);
    this.#schedule();
  }

  #isFast(id: string, { urgent, moved }: Pending): boolean {
    const told = this.#told.get(id);
    if (urgent || !told || told.total === 0) return true;
    return (moved / told.total) * 100 >= STEP_PERCENT && this.#isWatched(told.workspaceId);
  }

  #dueAt(id: string, fast: boolean): number {
    const told = this.#told.get(id);
    return told ? told.at + this.#interval(fast) : 0;
  }

  #interval(fast: boolean): number {
    return fast ? Math.min(SLOW_MS, Math.max(FAST_MS, SHARE * Math.min(...this.#lookMs))) : SLOW_MS;
  }

  #schedule(): void {
    if (this.#working || !this.#unsubscribe || this.#pending.size === 0) return;
    let next = Number.POSITIVE_INFINITY;
    for (const { dueAt } of this.#pending.values()) next = Math.min(next, dueAt);
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#begin(), Math.max(0, next - performance.now()));
    this.#timer.unref();
  }

  #begin(): void {
    this.#working ??= this.#work().finally(() => {
      this.#working = null;
      this.#schedule();
    });
  }

  /** Those that have been due the longest. */
  async #work(): Promise<void> {
    const now = performance.now();
    const due = [...this.#pending].filter(([, { dueAt }]) => dueAt <= now);
    due.sort(([, a], [, b]) => a.dueAt - b.dueAt);
    const looks = due
      .slice(0, MOST_AT_ONCE)
      .map(([id, pending]) => new Look(id, pending, this.#interval(this.#isFast(id, pending))));
    if (looks.length === 0) return;
    try {
      const claims = new Map((await trackOperations(this.#core, looks)).map((claim) => [claim.id, claim]));
      this.#remember(performance.now() - now);
      for (const look of looks) this.#settle(look, claims.get(look.id));
    } catch (error) {
      this.#core.log.debug({ err: messageOf(error) }, 'progress could not be told; it is tried again');
      for (const look of looks) look.putOff(AFTER_FAILURE_MS);
    }
  }

  #remember(lookMs: number): void {
    this.#lookMs.push(lookMs);
    if (this.#lookMs.length > LOOKS_REMEMBERED) this.#lookMs.shift();
  }

  #settle(look: Look, claim: Claim | undefined): void {
    const isDone = !claim || claim.claimedAt !== null || claim.clean;
    if (!isDone) look.putOff(Math.max(SOONEST_MS, claim.waitMs), claim.now);
    else if (look.isCurrent) this.#pending.delete(look.id);
    else look.pending.dueAt = performance.now() + this.#interval(this.#isFast(look.id, look.pending));
  }

  #beginToLook(): void {
    this.#looking ??= this.#lookForStale().finally(() => {
      this.#looking = null;
    });
  }

  async #lookForStale(): Promise<void> {
    try {
      for (const { id, now } of await listStale(this.#core.db.pool, null, REFRESH_MS * 0.9)) {
        if (this.#pending.has(id)) continue;
        this.#pending.set(id, { dirtyAt: now, dueAt: 0, events: 0, moved: 0, urgent: true });
      }
      this.#schedule();
    } catch (error) {
      this.#core.log.debug({ err: messageOf(error) }, 'progress could not be refreshed; it is tried again');
    }
  }
}

/** One try at a pending operation: what was known when it began, to tell it from what comes meanwhile. */
class Look implements WantedClaim {
  readonly id: string;
  readonly intervalMs: number;
  readonly dirtyAt: string | null;
  readonly pending: Pending;
  readonly #events: number;
  readonly #moved: number;
  readonly #urgent: boolean;

  constructor(id: string, pending: Pending, intervalMs: number) {
    this.id = id;
    this.intervalMs = Math.round(intervalMs);
    this.dirtyAt = pending.dirtyAt;
    this.pending = pending;
    this.#events = pending.events;
    this.#moved = pending.moved;
    this.#urgent = pending.urgent;
    Object.assign(pending, { moved: 0, urgent: false });
  }

  /** Nothing has happened to it since. */
  get isCurrent(): boolean {
    return this.pending.events === this.#events;
  }

  /** It stays pending. `now` is the time that the database gave. */
  putOff(ms: number, now: string | null = null): void {
    const { pending } = this;
    if (this.isCurrent) pending.dirtyAt ??= now;
    pending.moved += this.#moved;
    pending.urgent ||= this.#urgent;
    pending.dueAt = performance.now() + ms;
  }
}
