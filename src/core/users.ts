import type { Page, PageQuery } from '../contract/common.ts';
import type { NewUser, User } from '../contract/users.ts';
import { type Executor, inTransaction } from '../db/database.ts';
import { findMember, insertMembership, insertUser, listMembers, type MemberRow, type UserRow } from '../db/users.ts';
import { AppError, notFound } from '../errors.ts';
import { invalid } from './content.ts';
import { type Caller, type Core, hasRole, type Role } from './context.ts';
import { rowsOfPage, toPage } from './cursor.ts';
import { hashPassword, makeUpPassword } from './passwords.ts';

/** Makes an account for a person in the caller's workspace. Without a password one is made up and answered, once. */
export async function createUser(
  core: Pick<Core, 'db'>,
  caller: Caller,
  wanted: NewUser,
): Promise<User & { generatedPassword?: string }> {
  checkGrant(caller, wanted.role);
  const generated = wanted.password === undefined ? makeUpPassword() : null;
  const passwordHash = await hashPassword(wanted.password ?? generated ?? '');
  const user = await inTransaction(core.db.sql, (tx) =>
    storeUser(tx, caller.workspaceId, { ...wanted, passwordHash }, wanted.role),
  );
  const shown = showUser({ ...user, role: wanted.role });
  return generated === null ? shown : { ...shown, generatedPassword: generated };
}

export interface StoredUser {
  readonly email: string;
  readonly name?: string;
  readonly passwordHash: string;
}

export async function storeUser(tx: Executor, workspaceId: string, user: StoredUser, role: Role): Promise<UserRow> {
  const email = user.email.trim();
  if (!/^[^\s@]+@[^\s@]+$/.test(email)) throw invalid('email', 'is not an email address');
  const row = await insertUser(tx, {
    email,
    emailKey: email.toLowerCase(),
    name: user.name ?? null,
    passwordHash: user.passwordHash,
  });
  if (!row) throw new AppError('NAME_TAKEN', `There is an account for ${email} already. Nothing was changed.`);
  await insertMembership(tx, { workspaceId, userId: row.id, role });
  return row;
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

function showUser(row: MemberRow | (UserRow & { role: string })): User {
  return { id: row.id, email: row.email, name: row.name, role: row.role, createdAt: row.createdAt.toISOString() };
}
