import { type Selectable, sql } from 'kysely';
import type { Executor } from './database.ts';
import { escapeLike } from './like.ts';
import type { ApiKeys } from './schema.generated.ts';

export type ApiKeyRow = Selectable<ApiKeys>;

export interface NewApiKey {
  readonly workspaceId: string;
  readonly name: string;
  readonly keyHash: Buffer;
  readonly hint: string;
  readonly role: string;
  /** Null: everything that the role allows. */
  readonly scopes?: string[] | null;
  readonly expiresAt?: Date | null;
  readonly createdBy?: string | null;
}

/** Null when this very key exists already, revoked or not. */
export async function insertApiKey(db: Executor, key: NewApiKey): Promise<ApiKeyRow | null> {
  const row = await db
    .insertInto('apiKeys')
    .values(key)
    .onConflict((conflict) => conflict.column('keyHash').doNothing())
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}

/** A key that may be used; null when there is none, it was revoked or is too old. */
export async function findUsableApiKey(db: Executor, keyHash: Buffer): Promise<ApiKeyRow | null> {
  const row = await db
    .selectFrom('apiKeys')
    .selectAll()
    .where('keyHash', '=', keyHash)
    .where('revokedAt', 'is', null)
    .where((eb) => eb.or([eb('expiresAt', 'is', null), eb('expiresAt', '>', sql<Date>`now()`)]))
    .executeTakeFirst();
  return row ?? null;
}

/** Notes that a key is in use, at most once a minute. */
export async function touchApiKey(db: Executor, id: string): Promise<void> {
  await db
    .updateTable('apiKeys')
    .set({ lastUsedAt: sql<Date>`now()` })
    .where('id', '=', id)
    .where((eb) => eb.or([eb('lastUsedAt', 'is', null), eb('lastUsedAt', '<', sql<Date>`now() - interval '1 minute'`)]))
    .execute();
}

export async function listApiKeys(
  db: Executor,
  filter: { workspaceId: string; search?: string; before?: string; limit: number },
): Promise<ApiKeyRow[]> {
  let query = db
    .selectFrom('apiKeys')
    .selectAll()
    .where('workspaceId', '=', filter.workspaceId)
    .where('revokedAt', 'is', null);
  if (filter.search) query = query.where('name', 'ilike', `%${escapeLike(filter.search)}%`);
  if (filter.before) query = query.where('id', '<', filter.before);
  return query.orderBy('id', 'desc').limit(filter.limit).execute();
}

export async function revokeApiKey(db: Executor, workspaceId: string, id: string): Promise<ApiKeyRow | null> {
  const row = await db
    .updateTable('apiKeys')
    .set({ revokedAt: sql<Date>`now()` })
    .where('id', '=', id)
    .where('workspaceId', '=', workspaceId)
    .where('revokedAt', 'is', null)
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}
