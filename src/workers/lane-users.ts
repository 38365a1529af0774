import { userWindows } from '../core/account-settings.ts';
import type { AccountRow } from '../db/accounts.ts';
import type { SendingUser } from '../db/workspace-users.ts';
import type { AccountTrouble, LaneAccount } from '../engine/lane.ts';

/**
 * An account that sends as several users is a lane for each of them: so turns, permits, rests and the way around whoever rests
 * are those of accounts. Without a user it is one lane that cannot be used, and says why.
 */
export function lanesOfUsers(
  account: LaneAccount,
  row: AccountRow,
  users: readonly SendingUser[],
  buffer: number,
): LaneAccount[] {
  if (users.length === 0 && account.active) return [{ ...account, active: false, stateWords: noUsers(row) }];
  if (!account.active) return [account];
  return users.map((user) => {
    const { id, email } = user;
    return {
      ...account,
      key: id,
      user: { id, email, windows: userWindows(row, user, buffer) },
      trouble: longer(account.trouble, restOf(user)),
    };
  });
}

function restOf({ restMs, email, lastError }: SendingUser): AccountTrouble | null {
  if (restMs <= 0) return null;
  return { forMs: restMs, reason: `the rest of ${email} ("${lastError ?? 'a limit'}")`, isOpen: false };
}

/** An open circuit is everybody's: it is not to be forgotten over a rest. */
function longer(a: AccountTrouble | null, b: AccountTrouble | null): AccountTrouble | null {
  if (a === null || b === null) return a ?? b;
  return a.isOpen || a.forMs >= b.forMs ? a : b;
}

function noUsers({ name, usersSyncedAt, usersError }: AccountRow): string {
  if (usersError !== null) return `${name} has no user to send as: ${usersError}`;
  return usersSyncedAt === null
    ? `${name} is about to read its users from the directory`
    : `${name} has no user to send as: all of them are paused, suspended or gone`;
}
