import type { Insertable, Selectable } from 'kysely';
import { sql } from 'kysely';
import type { Executor } from './database.ts';
import type { DkimKeys } from './schema.generated.ts';

export type DkimKeyRow = Selectable<DkimKeys>;
export type NewDkimKey = Insertable<DkimKeys>;
export type SigningKeyRow = Pick<DkimKeyRow, 'selector' | 'algorithm' | 'privateKey' | 'keyId'> & {
  readonly domain: string;
};

/** Keys that sign for a workspace: of the domains that are its own. */
export async function listActiveKeys(db: Executor, workspaceId: string): Promise<SigningKeyRow[]> {
  return db
    .selectFrom('dkimKeys as k')
    .innerJoin('sendingDomains as d', 'd.id', 'k.domainId')
    .select(['d.domain', 'k.selector', 'k.algorithm', 'k.privateKey', 'k.keyId'])
    .where('d.workspaceId', '=', workspaceId)
    .where('d.verifiedAt', 'is not', null)
    .where('k.state', '=', 'active')
    .execute();
}

export async function insertDkimKeys(db: Executor, keys: readonly NewDkimKey[]): Promise<void> {
  await db
    .insertInto('dkimKeys')
    .values([...keys])
    .execute();
}

/** In the order they were made. */
export async function listDkimKeys(db: Executor, domainIds: readonly string[]): Promise<DkimKeyRow[]> {
  if (domainIds.length === 0) return [];
  return db
    .selectFrom('dkimKeys')
    .selectAll()
    .where('domainId', 'in', [...domainIds])
    .orderBy('id')
    .execute();
}

/**
 * The key signs from now on; the one of its kind before it keeps its record until `removableAt`: messages it signed are
 * still on their way. Inside a transaction that holds the domain.
 */
export async function activateKey(tx: Executor, key: DkimKeyRow, removableAt: Date): Promise<void> {
  await tx
    .updateTable('dkimKeys')
    .set({ state: 'retired', removableAt })
    .where('domainId', '=', key.domainId)
    .where('algorithm', '=', key.algorithm)
    .where('state', '=', 'active')
    .where('id', '!=', key.id)
    .execute();
  await tx
    .updateTable('dkimKeys')
    .set({ state: 'active', activatedAt: sql<Date>`now()` })
    .where('id', '=', key.id)
    .where('state', '=', 'waiting')
    .execute();
}

export async function deleteDkimKey(db: Executor, domainId: string, id: string): Promise<boolean> {
  const row = await db
    .deleteFrom('dkimKeys')
    .where('domainId', '=', domainId)
    .where('id', '=', id)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** All keys of a domain have to be seen in the DNS anew: it was taken over by another workspace. */
export async function returnKeysToWaiting(db: Executor, domainId: string): Promise<void> {
  await db
    .updateTable('dkimKeys')
    .set({ state: 'waiting', activatedAt: null, removableAt: null })
    .where('domainId', '=', domainId)
    .where('state', '=', 'active')
    .execute();
}
