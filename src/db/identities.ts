import type { Executor } from './database.ts';

export interface Identity {
  readonly issuer: string;
  readonly subject: string;
}

export async function findUserOfIdentity(db: Executor, { issuer, subject }: Identity): Promise<string | null> {
  const row = await db
    .selectFrom('userIdentities')
    .select('userId')
    .where('issuer', '=', issuer)
    .where('subject', '=', subject)
    .executeTakeFirst();
  return row?.userId ?? null;
}

export async function insertIdentity(db: Executor, identity: Identity & { readonly userId: string }): Promise<void> {
  await db
    .insertInto('userIdentities')
    .values(identity)
    .onConflict((conflict) => conflict.columns(['issuer', 'subject']).doNothing())
    .execute();
}

/** Whether somebody comes in by another subject of this issuer already. */
export async function hasIdentityAt(db: Executor, userId: string, issuer: string): Promise<boolean> {
  const row = await db
    .selectFrom('userIdentities')
    .select('userId')
    .where('userId', '=', userId)
    .where('issuer', '=', issuer)
    .executeTakeFirst();
  return row !== undefined;
}
