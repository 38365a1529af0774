import { type Selectable, sql } from 'kysely';
import type { Executor } from './database.ts';
import { escapeLike } from './like.ts';
import type { SendingDomains } from './schema.generated.ts';

export type DomainRow = Selectable<SendingDomains>;

/** Null when the workspace has it already. */
export async function insertDomain(db: Executor, workspaceId: string, domain: string): Promise<DomainRow | null> {
  const row = await db
    .insertInto('sendingDomains')
    .values({ workspaceId, domain })
    .onConflict((conflict) => conflict.columns(['workspaceId', 'domain']).doNothing())
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}

export async function findDomain(db: Executor, workspaceId: string, id: string): Promise<DomainRow | null> {
  const row = await db
    .selectFrom('sendingDomains')
    .selectAll()
    .where('id', '=', id)
    .where('workspaceId', '=', workspaceId)
    .executeTakeFirst();
  return row ?? null;
}

/** A domain that nobody else changes until the transaction ends. */
export async function lockDomain(tx: Executor, id: string): Promise<DomainRow | null> {
  const row = await tx.selectFrom('sendingDomains').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  return row ?? null;
}

export async function listDomains(
  db: Executor,
  filter: { workspaceId: string; search?: string; before?: string; limit: number },
): Promise<DomainRow[]> {
  let query = db.selectFrom('sendingDomains').selectAll().where('workspaceId', '=', filter.workspaceId);
  if (filter.search) query = query.where('domain', 'ilike', `%${escapeLike(filter.search)}%`);
  if (filter.before) query = query.where('id', '<', filter.before);
  return query.orderBy('id', 'desc').limit(filter.limit).execute();
}

/** Of the domain itself and those above it, the ones that the workspace has. */
export async function listDomainsNamed(
  db: Executor,
  workspaceId: string,
  names: readonly string[],
): Promise<DomainRow[]> {
  return db
    .selectFrom('sendingDomains')
    .selectAll()
    .where('workspaceId', '=', workspaceId)
    .where('domain', 'in', [...names])
    .execute();
}

/** Whose it is, by the record of their key; null while it is nobody's. */
export async function findOwner(db: Executor, domain: string): Promise<DomainRow | null> {
  const row = await db
    .selectFrom('sendingDomains')
    .selectAll()
    .where('domain', '=', domain)
    .where('verifiedAt', 'is not', null)
    .executeTakeFirst();
  return row ?? null;
}

/** Makes it the workspace's own; false when another one has it. One at a time wins, by `sending_domains_owner`. */
export async function claimDomain(tx: Executor, { id, domain }: Pick<DomainRow, 'id' | 'domain'>): Promise<boolean> {
  await sql`select pg_advisory_xact_lock(hashtextextended('sending-domain ' || ${domain}, 0))`.execute(tx);
  const owner = await findOwner(tx, domain);
  if (owner) return owner.id === id;
  await tx.updateTable('sendingDomains').set({ verifiedAt: sql<Date>`now()` }).where('id', '=', id).execute();
  return true;
}

/** It belongs to nobody until somebody proves it again. */
export async function releaseDomain(tx: Executor, id: string): Promise<void> {
  await tx.updateTable('sendingDomains').set({ verifiedAt: null }).where('id', '=', id).execute();
}

export async function saveFindings(
  db: Executor,
  id: string,
  findings: readonly object[],
  nextCheckMs: number,
): Promise<void> {
  await db
    .updateTable('sendingDomains')
    .set({
      findings: JSON.stringify(findings),
      checkedAt: sql<Date>`now()`,
      nextCheckAt: sql<Date>`now() + make_interval(secs => ${nextCheckMs / 1000})`,
    })
    .where('id', '=', id)
    .execute();
}

/** Domains whose check is due; nobody else gets them for the next ten minutes. */
export async function takeDueDomains(db: Executor, limit: number): Promise<DomainRow[]> {
  const due = db
    .selectFrom('sendingDomains')
    .select('id')
    .where('nextCheckAt', '<=', sql<Date>`now()`)
    .orderBy('nextCheckAt')
    .limit(limit)
    .forUpdate()
    .skipLocked();
  return db
    .updateTable('sendingDomains')
    .set({ nextCheckAt: sql<Date>`now() + interval '10 minutes'` })
    .where('id', 'in', due)
    .returningAll()
    .execute();
}

export async function deleteDomain(db: Executor, workspaceId: string, id: string): Promise<boolean> {
  const row = await db
    .deleteFrom('sendingDomains')
    .where('id', '=', id)
    .where('workspaceId', '=', workspaceId)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}
