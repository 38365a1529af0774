import type { AccountRow } from '../db/accounts.ts';
import type { Executor } from '../db/database.ts';
import { permitOwner } from '../db/permits.ts';
import { listSendingUsers } from '../db/workspace-users.ts';
import type { PermitWindow } from '../domain/permit-window.ts';
import { userWindows } from './account-settings.ts';

/** What the users of an account may send together, and whose permits say what they have. */
export interface UserCapacity {
  readonly windows: readonly PermitWindow[];
  readonly owners: readonly string[];
}

/** Of every account that has users, by its id. They take even turns, so together they are one account with the sum of their limits. */
export async function userCapacities(
  db: Executor,
  accounts: readonly AccountRow[],
  buffer: number,
): Promise<ReadonlyMap<string, UserCapacity>> {
  const withUsers = accounts.filter(({ type }) => type === 'gmail');
  const users = await listSendingUsers(
    db,
    withUsers.map(({ id }) => id),
  );
  return new Map(
    withUsers.map((account) => {
      const own = users.filter(({ accountId }) => accountId === account.id);
      const windows = sumOf(own.map((user) => userWindows(account, user, buffer)));
      return [account.id, { windows, owners: own.map(({ id }) => permitOwner.user(id)) }];
    }),
  );
}

function sumOf(windows: ReadonlyArray<readonly PermitWindow[]>): PermitWindow[] {
  const sums = new Map<number, PermitWindow>();
  for (const window of windows.flat()) {
    const before = sums.get(window.widthMs)?.allowed ?? 0;
    sums.set(window.widthMs, { ...window, name: `${window.name} of its users`, allowed: before + window.allowed });
  }
  return [...sums.values()];
}
