import type { Core } from '../core/context.ts';
import { listAccountHealth } from '../db/account-health.ts';
import { type AccountRow, listAccountsOfWorkspace } from '../db/accounts.ts';
import { listRunningWorkers } from '../db/workers.ts';
import { getWorkspace } from '../db/workspaces.ts';
import type { DomainLimit } from '../domain/domain-limits.ts';
import { connectionsOf, type WorkerPlace } from '../domain/server-group.ts';
import type { LaneWorkspace } from '../engine/lane-book.ts';
import { laneAccount } from './lane-account.ts';

/** Accounts of a group that has fewer connections than accounts take turns this long. */
const TURN_MS = 30_000;
/** A worker tells every five seconds that it lives. */
const SILENT_MS = 30_000;

/** A workspace as the engine goes by it: its accounts with what is known of their servers, and its domains' limits. */
export async function readLaneWorkspace(
  sql: Core['db']['sql'],
  workspaceId: string,
  workerId: string,
): Promise<LaneWorkspace> {
  const accounts = await listAccountsOfWorkspace(sql, workspaceId);
  const ids = accounts.map((account) => account.id);
  const [health, { settings }, worker] = await Promise.all([
    listAccountHealth(sql, ids),
    getWorkspace(sql, workspaceId),
    placeOf(sql, accounts, workerId),
  ]);
  const members = accounts.map((account) => ({ ...account, active: account.state === 'active' }));
  const connections = connectionsOf(members, worker, Math.floor(Date.now() / TURN_MS));
  return {
    accounts: accounts.map((row) =>
      laneAccount(row, health.get(row.id), connections.get(row.id) ?? row.maxConnections),
    ),
    domainLimits: (settings as { domainLimits?: DomainLimit[] }).domainLimits ?? [],
  };
}

/** Only asked for when accounts share a server: workers share its connections. */
async function placeOf(
  sql: Core['db']['sql'],
  accounts: readonly AccountRow[],
  workerId: string,
): Promise<WorkerPlace> {
  if (accounts.every((account) => account.serverGroup === null)) return { index: 0, count: 1 };
  const running = (await listRunningWorkers(sql)).filter((worker) => worker.silentMs < SILENT_MS);
  const ids = running.map((worker) => worker.id).sort();
  return { index: Math.max(0, ids.indexOf(workerId)), count: Math.max(1, ids.length) };
}
