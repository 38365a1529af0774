import { type Insertable, type Selectable, sql } from 'kysely';
import type { Executor } from './database.ts';
import { escapeLike } from './like.ts';
import type { Memberships, Users } from './schema.generated.ts';

export type UserRow = Selectable<Users>;
/** A person as a member of one workspace. */
export type MemberRow = Pick<UserRow, 'id' | 'email' | 'name' | 'createdAt'> & {
  readonly role: string;
  /** Whether they have a second factor. */
  readonly secondFactor: boolean;
  /** When they last did anything here; null when no session of theirs is left. */
  readonly lastSeenAt: Date | null;
};

/** Null when the address is taken. */
export async function insertUser(db: Executor, user: Insertable<Users>): Promise<UserRow | null> {
  const row = await db
    .insertInto('users')
    .values(user)
    .onConflict((conflict) => conflict.column('emailKey').doNothing())
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}

export async function insertMembership(db: Executor, membership: Insertable<Memberships>): Promise<void> {
  await db
    .insertInto('memberships')
    .values(membership)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function findUserByEmail(db: Executor, emailKey: string): Promise<UserRow | null> {
  const row = await db.selectFrom('users').selectAll().where('emailKey', '=', emailKey).executeTakeFirst();
  return row ?? null;
}

export async function findUser(db: Executor, id: string): Promise<UserRow | null> {
  const row = await db.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirst();
  return row ?? null;
}

/** Null when the address is somebody else's. */
export async function updateUser(
  db: Executor,
  id: string,
  change: { email?: string; emailKey?: string; name?: string | null; passwordHash?: string },
): Promise<UserRow | null> {
  const taken = change.emailKey === undefined ? null : await findUserByEmail(db, change.emailKey);
  if (taken && taken.id !== id) return null;
  return db.updateTable('users').set(change).where('id', '=', id).returningAll().executeTakeFirstOrThrow();
}

export interface MembershipRow {
  readonly workspaceId: string;
  readonly workspaceName: string;
  readonly role: string;
}

/** The workspaces of a person, the one they joined first in front: that is where a login leads. */
export async function listMemberships(db: Executor, userId: string): Promise<MembershipRow[]> {
  return db
    .selectFrom('memberships as m')
    .innerJoin('workspaces as w', 'w.id', 'm.workspaceId')
    .select(['m.workspaceId', 'w.name as workspaceName', 'm.role'])
    .where('m.userId', '=', userId)
    .orderBy('m.createdAt')
    .orderBy('m.workspaceId')
    .execute();
}

export async function findMembership(
  db: Executor,
  userId: string,
  workspaceId: string,
): Promise<{ role: string } | null> {
  const row = await db
    .selectFrom('memberships')
    .select('role')
    .where('userId', '=', userId)
    .where('workspaceId', '=', workspaceId)
    .executeTakeFirst();
  return row ?? null;
}

/** The owners of a workspace, locked: whoever takes one away counts them first. */
export async function lockOwners(tx: Executor, workspaceId: string): Promise<string[]> {
  const rows = await tx
    .selectFrom('memberships')
    .select('userId')
    .where('workspaceId', '=', workspaceId)
    .where('role', '=', 'owner')
    .orderBy('userId')
    .forUpdate()
    .execute();
  return rows.map(({ userId }) => userId);
}

export async function updateMembership(
  db: Executor,
  { workspaceId, userId }: { workspaceId: string; userId: string },
  role: string,
): Promise<void> {
  await db
    .updateTable('memberships')
    .set({ role })
    .where('workspaceId', '=', workspaceId)
    .where('userId', '=', userId)
    .execute();
}

export async function deleteMembership(db: Executor, workspaceId: string, userId: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('memberships')
    .where('workspaceId', '=', workspaceId)
    .where('userId', '=', userId)
    .executeTakeFirst();
  return numDeletedRows > 0;
}

const MEMBER_COLUMNS = [
  'u.id',
  'u.email',
  'u.name',
  'u.createdAt',
  'm.role',
  sql<boolean>`exists (select from totp_secrets t where t.user_id = u.id and t.confirmed_at is not null)
    or exists (select from passkeys p where p.user_id = u.id)`.as('secondFactor'),
  sql<Date | null>`(select max(s.last_seen_at) from sessions s where s.user_id = u.id and s.workspace_id = m.workspace_id)`.as(
    'lastSeenAt',
  ),
] as const;

export async function listMembers(
  db: Executor,
  filter: { workspaceId: string; search?: string; before?: string; limit: number },
): Promise<MemberRow[]> {
  let query = db
    .selectFrom('memberships as m')
    .innerJoin('users as u', 'u.id', 'm.userId')
    .select(MEMBER_COLUMNS)
    .where('m.workspaceId', '=', filter.workspaceId);
  if (filter.search) {
    const pattern = `%${escapeLike(filter.search)}%`;
    query = query.where((eb) => eb.or([eb('u.email', 'ilike', pattern), eb('u.name', 'ilike', pattern)]));
  }
  if (filter.before) query = query.where('u.id', '<', filter.before);
  return query.orderBy('u.id', 'desc').limit(filter.limit).execute();
}

export async function findMember(db: Executor, workspaceId: string, userId: string): Promise<MemberRow | null> {
  const row = await db
    .selectFrom('memberships as m')
    .innerJoin('users as u', 'u.id', 'm.userId')
    .select(MEMBER_COLUMNS)
    .where('m.workspaceId', '=', workspaceId)
    .where('u.id', '=', userId)
    .executeTakeFirst();
  return row ?? null;
}
