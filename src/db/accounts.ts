import { type Insertable, type Selectable, sql, type Updateable } from 'kysely';
import type { Executor } from './database.ts';
import { escapeLike } from './like.ts';
import type { SendingAccounts } from './schema.generated.ts';

export type AccountRow = Selectable<SendingAccounts>;
export type NewAccount = Insertable<SendingAccounts>;
export type AccountChange = Updateable<SendingAccounts>;

export async function insertAccount(db: Executor, account: NewAccount): Promise<AccountRow> {
  return db.insertInto('sendingAccounts').values(account).returningAll().executeTakeFirstOrThrow();
}

export async function findAccount(db: Executor, workspaceId: string, id: string): Promise<AccountRow | null> {
  const row = await db
    .selectFrom('sendingAccounts')
    .selectAll()
    .where('id', '=', id)
    .where('workspaceId', '=', workspaceId)
    .executeTakeFirst();
  return row ?? null;
}

export async function updateAccount(
  db: Executor,
  workspaceId: string,
  id: string,
  change: AccountChange,
): Promise<AccountRow | null> {
  const row = await db
    .updateTable('sendingAccounts')
    .set({ ...change, updatedAt: new Date() })
    .where('id', '=', id)
    .where('workspaceId', '=', workspaceId)
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}

/** Every account of a workspace: a handful, so never paged here. */
export async function listAccountsOfWorkspace(db: Executor, workspaceId: string): Promise<AccountRow[]> {
  return db.selectFrom('sendingAccounts').selectAll().where('workspaceId', '=', workspaceId).orderBy('id').execute();
}

export async function listAccountNames(db: Executor, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('sendingAccounts')
    .select(['id', 'name'])
    .where('id', 'in', [...ids])
    .execute();
  return new Map(rows.map((row) => [row.id, row.name]));
}

/** Takes an account out of use because of what its server said; people put it back. */
export async function disableAccount(db: Executor, id: string, reason: string): Promise<void> {
  await db
    .updateTable('sendingAccounts')
    .set({ state: 'disabled', stateReason: reason, updatedAt: new Date() })
    .where('id', '=', id)
    .where('state', '=', 'active')
    .execute();
}

export async function deleteAccount(db: Executor, workspaceId: string, id: string): Promise<boolean> {
  const row = await db
    .deleteFrom('sendingAccounts')
    .where('id', '=', id)
    .where('workspaceId', '=', workspaceId)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

export async function findAccountForSending(db: Executor, id: string): Promise<AccountRow> {
  return db.selectFrom('sendingAccounts').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
}

/** The built-in mailbox of a workspace; null when it has none. */
export async function findSandboxAccount(db: Executor, workspaceId: string): Promise<AccountRow | null> {
  const row = await db
    .selectFrom('sendingAccounts')
    .selectAll()
    .where('workspaceId', '=', workspaceId)
    .where('isSandbox', '=', true)
    .executeTakeFirst();
  return row ?? null;
}

export async function listAccounts(
  db: Executor,
  filter: { workspaceId: string; search?: string; before?: string; limit: number },
): Promise<AccountRow[]> {
  let query = db.selectFrom('sendingAccounts').selectAll().where('workspaceId', '=', filter.workspaceId);
  if (filter.search) query = query.where('name', 'ilike', `%${escapeLike(filter.search)}%`);
  if (filter.before) query = query.where('id', '<', filter.before);
  return query.orderBy('id', 'desc').limit(filter.limit).execute();
}

/** An account that nobody else changes until the transaction ends. */
export async function lockAccount(tx: Executor, workspaceId: string, id: string): Promise<AccountRow | null> {
  const row = await tx
    .selectFrom('sendingAccounts')
    .selectAll()
    .where('id', '=', id)
    .where('workspaceId', '=', workspaceId)
    .forUpdate()
    .executeTakeFirst();
  return row ?? null;
}

/**
 * A campaign that is under way and may send through this account: it names it, or names none. Or a single email that names
 * it. Null when there is none.
 */
export async function findCampaignUsing(
  tx: Executor,
  workspaceId: string,
  accountId: string,
): Promise<{ name: string } | null> {
  const row = await tx
    .selectFrom('campaigns')
    .select('name')
    .where('workspaceId', '=', workspaceId)
    .where('kind', '=', 'campaign')
    .where((eb) =>
      eb.or([
        eb.and([
          eb('state', 'in', ['delayed', 'waiting', 'active', 'paused']),
          eb(sql<string>`${accountId}::uuid`, '=', sql<string>`any(account_ids)`),
        ]),
        eb.and([eb('state', 'in', ['waiting', 'active']), eb('accountIds', '=', sql<string[]>`'{}'`)]),
      ]),
    )
    .limit(1)
    .executeTakeFirst();
  return row ?? (await findEmailUsing(tx, workspaceId, accountId));
}

async function findEmailUsing(tx: Executor, workspaceId: string, accountId: string): Promise<{ name: string } | null> {
  const row = await tx
    .selectFrom('campaigns')
    .select('name')
    .where('workspaceId', '=', workspaceId)
    .where('kind', '=', 'email')
    .where('state', '=', 'active')
    .where(sql<string>`${accountId}::uuid`, '=', sql<string>`any(account_ids)`)
    .limit(1)
    .executeTakeFirst();
  return row ?? null;
}

export async function lockAccountForSending(tx: Executor, id: string): Promise<AccountRow | null> {
  const query = tx.selectFrom('sendingAccounts').selectAll().where('id', '=', id);
  return (await query.forUpdate().executeTakeFirst()) ?? null;
}

/** The same login with newer secrets: nothing is opened anew, so `updated_at` stays. */
export async function keepCredentials(
  tx: Executor,
  id: string,
  sealed: { readonly credentials: Buffer; readonly keyId: string },
): Promise<void> {
  await tx.updateTable('sendingAccounts').set(sealed).where('id', '=', id).execute();
}
