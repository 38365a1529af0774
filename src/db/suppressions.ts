import { type Insertable, type Selectable, sql } from 'kysely';
import type { Executor } from './database.ts';
import { escapeLike } from './like.ts';
import type { Suppressions } from './schema.generated.ts';

export type SuppressionRow = Selectable<Suppressions>;

/**
 * Null when there is one that binds as long already: the first reason stays. One that was to end, and now is to last, or to
 * last longer, takes the new reason.
 */
export async function insertSuppression(
  db: Executor,
  suppression: Insertable<Suppressions>,
): Promise<SuppressionRow | null> {
  const row = await db
    .insertInto('suppressions')
    .values(suppression)
    .onConflict((conflict) =>
      conflict
        .columns(['workspaceId', 'emailKey'])
        .doUpdateSet((eb) => ({
          email: eb.ref('excluded.email'),
          reason: eb.ref('excluded.reason'),
          source: eb.ref('excluded.source'),
          expiresAt: eb.ref('excluded.expiresAt'),
        }))
        .where(sql<boolean>`suppressions.expires_at < coalesce(excluded.expires_at, 'infinity')`),
    )
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}

/** The entry of exactly this key, whether it still binds or not. */
export async function findSuppressionEntry(
  db: Executor,
  workspaceId: string,
  key: string,
): Promise<SuppressionRow | null> {
  const row = await db
    .selectFrom('suppressions')
    .selectAll()
    .where('workspaceId', '=', workspaceId)
    .where('emailKey', '=', key)
    .executeTakeFirst();
  return row ?? null;
}

/** Whatever binds an address now, by itself, its domain or its hash: its own entry first. */
export async function findSuppression(
  db: Executor,
  workspaceId: string,
  emailKey: string,
): Promise<SuppressionRow | null> {
  return (await listBinding(db, workspaceId, emailKey))[0] ?? null;
}

export async function listBinding(db: Executor, workspaceId: string, emailKey: string): Promise<SuppressionRow[]> {
  return db
    .selectFrom('suppressions')
    .selectAll()
    .where('workspaceId', '=', workspaceId)
    .where(
      'emailKey',
      '=',
      sql<string>`any(domain_keys(${emailKey}) || array[${emailKey}, 'md5:' || md5(${emailKey}),
        'sha256:' || encode(sha256(convert_to(${emailKey}, 'UTF8')), 'hex')])`,
    )
    .where(sql<boolean>`(expires_at is null or expires_at > now())`)
    .orderBy(sql`array_position(array['address', 'domain', 'hash'], kind)`)
    .execute();
}

export interface SuppressionFilter {
  readonly workspaceId: string;
  /** The beginning of the key, in lower case. */
  readonly prefix?: string;
  readonly kind?: string;
  readonly reason?: string;
  readonly before?: string;
  readonly limit: number;
}

export async function listSuppressions(db: Executor, filter: SuppressionFilter): Promise<SuppressionRow[]> {
  let query = db.selectFrom('suppressions').selectAll().where('workspaceId', '=', filter.workspaceId);
  if (filter.prefix) query = query.where('emailKey', 'like', `${escapeLike(filter.prefix)}%`);
  if (filter.kind) query = query.where('kind', '=', filter.kind);
  if (filter.reason) query = query.where('reason', '=', filter.reason);
  if (filter.before) query = query.where('id', '<', filter.before);
  return query.orderBy('id', 'desc').limit(filter.limit).execute();
}

/** Oldest first, for an export: a page costs the same wherever it is. */
export async function listSuppressionsAfter(
  db: Executor,
  filter: { workspaceId: string; after: string | null; limit: number },
): Promise<SuppressionRow[]> {
  let query = db.selectFrom('suppressions').selectAll().where('workspaceId', '=', filter.workspaceId);
  if (filter.after !== null) query = query.where('id', '>', filter.after);
  return query.orderBy('id').limit(filter.limit).execute();
}

export async function deleteSuppression(db: Executor, workspaceId: string, id: string): Promise<SuppressionRow | null> {
  const row = await db
    .deleteFrom('suppressions')
    .where('id', '=', id)
    .where('workspaceId', '=', workspaceId)
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}

/** What people stopped by themselves, they can take back by themselves. Returns the reasons of what was taken away. */
export async function liftOwnSuppression(db: Executor, workspaceId: string, emailKey: string): Promise<string[]> {
  const rows = await db
    .deleteFrom('suppressions')
    .where('workspaceId', '=', workspaceId)
    .where('emailKey', '=', emailKey)
    .where('reason', 'in', ['unsubscribed', 'paused'])
    .returning('reason')
    .execute();
  return rows.map(({ reason }) => reason);
}

/** True when there was a pause. */
export async function endPause(db: Executor, workspaceId: string, emailKey: string): Promise<boolean> {
  const row = await db
    .deleteFrom('suppressions')
    .where('workspaceId', '=', workspaceId)
    .where('emailKey', '=', emailKey)
    .where('reason', '=', 'paused')
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}
