import type { AccountRow } from './accounts.ts';
import type { Executor } from './database.ts';

/** The account that a provider's message is for, of any workspace; null when there is none of this type. */
export async function findHookAccount(db: Executor, id: string, type: string): Promise<AccountRow | null> {
  const row = await db
    .selectFrom('sendingAccounts')
    .selectAll()
    .where('id', '=', id)
    .where('type', '=', type)
    .executeTakeFirst();
  return row ?? null;
}

/** False when it was taken before. Who takes the same at the same time waits for this transaction. */
export async function insertProviderMessage(tx: Executor, accountId: string, messageId: string): Promise<boolean> {
  const row = await tx
    .insertInto('providerMessages')
    .values({ accountId, messageId })
    .onConflict((conflict) => conflict.doNothing())
    .returning('messageId')
    .executeTakeFirst();
  return row !== undefined;
}
