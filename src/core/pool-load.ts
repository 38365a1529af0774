import { listAccountHealth } from '../db/account-health.ts';
import { type AccountRow, listAccountsOfWorkspace } from '../db/accounts.ts';
import { listSpent } from '../db/forecast.ts';
import { permitOwner } from '../db/permits.ts';
import { countDepth, listSendingWorkspaces, readRate } from '../db/worker-pool.ts';
import type { PoolLoad } from '../domain/autoscale.ts';
import { rateLeft } from '../domain/permit-window.ts';
import { accountWindows } from './account-settings.ts';
import type { Core } from './context.ts';

type WorkLoad = Pick<PoolLoad, 'depth' | 'rate' | 'allowed' | 'connections'>;

/** What there is to do, how fast it goes, and what accounts would take. */
export async function readLoad(core: Pick<Core, 'db'>): Promise<WorkLoad> {
  const [depth, rate] = await Promise.all([countDepth(core.db.pool), readRate(core.db.pool)]);
  return { depth, rate, ...(depth === 0 ? UNLIMITED : await limitsOfAccounts(core)) };
}

type AccountLimits = Pick<PoolLoad, 'allowed' | 'connections'>;
const UNLIMITED: AccountLimits = { allowed: Infinity, connections: 0 };

/** Emails a second that the accounts of workspaces with work can take in the coming minute, and their connections. */
async function limitsOfAccounts(core: Pick<Core, 'db'>): Promise<AccountLimits> {
  const { sql, pool } = core.db;
  const workspaces = await listSendingWorkspaces(sql, pool);
  if (workspaces.length === 0) return UNLIMITED; // imports have no limits
  const accounts = (await Promise.all(workspaces.map((id) => listAccountsOfWorkspace(sql, id)))).flat();
  const active = accounts.filter((account) => account.state === 'active');
  const ids = active.map((account) => account.id);
  const owners = ids.map((id) => permitOwner.account(id));
  const [health, spent] = await Promise.all([listAccountHealth(sql, ids), listSpent(pool, owners)]);
  const rateOf = (account: AccountRow) => {
    const trouble = health.get(account.id);
    if (trouble && (trouble.isOpen || trouble.pausedMs > 0)) return 0;
    const own = spent.filter((stretch) => stretch.owner === permitOwner.account(account.id));
    const usedWithin = (widthMs: number) =>
      own.reduce((sum, stretch) => sum + (stretch.agoMs < widthMs ? stretch.permits : 0), 0);
    return rateLeft(accountWindows(account, 0), usedWithin);
  };
  const sum = (of: (account: AccountRow) => number) => active.reduce((total, account) => total + of(account), 0);
  return { allowed: sum(rateOf), connections: sum((account) => account.maxConnections) };
}
