import type { Insertable, Selectable } from 'kysely';
import type { Executor } from './database.ts';
import { escapeLike } from './like.ts';
import type { Memberships, Users } from './schema.generated.ts';

export type UserRow = Selectable<Users>;
/** A person as a member of one workspace. */
export type MemberRow = Pick<UserRow, 'id' | 'email' | 'name' | 'createdAt'> & { readonly role: string };

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

/** The workspace a person works in; the oldest when there are several. */
export async function findMembership(
  db: Executor,
  userId: string,
): Promise<{ workspaceId: string; role: string } | null> {
  const row = await db
    .selectFrom('memberships')
    .select(['workspaceId', 'role'])
    .where('userId', '=', userId)
    .orderBy('createdAt')
    .limit(1)
    .executeTakeFirst();
  return row ?? null;
}

export async function listMembers(
  db: Executor,
  filter: { workspaceId: string; search?: string; before?: string; limit: number },
): Promise<MemberRow[]> {
  let query = db
    .selectFrom('memberships as m')
    .innerJoin('users as u', 'u.id', 'm.userId')
    .select(['u.id', 'u.email', 'u.name', 'u.createdAt', 'm.role'])
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
    .select(['u.id', 'u.email', 'u.name', 'u.createdAt', 'm.role'])
    .where('m.workspaceId', '=', workspaceId)
    .where('u.id', '=', userId)
    .executeTakeFirst();
  return row ?? null;
}
