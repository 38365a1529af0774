import { type Selectable, sql } from 'kysely';
import type { Executor } from './database.ts';
import { jsonbText } from './jsonb.ts';
import type { ContactErasures } from './schema.generated.ts';

export type ErasureRow = Selectable<ContactErasures>;

/** What stands in the place of an address that was erased. */
export function addressHash(emailKey: string) {
  return sql<string>`'sha256:' || encode(sha256(convert_to(${emailKey}, 'UTF8')), 'hex')`;
}

/** The erasure of an address that is under way, or a new one. */
export async function ensureErasure(
  tx: Executor,
  erasure: { id: string; workspaceId: string; emailKey: string; contactId: string | null; requestedBy: string | null },
): Promise<ErasureRow> {
  // Two requests at once: the second waits here and then finds the first one's row.
  const name = `erasure ${erasure.workspaceId} ${erasure.emailKey}`;
  await sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(tx);
  const open = await tx
    .selectFrom('contactErasures')
    .selectAll()
    .where('workspaceId', '=', erasure.workspaceId)
    .where('emailKey', '=', erasure.emailKey)
    .where('state', '=', 'active')
    .executeTakeFirst();
  if (open) return open;
  return tx
    .insertInto('contactErasures')
    .values({ ...erasure, addressHash: addressHash(erasure.emailKey) })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ id: erasure.id }))
    .returningAll()
    .executeTakeFirstOrThrow();
}

export async function findErasure(db: Executor, id: string): Promise<ErasureRow | null> {
  const row = await db.selectFrom('contactErasures').selectAll().where('id', '=', id).executeTakeFirst();
  return row ?? null;
}

/** Null: it is over, or somebody else is at it. Without the end of a run it is free again after two minutes. */
export async function beginErasure(db: Executor, id: string): Promise<ErasureRow | null> {
  const row = await db
    .updateTable('contactErasures')
    .set({ leaseUntil: sql<Date>`now() + interval '2 minutes'` })
    .where('id', '=', id)
    .where('state', '=', 'active')
    .where(sql<boolean>`coalesce(lease_until < now(), true)`)
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}

/** The last one of a contact; null: it was not erased. */
export async function findErasureOf(db: Executor, workspaceId: string, contactId: string): Promise<ErasureRow | null> {
  const row = await db
    .selectFrom('contactErasures')
    .selectAll()
    .where('workspaceId', '=', workspaceId)
    .where('contactId', '=', contactId)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ?? null;
}

export async function listErasures(
  db: Executor,
  page: { readonly workspaceId: string; readonly before: string | null; readonly limit: number },
): Promise<ErasureRow[]> {
  let query = db.selectFrom('contactErasures').selectAll().where('workspaceId', '=', page.workspaceId);
  if (page.before !== null) query = query.where('id', '<', page.before);
  return query.orderBy('id', 'desc').limit(page.limit).execute();
}

/** Of every workspace, the oldest first. */
export async function listOpenErasures(db: Executor): Promise<string[]> {
  const rows = await db
    .selectFrom('contactErasures')
    .select('id')
    .where('state', '=', 'active')
    .where(sql<boolean>`coalesce(lease_until < now(), true)`)
    .orderBy('id')
    .limit(100)
    .execute();
  return rows.map(({ id }) => id);
}

/** `waitingFor` null: it is over, and what it was about is forgotten. */
export async function storeErasure(
  db: Executor,
  id: string,
  { erased, waitingFor }: { readonly erased: Readonly<Record<string, number>>; readonly waitingFor: string | null },
): Promise<void> {
  const ended = waitingFor === null;
  await db
    .updateTable('contactErasures')
    .set({
      erased: jsonbText(erased),
      waitingFor,
      leaseUntil: null,
      ...(ended ? { state: 'completed', emailKey: null, finishedAt: sql<Date>`now()` } : {}),
    })
    .where('id', '=', id)
    .where('state', '=', 'active')
    .execute();
}
