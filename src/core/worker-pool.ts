import type {
  PoolStats,
  StartupBody,
  StartupStatus,
  WorkerInfo,
  Workers,
  WorkersBody,
  WorkersReply,
} from '../contract/workers.ts';
import {
  changePool,
  countDepth,
  listDecisions,
  listLiveManagers,
  type PoolChange,
  readPool,
  readRate,
} from '../db/worker-pool.ts';
import { askWorker, listRecentlySent, listWorkers, noneSent, type WorkerRow } from '../db/workers.ts';
import { AppError, notFound } from '../errors.ts';
import { invalid } from './content.ts';
import type { Core } from './context.ts';

type PoolCore = Pick<Core, 'db' | 'events'>;

const SILENT_MS = 15_000;
const GONE_MS = 15_000;
/** Workers that ended stay on the list this long. */
const ENDED_MS = 10 * 60_000;
const DECISIONS_SHOWN = 60;

/** Every worker of every node, and how many there should be. */
export async function listPool(core: Pick<Core, 'db'>): Promise<Workers> {
  const [rows, recent] = await Promise.all([listWorkers(core.db.sql, ENDED_MS), listRecentlySent(core.db.sql)]);
  const workers = rows.map((row) => show(row, recent.get(row.id) ?? noneSent()));
  return { workers, stats: await poolStats(core, rows) };
}

function show(row: WorkerRow, recent: number[]): WorkerInfo {
  return {
    id: row.id,
    pid: row.pid,
    host: row.host,
    state: row.state === 'running' && row.silentMs > SILENT_MS ? 'silent' : row.state,
    startedAt: row.startedAt.toISOString(),
    heartbeatAt: row.heartbeatAt.toISOString(),
    currentCampaigns: row.state === 'running' ? row.campaigns : [],
    heldLast: row.campaigns,
    sentLastMinute: row.sentLastMinute,
    recent,
    rssMb: Math.round(row.rssMb),
    utilization: Math.round(row.utilization * 100) / 100,
    nodeId: row.managerId,
  };
}

async function poolStats({ db }: Pick<Core, 'db'>, rows: readonly WorkerRow[]): Promise<PoolStats> {
  const [pool, bounds, depth, rate, decisions] = await Promise.all([
    readPool(db.sql),
    readBounds(db.sql),
    countDepth(db.pool),
    readRate(db.pool),
    listDecisions(db.sql, DECISIONS_SHOWN),
  ]);
  return {
    state: pool.state as 'running' | 'stopped',
    mode: pool.pinned === null ? 'automatic' : 'manual',
    running: rows.filter((row) => row.state === 'running' && row.silentMs <= SILENT_MS).length,
    desired: pool.desired,
    reason: pool.reason,
    minWorkers: bounds.min,
    maxWorkers: bounds.max,
    targetThroughput: bounds.target,
    sentLastMinute: rows.reduce((sum, row) => sum + row.sentLastMinute, 0),
    emailsPerSecond: rate,
    queueDepth: depth,
    nodes: bounds.nodes.map(({ id, host, pid, running, desired, minWorkers, maxWorkers }) => ({
      id,
      host,
      pid,
      running,
      desired,
      minWorkers,
      maxWorkers,
    })),
    decisions: decisions.map(({ decidedAt, ...decision }) => ({ at: decidedAt.toISOString(), ...decision })),
  };
}

/** What people set, within what the nodes can run. */
async function readBounds(sql: Core['db']['sql']) {
  const [pool, nodes] = await Promise.all([readPool(sql), listLiveManagers(sql, GONE_MS)]);
  const most = nodes.reduce((sum, node) => sum + node.maxWorkers, 0);
  const least = nodes.reduce((sum, node) => sum + node.minWorkers, 0);
  const max = Math.min(pool.maxWorkers ?? most, most);
  const target = pool.targetThroughput ?? Math.max(0, ...nodes.map((node) => node.targetThroughput));
  return { pool, nodes, max, min: Math.min(pool.minWorkers ?? least, max), target };
}

/** `POST /api/workers`, except create-job. */
export async function controlPool(core: PoolCore, body: WorkersBody): Promise<WorkersReply> {
  const { action, workerId } = body;
  if (action === 'restart') return restart(core, workerId);
  if (action === 'stop' && workerId !== undefined) return removeWorker(core, workerId);
  const { pool, max } = await readBounds(core.db.sql);
  if (action === 'scale' && body.count === null) {
    await change(core, { pinned: null });
    return { action, message: 'The number of workers follows the work again.', desired: pool.desired };
  }
  if (action === 'scale' && body.count === undefined)
    throw invalid('count', 'is missing: how many workers there should be, or null for autoscaling');
  const now = pool.pinned ?? pool.desired;
  const count = body.count ?? 1;
  const wanted = action === 'scale' ? count : action === 'start' ? now + count : Math.max(0, now - count);
  if (wanted > max) throw beyond(wanted, max);
  await change(core, { pinned: wanted, state: 'running' });
  return { action, message: `${words(wanted)} from now on.`, desired: wanted };
}

/** It finishes what is in flight and gives back the rest; no other one takes its place. */
export async function removeWorker(core: PoolCore, workerId: string): Promise<WorkersReply> {
  await ask(core, workerId, 'stop');
  const { pool } = await readBounds(core.db.sql);
  const desired = Math.max(0, (pool.pinned ?? pool.desired) - 1);
  await change(core, { pinned: desired });
  return { action: 'stop', message: 'The worker finishes what is in flight, and ends.', desired, workerId };
}

async function restart(core: PoolCore, workerId: string | undefined): Promise<WorkersReply> {
  const rows = await listWorkers(core.db.sql, 0);
  const which =
    workerId === undefined ? rows.filter((row) => row.state === 'running').map((row) => row.id) : [workerId];
  for (const id of which) await ask(core, id, 'restart');
  core.events.publish({ kind: 'workers', id: 'pool' });
  const message =
    which.length === 1 ? 'The worker is replaced.' : `${which.length} workers are replaced, one after the other.`;
  return { action: 'restart', message, ...(workerId === undefined ? {} : { workerId }) };
}

async function ask(core: PoolCore, workerId: string, asked: 'stop' | 'restart'): Promise<void> {
  if (!(await askWorker(core.db.sql, workerId, asked))) throw notFound('running worker', workerId);
}

/** `POST /api/workers/startup`. */
export async function controlStartup(core: PoolCore, body: StartupBody): Promise<StartupStatus> {
  if (body.action !== 'initialize') {
    await change(core, { state: body.action === 'start' ? 'running' : 'stopped' });
    return startupStatus(
      core,
      body.action === 'start' ? 'The workers start.' : 'The workers finish what is in flight, and end.',
    );
  }
  const { min_workers: min, max_workers: max, target_throughput: target, auto_start: autoStart = true } = body;
  if (min !== undefined && max !== undefined && min > max)
    throw invalid('min_workers', `is ${min}, more than max_workers (${max})`);
  await change(core, {
    ...(min === undefined ? {} : { minWorkers: min }),
    ...(max === undefined ? {} : { maxWorkers: max }),
    ...(target === undefined ? {} : { targetThroughput: target }),
    pinned: null,
    state: autoStart ? 'running' : 'stopped',
  });
  return startupStatus(core, autoStart ? 'Set, and started.' : 'Set. The workers start with the action "start".');
}

export async function startupStatus(core: Pick<Core, 'db'>, message?: string): Promise<StartupStatus> {
  const { pool, min, max, target, nodes } = await readBounds(core.db.sql);
  const running = nodes.reduce((sum, node) => sum + node.running, 0);
  return {
    state: pool.state as 'running' | 'stopped',
    running,
    desired: pool.desired,
    min_workers: min,
    max_workers: max,
    target_throughput: target,
    message: message ?? `${words(running)} at work: ${pool.reason || 'nothing was decided yet'}.`,
  };
}

/** Managers look at once. */
async function change(core: PoolCore, wanted: PoolChange): Promise<void> {
  await changePool(core.db.sql, wanted);
  core.events.publish({ kind: 'workers', id: 'pool' });
}

function words(count: number): string {
  return count === 1 ? 'One worker' : `${count} workers`;
}

function beyond(wanted: number, max: number): AppError {
  return new AppError(
    'VALIDATION',
    `There can be ${max} workers at most, and this asks for ${wanted}. Nothing was changed. Raise max_workers (POST /api/workers/startup) or MAX_WORKERS of the nodes, or add a node.`,
    { details: [{ path: 'count', message: `makes ${wanted}; the most is ${max}` }] },
  );
}
