import fs from 'node:fs/promises';
import type { AlertKind } from '../contract/alerts.ts';
import {
  findLocalDataDirectory,
  listDisabledAccounts,
  listErrorCounts,
  listIdleCampaigns,
  listLostWorkers,
} from '../db/alert-readings.ts';
import { listGuardedCampaigns } from '../db/campaign-guard.ts';
import { listFailingSeries } from '../db/series.ts';
import { listFailedWebhooks } from '../db/webhooks.ts';
import { errorRateOf } from '../domain/alert-rules.ts';
import { answers } from '../lib/redis.ts';
import type { Core } from './context.ts';
import { isReady, within } from './health.ts';

/** One thing that was measured. */
export interface Reading {
  /** Null: it concerns every workspace. */
  readonly workspaceId: string | null;
  readonly kind: AlertKind;
  /** The id of what it is about; empty where there is only one. */
  readonly subject: string;
  readonly value: number;
  /** What is the matter, should it be too much. */
  readonly message: string;
}

export type ReadingCore = Pick<Core, 'db' | 'queues' | 'redis' | 'dataDir'>;

/** What was looked at, and what was found. A kind that could not be measured is missing: its alerts stay as they are. */
export type Readings = ReadonlyMap<AlertKind, readonly Reading[]>;

const WORK_QUEUES = ['campaigns', 'leads-import', 'email-sending', 'email-retry'] as const;
const GIB = 1024 ** 3;
/** Longer than Redis and the database are given to answer: that they do not is a finding. */
const PATIENCE_MS = 5000;

const measures: Readonly<Record<AlertKind, (core: ReadingCore) => Promise<Reading[] | null>>> = {
  'error-rate': errorRates,
  'queue-backlog': queueBacklog,
  'campaign-stalled': stalledCampaigns,
  'campaign-guarded': guardedCampaigns,
  'series-failed': failingSeries,
  'worker-dead': deadWorkers,
  'account-disabled': disabledAccounts,
  'webhook-disabled': disabledWebhooks,
  database: databaseLatency,
  'redis-down': redisDown,
  'disk-full': fullDisks,
};

export async function readAll(core: ReadingCore): Promise<Readings> {
  const found = await Promise.all(
    Object.entries(measures).map(
      async ([kind, measure]) => [kind as AlertKind, await within(measure(core), PATIENCE_MS)] as const,
    ),
  );
  return new Map(found.filter((entry): entry is readonly [AlertKind, Reading[]] => entry[1] !== null));
}

async function errorRates({ db }: ReadingCore): Promise<Reading[]> {
  return (await listErrorCounts(db.sql)).map(({ workspaceId, failed, total }) => ({
    workspaceId,
    kind: 'error-rate',
    subject: '',
    value: errorRateOf(failed, total),
    message: `Of ${total} messages in the last five minutes ${failed} failed or have an unknown outcome.`,
  }));
}

async function queueBacklog({ queues }: ReadingCore): Promise<Reading[]> {
  const depths = await Promise.all(WORK_QUEUES.map((queue) => queues.waiting(queue)));
  const value = depths.reduce((sum, depth) => sum + depth, 0);
  const message = `${value} jobs wait that nobody has taken: start workers, or see whether a queue is paused.`;
  return [{ workspaceId: null, kind: 'queue-backlog', subject: '', value, message }];
}

async function stalledCampaigns({ db }: ReadingCore): Promise<Reading[]> {
  return (await listIdleCampaigns(db.sql)).map(({ id, workspaceId, name }) => ({
    workspaceId,
    kind: 'campaign-stalled',
    subject: id,
    value: 1,
    message: `Nothing happens in the campaign "${name}", although it waits for nothing: see whether workers run.`,
  }));
}

async function guardedCampaigns({ db }: ReadingCore): Promise<Reading[]> {
  return (await listGuardedCampaigns(db.sql)).map(({ id, workspaceId, name, guard }) => ({
    workspaceId,
    kind: 'campaign-guarded',
    subject: id,
    value: 1,
    message: `The campaign "${name}" was ${guard?.level === 'slow' ? 'slowed down' : 'stopped'}. ${guard?.words ?? ''}`,
  }));
}

async function failingSeries({ db }: ReadingCore): Promise<Reading[]> {
  return (await listFailingSeries(db.sql)).map(({ id, workspaceId, name, state, reason }) => ({
    workspaceId,
    kind: 'series-failed',
    subject: id,
    value: 1,
    message: `The series "${name}" could not be sent${state === 'paused' ? ' and has paused itself' : ''}. ${reason ?? ''}`,
  }));
}

async function deadWorkers({ db }: ReadingCore): Promise<Reading[]> {
  return (await listLostWorkers(db.sql)).map(({ id, host, pid }) => ({
    workspaceId: null,
    kind: 'worker-dead',
    subject: id,
    value: 1,
    message: `The worker with process id ${pid} on ${host} is gone, or says nothing any more. Its work is taken over.`,
  }));
}

async function disabledAccounts({ db }: ReadingCore): Promise<Reading[]> {
  return (await listDisabledAccounts(db.sql)).map(({ id, workspaceId, name, stateReason }) => ({
    workspaceId,
    kind: 'account-disabled',
    subject: id,
    value: 1,
    message: `The sending account "${name}" was disabled${stateReason ? `: ${stateReason}` : ''}. Mend what its server speaks of, and resume it.`,
  }));
}

async function disabledWebhooks({ db }: ReadingCore): Promise<Reading[]> {
  return (await listFailedWebhooks(db.sql)).map(({ id, workspaceId, name, stateReason }) => ({
    workspaceId,
    kind: 'webhook-disabled',
    subject: id,
    value: 1,
    message: `The webhook "${name}" was disabled. ${stateReason} Mend the endpoint, enable the webhook and replay what failed.`,
  }));
}

async function databaseLatency(core: ReadingCore): Promise<Reading[] | null> {
  const startedAt = performance.now();
  if (!(await isReady(core))) return null;
  const value = Math.round(performance.now() - startedAt);
  const message = `The database takes ${value} ms to answer a query that asks for nothing.`;
  return [{ workspaceId: null, kind: 'database', subject: '', value, message }];
}

async function redisDown({ redis }: ReadingCore): Promise<Reading[]> {
  const value = redis === null || (await answers(redis)) ? 0 : 1;
  const message =
    'Redis does not answer: queues and live events wait for it. Bring it back; no recipient is lost meanwhile.';
  return [{ workspaceId: null, kind: 'redis-down', subject: '', value, message }];
}

/** The one that the data are on, and the database's where it is here and another one. */
async function fullDisks({ dataDir, db }: ReadingCore): Promise<Reading[]> {
  const directories = [await findLocalDataDirectory(db.sql).catch(() => null), dataDir];
  const disks = new Map<number, Reading>();
  for (const directory of directories) {
    const disk = directory === null ? null : await diskOf(directory);
    if (disk) disks.set(disk.device, disk.reading);
  }
  return [...disks.values()];
}

/** Null for a directory that is not ours to look at. */
async function diskOf(directory: string): Promise<{ device: number; reading: Reading } | null> {
  try {
    const { dev: device } = await fs.stat(directory);
    const { blocks, bavail, bfree, bsize } = await fs.statfs(directory);
    const used = blocks - bfree;
    const value = used / Math.max(1, used + bavail); // as df says it: without what is kept for root
    const left = ((bavail * bsize) / GIB).toFixed(1);
    const message = `The disk of ${directory} is ${Math.round(value * 100)} % full, ${left} GiB are left.`;
    return { device, reading: { workspaceId: null, kind: 'disk-full', subject: directory, value, message } };
  } catch {
    return null;
  }
}
