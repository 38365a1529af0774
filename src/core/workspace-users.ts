import type { Page, PageQuery } from '../contract/common.ts';
import type { WorkspaceUser, WorkspaceUserChange, WorkspaceUserCounts } from '../contract/workspace-users.ts';
import { type AccountRow, findAccount } from '../db/accounts.ts';
import {
  changeWorkspaceUser,
  claimDirectory,
  countUsers,
  findUserUse,
  listUserPage,
  type UserUseRow,
} from '../db/workspace-users.ts';
import { AppError, messageOf, notFound } from '../errors.ts';
import { perUserPerDay } from './account-settings.ts';
import { invalid } from './content.ts';
import type { Caller, Core } from './context.ts';
import { decodeCursor, toPage } from './cursor.ts';
import { readDirectory } from './directory-read.ts';

type UserCore = Pick<Core, 'db' | 'secrets' | 'events' | 'log'>;

const LEASE_MS = 10 * 60_000;

/** The users of an account in the order in which they were found (by address the first time), with what each has sent. */
export async function listWorkspaceUsers(
  core: Pick<Core, 'db'>,
  caller: Caller,
  accountId: string,
  { limit = 50, cursor, search }: PageQuery,
): Promise<Page<WorkspaceUser>> {
  const account = await getGmail(core, caller, accountId);
  const rows = await listUserPage(core.db.sql, {
    accountId,
    limit: limit + 1,
    ...(cursor === undefined ? {} : { after: decodeCursor(cursor, 'string') }),
    ...(search === undefined ? {} : { search }),
  });
  return toPage(
    rows,
    limit,
    (row) => row.id,
    (row) => show(account, row),
  );
}

/** Reads the directory now. Throws ACCOUNT_UNREACHABLE with what Google said. */
export async function syncWorkspaceUsers(
  core: UserCore,
  caller: Caller,
  accountId: string,
): Promise<WorkspaceUserCounts> {
  await getGmail(core, caller, accountId);
  const row = await claimDirectory(core.db.sql, LEASE_MS, accountId);
  if (row) {
    await readDirectory(core, row).catch((error: unknown) => {
      const words = `The users of "${row.name}" could not be read: ${messageOf(error)}`;
      throw new AppError('ACCOUNT_UNREACHABLE', words, { cause: error });
    });
  }
  const counts = await countUsers(core.db.sql, accountId);
  const of = (state: string) => counts.get(state) ?? 0;
  return { active: of('active'), paused: of('paused'), suspended: of('suspended'), gone: of('gone') };
}

/** Sends nothing more as this user until he is resumed; the others go on. */
export function pauseWorkspaceUser(
  core: UserCore,
  caller: Caller,
  accountId: string,
  id: string,
): Promise<WorkspaceUser> {
  return change(core, caller, accountId, id, { isPaused: true });
}

/** Also ends his rest. */
export function resumeWorkspaceUser(
  core: UserCore,
  caller: Caller,
  accountId: string,
  id: string,
): Promise<WorkspaceUser> {
  return change(core, caller, accountId, id, { isPaused: false, restUntil: null });
}

export function limitWorkspaceUser(
  core: UserCore,
  caller: Caller,
  accountId: string,
  id: string,
  { limitPerDay }: WorkspaceUserChange,
): Promise<WorkspaceUser> {
  return change(core, caller, accountId, id, { limitPerDay });
}

async function change(
  core: UserCore,
  caller: Caller,
  accountId: string,
  id: string,
  values: Parameters<typeof changeWorkspaceUser>[3],
): Promise<WorkspaceUser> {
  const account = await getGmail(core, caller, accountId);
  const changed = await changeWorkspaceUser(core.db.sql, accountId, id, values);
  const row = changed && (await findUserUse(core.db.sql, accountId, id));
  if (!row) throw notFound('user of this account', id);
  core.events.publish({ kind: 'account', id: accountId });
  return show(account, row);
}

async function getGmail(core: Pick<Core, 'db'>, { workspaceId }: Caller, id: string): Promise<AccountRow> {
  const account = await findAccount(core.db.sql, workspaceId, id);
  if (!account) throw notFound('sending account', id);
  if (account.type !== 'gmail')
    throw invalid('id', `"${account.name}" is of type ${account.type}: only gmail has users`);
  return account;
}

function show(account: AccountRow, row: UserUseRow): WorkspaceUser {
  const rests = row.restUntil !== null && row.restUntil.getTime() > Date.now();
  return {
    id: row.id,
    email: row.email,
    name: row.name,
    state: (row.state === 'active' && row.isPaused ? 'paused' : row.state) as WorkspaceUser['state'],
    limitPerDay: row.limitPerDay ?? perUserPerDay(account),
    hasOwnLimit: row.limitPerDay !== null,
    usedHour: row.usedHour,
    usedDay: row.usedDay,
    restsUntil: rests ? (row.restUntil?.toISOString() ?? null) : null,
    lastError: row.lastError,
    lastErrorAt: row.lastErrorAt?.toISOString() ?? null,
  };
}
