import type { AccountRow } from '../db/accounts.ts';
import { exchangePermits } from '../db/hot/exchange-permits.ts';
import { permitOwner } from '../db/permits.ts';
import { listSendingUsers, type SendingUser } from '../db/workspace-users.ts';
import { getWorkspace } from '../db/workspaces.ts';
import type { PermitWindow } from '../domain/permit-window.ts';
import { AppError } from '../errors.ts';
import { sleep } from '../lib/sleep.ts';
import { uuid7 } from '../lib/uuid7.ts';
import { accountWindows, userWindows } from './account-settings.ts';
import type { WorkspaceDefaults } from './campaign-schedule.ts';
import type { Core } from './context.ts';

/** Permits for messages outside of campaigns: they count against an account's limits like any other. */
export interface TestPermits {
  /** How many may go. */
  readonly count: number;
  /** As whom, of an account that has users. */
  readonly user: string | undefined;
  /** Every reply is in. */
  used(): Promise<unknown>;
}

interface Owner {
  readonly owner: string;
  readonly windows: PermitWindow[];
  readonly words: string;
}

/** Throws RATE_LIMITED when there is none, and ACCOUNT_UNREACHABLE when an account has no user to send as. */
export async function takePermits(core: Pick<Core, 'db'>, account: AccountRow, wanted: number): Promise<TestPermits> {
  const { settings } = await getWorkspace(core.db.sql, account.workspaceId);
  const buffer = (settings as WorkspaceDefaults).rateLimitBuffer ?? 0;
  const user = account.type === 'gmail' ? await pickUser(core, account) : null;
  const owners: Owner[] = [
    {
      owner: permitOwner.account(account.id),
      windows: accountWindows(account, buffer),
      words: `account "${account.name}"`,
    },
  ];
  if (user) owners.push(ownerOf(user, account, buffer));
  const limited = owners.filter(({ windows }) => windows.length > 0);
  const holder = uuid7();
  let count = wanted;
  const used = () =>
    Promise.all(
      limited.map(({ owner, windows }) =>
        exchangePermits(core.db.pool, { owner, windows, holder, inHand: 0, used: usedNow(count), wanted: 0 }),
      ),
    );
  for (const one of limited) {
    const answer = await take(core, one, holder, count);
    count = answer.count;
    if (count > 0) continue;
    await used(); // what was taken from the others goes back
    throw new AppError('RATE_LIMITED', `The ${answer.name} of ${one.words} is used up. Nothing was sent.`, {
      retryAfterSeconds: Math.max(1, Math.ceil(answer.waitMs / 1000)),
    });
  }
  return { count, user: user?.email, used };
}

function usedNow(permits: number): Array<{ ageMs: number; permits: number }> {
  return permits > 0 ? [{ ageMs: 0, permits }] : [];
}

async function take(
  core: Pick<Core, 'db'>,
  { owner, windows }: Owner,
  holder: string,
  wanted: number,
): Promise<{ count: number; name: string; waitMs: number }> {
  const exchange = { owner, windows, holder, inHand: 0, used: [], wanted };
  const { granted, waitMs, boundBy } = await exchangePermits(core.db.pool, exchange);
  await sleep(Math.ceil(granted.at(-1)?.afterMs ?? 0));
  const count = granted.reduce((sum, { permits }) => sum + permits, 0);
  return { count, name: boundBy?.name ?? 'limit', waitMs: waitMs ?? 1000 };
}

/** One who does not rest: the administrator where he is one of them. */
async function pickUser(core: Pick<Core, 'db'>, { id, name, adminEmail }: AccountRow): Promise<SendingUser> {
  const users = (await listSendingUsers(core.db.sql, [id])).filter(({ restMs }) => restMs === 0);
  const user = users.find(({ email }) => email === adminEmail?.toLowerCase()) ?? users[0];
  if (user) return user;
  throw new AppError(
    'ACCOUNT_UNREACHABLE',
    `The account "${name}" has no user to send as: read its users from the directory, and see whether they are paused or rest.`,
  );
}

function ownerOf(user: SendingUser, account: AccountRow, buffer: number): Owner {
  return { owner: permitOwner.user(user.id), windows: userWindows(account, user, buffer), words: user.email };
}
