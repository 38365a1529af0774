import { type Selectable, sql } from 'kysely';
import type { AccountRow } from './accounts.ts';
import type { Executor } from './database.ts';
import { escapeLike } from './like.ts';
import type { WorkspaceUsers } from './schema.generated.ts';

export type WorkspaceUserRow = Selectable<WorkspaceUsers>;

/** A user who may send, as the engine goes by him. */
export interface SendingUser {
  readonly id: string;
  readonly accountId: string;
  readonly email: string;
  readonly limitPerDay: number | null;
  /** Above 0 while he rests. */
  readonly restMs: number;
  readonly lastError: string | null;
}

const restMs = sql<number>`greatest(0, coalesce(extract(epoch from rest_until - clock_timestamp()) * 1000, 0))::float8`;

/** Users of these accounts who may send, also those who rest. */
export async function listSendingUsers(db: Executor, accountIds: readonly string[]): Promise<SendingUser[]> {
  if (accountIds.length === 0) return [];
  return db
    .selectFrom('workspaceUsers')
    .select(['id', 'email', 'limitPerDay', 'lastError', sql<string>`account_id`.as('accountId'), restMs.as('restMs')])
    .where('accountId', 'in', [...accountIds])
    .where('state', '=', 'active')
    .where('isPaused', '=', false)
    .orderBy('id')
    .execute();
}

export interface UserUseRow extends WorkspaceUserRow {
  /** In rolling windows, with what is in hand. */
  readonly usedDay: number;
  readonly usedHour: number;
}

function selectUse(db: Executor, accountId: string) {
  const used = (within: string) => sql<number>`(coalesce((select sum(u.permits) from permits_used u
      where u.owner = 'user ' || workspace_users.id and u.used_at > now() - ${within}::interval), 0)
    + coalesce((select sum(h.permits) from permits_in_hand h where h.owner = 'user ' || workspace_users.id), 0))::int`;
  return db
    .selectFrom('workspaceUsers')
    .selectAll()
    .select([used('1 day').as('usedDay'), used('1 hour').as('usedHour')])
    .where('accountId', '=', accountId);
}

export async function findUserUse(db: Executor, accountId: string, id: string): Promise<UserUseRow | null> {
  return (await selectUse(db, accountId).where('id', '=', id).executeTakeFirst()) ?? null;
}

/** In the order in which they were found, with what they have sent by their permits. */
export async function listUserPage(
  db: Executor,
  filter: { accountId: string; after?: string; search?: string; limit: number },
): Promise<UserUseRow[]> {
  let query = selectUse(db, filter.accountId);
  if (filter.after !== undefined) query = query.where('id', '>', filter.after);
  if (filter.search) {
    const like = `%${escapeLike(filter.search)}%`;
    query = query.where((eb) => eb.or([eb('email', 'ilike', like), eb('name', 'ilike', like)]));
  }
  return query.orderBy('id').limit(filter.limit).execute();
}

/** How many users of an account are in which state; `paused` are active ones that people paused. */
export async function countUsers(db: Executor, accountId: string): Promise<Map<string, number>> {
  const state = sql<string>`case when state = 'active' and is_paused then 'paused' else state end`;
  const rows = await db
    .selectFrom('workspaceUsers')
    .select([state.as('state'), sql<number>`count(*)::int`.as('users')])
    .where('accountId', '=', accountId)
    .groupBy(state)
    .execute();
  return new Map(rows.map(({ state: name, users }) => [name, users]));
}

export async function changeWorkspaceUser(
  db: Executor,
  accountId: string,
  id: string,
  change: { readonly isPaused?: boolean; readonly limitPerDay?: number | null; readonly restUntil?: null },
): Promise<WorkspaceUserRow | null> {
  const row = await db
    .updateTable('workspaceUsers')
    .set(change)
    .where('accountId', '=', accountId)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}

/** Who could send for so long after a rest begins small again. */
const FORGOTTEN = '1 minute';
const FIRST_REST_MS = 30_000;
const LONGEST_REST_MS = 60 * 60_000;

/**
 * Nothing is sent as this user for a while: as long as Gmail asks, or 30 s; when that happens again right behind a rest, twice as
 * long each time, up to an hour. Messages that are refused together count once. Answers how long.
 */
export async function restUser(db: Executor, id: string, askedMs: number, error: string): Promise<number> {
  const rests = sql<number>`case when rest_until > now() - ${FORGOTTEN}::interval then rests + 1 else 1 end`;
  const growing = sql<number>`least(${LONGEST_REST_MS}::float8, ${FIRST_REST_MS}::float8 * 2 ^ (least(20, ${rests}) - 1))`;
  const ms = sql<number>`case when ${askedMs}::float8 > 0 and ${rests} = 1 then ${askedMs}::float8
    else greatest(${askedMs}::float8, ${growing}) end`;
  await db
    .updateTable('workspaceUsers')
    .set({
      restUntil: sql<Date>`clock_timestamp() + make_interval(secs => ${ms} / 1000.0)`,
      rests,
      lastError: error,
      lastErrorAt: sql<Date>`now()`,
    })
    .where('id', '=', id)
    .where(sql<boolean>`(rest_until is null or rest_until <= clock_timestamp())`)
    .execute();
  const row = await db.selectFrom('workspaceUsers').select(restMs.as('ms')).where('id', '=', id).executeTakeFirst();
  return row?.ms ?? 0;
}

/** Gmail says that he cannot send at all; the next reading of the directory may say otherwise. */
export async function suspendUser(db: Executor, id: string, error: string): Promise<void> {
  await db
    .updateTable('workspaceUsers')
    .set({ state: 'suspended', lastError: error, lastErrorAt: sql<Date>`now()` })
    .where('id', '=', id)
    .where('state', '=', 'active')
    .execute();
}

export interface ReadUser {
  readonly email: string;
  readonly name: string;
  readonly isActive: boolean;
}

/** Users as the directory has them; those that cannot send are only kept in mind where they are known already. */
export async function keepUsers(
  tx: Executor,
  { id, workspaceId }: Pick<AccountRow, 'id' | 'workspaceId'>,
  users: readonly ReadUser[],
): Promise<void> {
  if (users.length === 0) return;
  const column = (pick: (user: ReadUser) => string | boolean) => users.map(pick);
  await sql`
    with read as (
      select * from unnest(${column(({ email }) => email)}::text[], ${column(({ name }) => name)}::text[],
        ${column(({ isActive }) => isActive)}::boolean[]) as r(email, name, is_active)
    ), known as (
      update workspace_users u set name = r.name, synced_at = now(),
        state = case when r.is_active then 'active' else 'suspended' end
      from read r where u.account_id = ${id} and u.email = r.email returning u.email
    )
    insert into workspace_users (workspace_id, account_id, email, name)
    select ${workspaceId}, ${id}, r.email, r.name from read r
    where r.is_active and r.email not in (select email from known) order by r.email`.execute(tx);
}

/** Marks those whom the directory did not name in this transaction; answers how many were not marked before. */
export async function markGone(tx: Executor, accountId: string): Promise<number> {
  const { numUpdatedRows } = await tx
    .updateTable('workspaceUsers')
    .set({ state: 'gone' })
    .where('accountId', '=', accountId)
    .where('state', '<>', 'gone')
    .where('syncedAt', '<', sql<Date>`now()`)
    .executeTakeFirst();
  return Number(numUpdatedRows);
}

/** An account whose directory is due to be read, for `forMs` this caller's alone; null when there is none. */
export async function claimDirectory(db: Executor, forMs: number, accountId?: string): Promise<AccountRow | null> {
  const row = await db
    .updateTable('sendingAccounts')
    .set({ usersNextSyncAt: sql<Date>`now() + make_interval(secs => ${forMs} / 1000.0)` })
    .where('id', 'in', (eb) => {
      const due = eb.selectFrom('sendingAccounts').select('id').where('type', '=', 'gmail');
      const asked =
        accountId === undefined
          ? due.where('state', '=', 'active').where('usersNextSyncAt', '<=', sql<Date>`now()`)
          : due.where('id', '=', accountId);
      return asked.orderBy('usersNextSyncAt').limit(1).forUpdate().skipLocked();
    })
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}

/** How a reading ended; `error` null: well. The account's settings stay as they are, so nothing is opened anew. */
export async function noteDirectoryRead(
  db: Executor,
  accountId: string,
  { error, nextInMs }: { readonly error: string | null; readonly nextInMs: number },
): Promise<void> {
  await db
    .updateTable('sendingAccounts')
    .set({
      usersError: error,
      usersNextSyncAt: sql<Date>`now() + make_interval(secs => ${nextInMs} / 1000.0)`,
      ...(error === null ? { usersSyncedAt: sql<Date>`now()` } : {}),
    })
    .where('id', '=', accountId)
    .execute();
}

/** Addresses of users, by id. */
export async function listUserEmails(db: Executor, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const query = db.selectFrom('workspaceUsers').select(['id', 'email']);
  return new Map((await query.where('id', 'in', [...ids]).execute()).map(({ id, email }) => [id, email]));
}
