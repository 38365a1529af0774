import { sql } from 'kysely';
import type { Executor } from './database.ts';

export interface NewSession {
  readonly tokenHash: Buffer;
  readonly userId: string;
  readonly workspaceId: string;
  readonly seconds: number;
  readonly address: string | null;
  readonly userAgent: string | null;
}

export async function insertSession(db: Executor, { seconds, ...session }: NewSession): Promise<string> {
  const { id } = await db
    .insertInto('sessions')
    .values({ ...session, expiresAt: sql<Date>`now() + make_interval(secs => ${seconds})` })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

export interface SessionView {
  readonly id: string;
  readonly userId: string;
  readonly workspaceId: string;
  readonly role: string;
  /** The workspace asks everybody for a second factor, and this person has none. */
  readonly mustEnrol: boolean;
  /** More than a minute ago. */
  readonly seenLongAgo: boolean;
}

/** Who a session speaks for. The role is read every time, so that a change counts at once. */
export async function findSession(db: Executor, tokenHash: Buffer): Promise<SessionView | null> {
  const { rows } = await sql<SessionView>`
    select s.id, s.user_id, s.workspace_id, m.role, s.last_seen_at < now() - interval '1 minute' as seen_long_ago,
      (w.settings -> 'requireSecondFactor') is not distinct from 'true'::jsonb
        and not exists (select from totp_secrets t where t.user_id = s.user_id and t.confirmed_at is not null)
        and not exists (select from passkeys p where p.user_id = s.user_id) as must_enrol
    from sessions s
    join memberships m on m.user_id = s.user_id and m.workspace_id = s.workspace_id
    join workspaces w on w.id = s.workspace_id
    where s.token_hash = ${tokenHash} and s.expires_at > now()`.execute(db);
  return rows[0] ?? null;
}

/** Notes that a session is in use, from where and with what, at most once a minute. */
export async function touchSession(
  db: Executor,
  id: string,
  seen: { readonly address: string | null; readonly userAgent: string | null },
): Promise<void> {
  await db
    .updateTable('sessions')
    .set({ ...seen, lastSeenAt: sql<Date>`now()` })
    .where('id', '=', id)
    .where('lastSeenAt', '<', sql<Date>`now() - interval '1 minute'`)
    .execute();
}

export interface SessionRow {
  readonly id: string;
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
  readonly expiresAt: Date;
  readonly address: string | null;
  readonly userAgent: string | null;
}

/** Those that have not ended, the one used last first. */
export async function listSessions(db: Executor, userId: string): Promise<SessionRow[]> {
  return db
    .selectFrom('sessions')
    .select(['id', 'createdAt', 'lastSeenAt', 'expiresAt', 'address', 'userAgent'])
    .where('userId', '=', userId)
    .where('expiresAt', '>', sql<Date>`now()`)
    .orderBy('lastSeenAt', 'desc')
    .orderBy('id', 'desc')
    .execute();
}

export async function deleteSession(db: Executor, tokenHash: Buffer): Promise<void> {
  await db.deleteFrom('sessions').where('tokenHash', '=', tokenHash).execute();
}

export async function deleteSessionById(db: Executor, userId: string, id: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('sessions')
    .where('userId', '=', userId)
    .where('id', '=', id)
    .executeTakeFirst();
  return numDeletedRows > 0;
}

/** All of a person's sessions, but the one that is named. Answers how many there were. */
export async function deleteSessionsOf(db: Executor, userId: string, except: string | null = null): Promise<number> {
  let query = db.deleteFrom('sessions').where('userId', '=', userId);
  if (except !== null) query = query.where('id', '!=', except);
  return Number((await query.executeTakeFirst()).numDeletedRows);
}

/** Those in one workspace. */
export async function deleteSessionsIn(db: Executor, userId: string, workspaceId: string): Promise<void> {
  await db.deleteFrom('sessions').where('userId', '=', userId).where('workspaceId', '=', workspaceId).execute();
}

/** The same session under another token: what knew the one of before knows nothing. */
export async function replaceSessionToken(
  db: Executor,
  id: string,
  change: { readonly tokenHash: Buffer; readonly workspaceId?: string },
): Promise<boolean> {
  const { numUpdatedRows } = await db.updateTable('sessions').set(change).where('id', '=', id).executeTakeFirst();
  return numUpdatedRows > 0;
}

export async function confirmSession(db: Executor, id: string): Promise<void> {
  await db.updateTable('sessions').set({ confirmedAt: sql<Date>`now()` }).where('id', '=', id).execute();
}

/** Whether the person proved who they are within so many seconds. */
export async function isSessionConfirmed(db: Executor, id: string, seconds: number): Promise<boolean> {
  const row = await db
    .selectFrom('sessions')
    .select('id')
    .where('id', '=', id)
    .where('confirmedAt', '>', sql<Date>`now() - make_interval(secs => ${seconds})`)
    .executeTakeFirst();
  return row !== undefined;
}
