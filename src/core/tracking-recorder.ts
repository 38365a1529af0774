import { type HitContext, listHitContexts, markBursts } from '../db/copies.ts';
import { judge, TIMING_RULES } from '../domain/machine-rules.ts';
import type { RecipientRef } from '../domain/tokens.ts';
import { refusesTracking } from '../domain/tracking-consent.ts';
import { uuid7 } from '../lib/uuid7.ts';
import type { Core } from './context.ts';
import { type FeedbackCore, type FeedbackEvent, takeFeedback } from './feedback.ts';
import { TrackingSpool } from './tracking-spool.ts';

/** An opening or a click that was answered. */
export interface TrackedHit {
  readonly type: 'opened' | 'clicked';
  readonly ref: RecipientRef;
  /** Of a click. */
  readonly link?: number;
  readonly url?: string;
  readonly agent: string | null;
  readonly ip: string;
}

interface KeptHit extends Omit<TrackedHit, 'ip'> {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Not in what a process left behind: addresses are not written to files. */
  readonly ip?: string;
}

const FLUSH_MS = 1000;
const MOST_AT_ONCE = 500;
/** Beyond this, hits are answered and not counted. */
const MOST_WAITING = 20_000;
const LEFTOVERS_EVERY_MS = 60_000;

/**
 * Writes openings and clicks in batches, so that a reader never waits for the database. An entry is in a file before its
 * answer leaves (tracking-spool.ts), and in the database about a second later.
 */
export class TrackingRecorder {
  readonly #core: FeedbackCore & Pick<Core, 'log'>;
  readonly #spool: TrackingSpool;
  #waiting: KeptHit[] = [];
  #timer: NodeJS.Timeout | null = null;
  #flushing: Promise<void> = Promise.resolve();
  #lookedAt = 0;
  #lost = 0;

  constructor(core: FeedbackCore & Pick<Core, 'log' | 'dataDir'>) {
    this.#core = core;
    this.#spool = new TrackingSpool(core.dataDir);
  }

  /** Never throws: what cannot be counted is answered all the same. */
  add({ ip, ...hit }: TrackedHit): void {
    if (this.#waiting.length >= MOST_WAITING) {
      this.#lose();
      return;
    }
    const kept = { ...hit, id: uuid7(), at: Date.now() };
    try {
      this.#spool.add(kept);
    } catch (error) {
      this.#core.log.error({ err: error }, 'clicks cannot be noted on disk: a kill would lose the last second of them');
    }
    this.#waiting.push({ ...kept, ip });
    this.#timer ??= setTimeout(() => void this.flush(), FLUSH_MS);
  }

  /** Writes what waits; what cannot be written waits for the next time. */
  flush(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#flushing = this.#flushing.then(() => this.#write()).catch((error: unknown) => this.#failed(error));
    return this.#flushing;
  }

  /** What processes that were killed had answered and not written. */
  async takeLeftovers(): Promise<void> {
    this.#lookedAt = Date.now();
    for (const { entries, done } of this.#spool.leftovers()) {
      await this.#record(entries as KeptHit[]);
      done();
    }
  }

  async close(): Promise<void> {
    await this.flush();
  }

  async #write(): Promise<void> {
    if (Date.now() - this.#lookedAt > LEFTOVERS_EVERY_MS) await this.takeLeftovers();
    const hits = this.#waiting;
    const volume = this.#spool.turn();
    this.#waiting = [];
    try {
      await this.#record(hits);
    } catch (error) {
      // The file stays as well: if this process ends first, the next one finds it.
      this.#waiting = [...hits, ...this.#waiting];
      throw error;
    }
    volume.done();
  }

  async #record(hits: readonly KeptHit[]): Promise<void> {
    for (let from = 0; from < hits.length; from += MOST_AT_ONCE) {
      const some = hits.slice(from, from + MOST_AT_ONCE);
      const found = await listHitContexts(
        this.#core.db.sql,
        some.map(({ ref }) => ref),
      );
      const contexts = new Map(found.map((context) => [keyOf(context), context]));
      const events = some.flatMap((hit) => eventOf(hit, contexts.get(keyOf(hit.ref))));
      await takeFeedback(this.#core, null, events);
      const clicked = some.filter(({ type }) => type === 'clicked').map(({ ref }) => ref);
      await markBursts(this.#core.db.sql, clicked, { ...TIMING_RULES.burst, why: 'burst' });
    }
  }

  #failed(error: unknown): void {
    this.#core.log.warn({ err: error, waiting: this.#waiting.length }, 'clicks wait for the database');
    this.#timer ??= setTimeout(() => void this.flush(), FLUSH_MS);
    this.#timer.unref();
  }

  #lose(): void {
    this.#lost += 1;
    if (this.#lost % 1000 === 1)
      this.#core.log.error({ lost: this.#lost }, 'too many clicks wait: these are not counted');
  }
}

const keyOf = ({ sendId, seq }: RecipientRef) => `${sendId} ${seq}`;

/** None for a row that is gone, and for who does not want to be followed. */
function eventOf(
  { id, type, ref, link, url, agent, at, ip }: KeptHit,
  context: HitContext | undefined,
): FeedbackEvent[] {
  if (context === undefined || context.refused || refusesTracking({ tracking: context.tracking })) return [];
  const occurredAt = new Date(at);
  const { isMachine, why } = judge({ type, agent, at: occurredAt }, context.sentAt);
  const details = context.keepsDetails ? { agent, ...(ip === undefined ? {} : { ip }) } : {};
  return [
    {
      type,
      source: 'tracking',
      eventId: id,
      occurredAt,
      ref,
      messageId: null,
      recipient: null,
      trusted: true,
      hard: false,
      class: null,
      status: null,
      reply: null,
      response: null,
      ...(isMachine ? { machine: true } : {}),
      ...(link === undefined ? {} : { linkNo: link }),
      data: {
        ...(isMachine ? { machine: true } : {}),
        ...(url === undefined ? {} : { url }),
        ...(why === null ? {} : { why }),
        ...details,
      },
    },
  ];
}
