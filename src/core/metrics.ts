import { type LimitUse, listLimitUse } from '../db/limit-use.ts';
import { listDurations, listEmailTotals, type StoredDuration } from '../db/metrics.ts';
import { countCampaignsByState, countWorkersByState } from '../db/state-counts.ts';
import { Cached } from '../lib/cached.ts';
import { answers } from '../lib/redis.ts';
import { JOB_STATES, type JobState, QUEUE_NAMES, type QueueName } from '../queue/jobs.ts';
import type { Core } from './context.ts';
import { isReady, within } from './health.ts';

/** What Prometheus is told of an installation: counted by the database, the same whichever node is asked. */
export interface MetricsSnapshot {
  readonly isDatabaseUp: boolean;
  readonly redis: 'up' | 'down' | 'disabled';
  readonly emails: Awaited<ReturnType<typeof listEmailTotals>>;
  readonly durations: readonly StoredDuration[];
  readonly queues: readonly QueueDepth[];
  readonly limits: readonly LimitUse[];
  readonly campaigns: ReadonlyMap<string, number>;
  readonly workers: ReadonlyMap<string, number>;
}

interface QueueDepth {
  readonly queue: QueueName;
  readonly state: JobState;
  readonly jobs: number;
}

type MetricsCore = Pick<Core, 'db' | 'queues' | 'redis'>;

const FRESH_MS = 5000;
const EVERY_WORKSPACE = '';
const NOTHING: Omit<MetricsSnapshot, 'redis'> = {
  isDatabaseUp: false,
  emails: [],
  durations: [],
  queues: [],
  limits: [],
  campaigns: new Map(),
  workers: new Map(),
};

/** Snapshots at most five seconds old. What does not answer within two seconds is left out, and said to be down. */
export class MetricsFeed {
  readonly #core: MetricsCore;
  readonly #cached = new Cached((key) => this.#snapshot(key === EVERY_WORKSPACE ? null : key), FRESH_MS);

  constructor(core: MetricsCore) {
    this.#core = core;
  }

  /** Null: of every workspace. */
  read(workspaceId: string | null): Promise<MetricsSnapshot> {
    return this.#cached.get(workspaceId ?? EVERY_WORKSPACE);
  }

  async #snapshot(workspaceId: string | null): Promise<MetricsSnapshot> {
    const { db, redis: client } = this.#core;
    const redis = client === null ? 'disabled' : (await answers(client)) ? 'up' : 'down';
    if (!(await isReady(this.#core))) return { ...NOTHING, redis };
    const [emails, durations, queues, limits, campaigns, workers] = await Promise.all([
      within(listEmailTotals(db.sql, workspaceId)),
      within(listDurations(db.sql)),
      this.#queueDepths(),
      within(listLimitUse(db.pool, workspaceId)),
      within(countCampaignsByState(db.sql, workspaceId)),
      within(countWorkersByState(db.sql)),
    ]);
    return {
      isDatabaseUp: true,
      redis,
      queues,
      emails: emails ?? NOTHING.emails,
      durations: durations ?? NOTHING.durations,
      limits: limits ?? NOTHING.limits,
      campaigns: campaigns ?? NOTHING.campaigns,
      workers: workers ?? NOTHING.workers,
    };
  }

  async #queueDepths(): Promise<QueueDepth[]> {
    const depths = await Promise.all(
      QUEUE_NAMES.map(async (queue) => {
        const counts = await within(this.#core.queues.counts(queue));
        return counts ? JOB_STATES.map((state) => ({ queue, state, jobs: counts[state] })) : [];
      }),
    );
    return depths.flat();
  }
}
