import type { Page, PageQuery } from '../contract/common.ts';
import type { NewUser, User } from '../contract/users.ts';
import { type Executor, inTransaction } from '../db/database.ts';
import { deleteSessionsIn } from '../db/sessions.ts';
import {
  deleteMembership,
  findMember,
  insertMembership,
  insertUser,
  listMembers,
  lockOwners,
  type MemberRow,
  type UserRow,
  updateMembership,
} from '../db/users.ts';
import { AppError, notFound } from '../errors.ts';
import { invalid } from './content.ts';
import { type Caller, type Core, hasRole, type Role } from './context.ts';
import { rowsOfPage, toPage } from './cursor.ts';
import { hashPassword, makeUpPassword } from './passwords.ts';
import { tellAccessChanged } from './sessions.ts';

/** Makes an account for a person in the caller's workspace. Without a password one is made up and answered, once. */
export async function createUser(
  core: Pick<Core, 'db'>,
  caller: Caller,
  wanted: NewUser,
): Promise<User & { generatedPassword?: string }> {
  checkGrant(caller, wanted.role);
  const generated = wanted.password === undefined ? makeUpPassword() : null;
  const own = wanted.name ? [wanted.email, wanted.name] : [wanted.email];
  const passwordHash = await hashPassword(wanted.password ?? generated ?? '', own);
  const user = await inTransaction(core.db.sql, (tx) =>
    storeUser(tx, caller.workspaceId, { ...wanted, passwordHash }, wanted.role),
  );
  const shown = showUser({ ...user, role: wanted.role, secondFactor: false, lastSeenAt: null });
  return generated === null ? shown : { ...shown, generatedPassword: generated };
}

export interface StoredUser {
  readonly email: string;
  readonly name?: string;
  /** Null: they come in by an identity elsewhere. */
  readonly passwordHash: string | null;
}

export async function storeUser(tx: Executor, workspaceId: string, user: StoredUser, role: Role): Promise<UserRow> {
  const { email, emailKey } = readAccountEmail(user.email);
  const row = await insertUser(tx, {
    email,
    emailKey,
    name: user.name ?? null,
    passwordHash: user.passwordHash,
  });
  if (!row) throw new AppError('NAME_TAKEN', `There is an account for ${email} already. Nothing was changed.`);
  await insertMembership(tx, { workspaceId, userId: row.id, role });
  return row;
}

/** The address of an account here; throws VALIDATION. */
export function readAccountEmail(text: string): { email: string; emailKey: string } {
  const email = text.trim();
  if (!/^[^\s@]+@[^\s@]+$/.test(email)) throw invalid('email', 'is not an email address');
  return { email, emailKey: email.toLowerCase() };
}

/** Nobody hands out more than they have. */
export function checkGrant(caller: Caller, role: Role): void {
  if (!hasRole(caller, role)) throw new AppError('FORBIDDEN', `Only an ${role} can give somebody the role ${role}.`);
}

export async function listUsers(core: Pick<Core, 'db'>, caller: Caller, query: PageQuery): Promise<Page<User>> {
  const { limit = 50 } = query;
  const rows = await listMembers(core.db.sql, { workspaceId: caller.workspaceId, ...rowsOfPage(query, limit) });
  return toPage(rows, limit, (row) => row.id, showUser);
}

export async function getUser(core: Pick<Core, 'db'>, caller: Caller, id: string): Promise<User> {
  const member = await findMember(core.db.sql, caller.workspaceId, id);
  if (!member) throw notFound('user', id);
  return showUser(member);
}

type MemberCore = Pick<Core, 'db' | 'events'>;

/** Gives a member another role. Nobody raises anybody above themselves, nor changes who stands above them; one owner is left. */
export async function changeRole(core: MemberCore, caller: Caller, id: string, role: Role): Promise<User> {
  checkGrant(caller, role);
  const changed = await inTransaction(core.db.sql, async (tx) => {
    const member = await lockMember(tx, caller, id);
    if (member.role === 'owner' && role !== 'owner') await checkOwnerLeft(tx, caller, id);
    await updateMembership(tx, { workspaceId: caller.workspaceId, userId: id }, role);
    // What they may do has changed, so their sessions here begin anew; one's own stays with who asks.
    if (id !== caller.userId && member.role !== role) await deleteSessionsIn(tx, id, caller.workspaceId);
    return { ...member, role };
  });
  tellAccessChanged(core, id);
  return showUser(changed);
}

/** Takes somebody out of the workspace; their account, and their other workspaces, stay. */
export async function removeMember(core: MemberCore, caller: Caller, id: string): Promise<User> {
  const removed = await inTransaction(core.db.sql, async (tx) => {
    const member = await lockMember(tx, caller, id);
    if (member.role === 'owner') await checkOwnerLeft(tx, caller, id);
    await deleteMembership(tx, caller.workspaceId, id);
    await deleteSessionsIn(tx, id, caller.workspaceId);
    return member;
  });
  tellAccessChanged(core, id);
  return showUser(removed);
}

/** The owners are locked first, so that two who leave at once do not leave nobody. */
async function lockMember(tx: Executor, caller: Caller, id: string): Promise<MemberRow> {
  await lockOwners(tx, caller.workspaceId);
  const member = await findMember(tx, caller.workspaceId, id);
  if (!member) throw notFound('user', id);
  if (!hasRole(caller, member.role as Role))
    throw new AppError('FORBIDDEN', `Only an ${member.role} can change an ${member.role}. Nothing was changed.`);
  return member;
}

async function checkOwnerLeft(tx: Executor, caller: Caller, id: string): Promise<void> {
  const owners = await lockOwners(tx, caller.workspaceId);
  if (owners.some((owner) => owner !== id)) return;
  throw new AppError(
    'LAST_OWNER',
    'This is the last owner of the workspace. Make somebody else an owner first. Nothing was changed.',
  );
}

function showUser(row: MemberRow): User {
  return {
    id: row.id,
    email: row.email,
    name: row.name,
    role: row.role,
    createdAt: row.createdAt.toISOString(),
    secondFactor: row.secondFactor,
    lastSeenAt: row.lastSeenAt?.toISOString() ?? null,
  };
}
