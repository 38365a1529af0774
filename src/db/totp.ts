import { type Selectable, sql } from 'kysely';
import type { Executor } from './database.ts';
import type { TotpSecrets } from './schema.generated.ts';

export type TotpRow = Selectable<TotpSecrets>;

/** Begins an enrolment, or begins it anew; null when there is a confirmed secret, which stays as it is. */
export async function storeTotpSecret(
  db: Executor,
  secret: { readonly userId: string; readonly secret: Buffer; readonly keyId: string },
): Promise<TotpRow | null> {
  const row = await db
    .insertInto('totpSecrets')
    .values(secret)
    .onConflict((conflict) =>
      conflict
        .column('userId')
        .doUpdateSet({ secret: secret.secret, keyId: secret.keyId, lastStep: null, createdAt: sql<Date>`now()` })
        .where('totpSecrets.confirmedAt', 'is', null),
    )
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}

export async function findTotpSecret(db: Executor, userId: string): Promise<TotpRow | null> {
  const row = await db.selectFrom('totpSecrets').selectAll().where('userId', '=', userId).executeTakeFirst();
  return row ?? null;
}

/** Takes the code of a step of time, and confirms the secret by it; false when this step or a later one was taken before. */
export async function takeTotpStep(db: Executor, userId: string, step: number): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('totpSecrets')
    .set({ lastStep: step, confirmedAt: sql<Date>`coalesce(confirmed_at, now())` })
    .where('userId', '=', userId)
    .where((eb) => eb.or([eb('lastStep', 'is', null), eb('lastStep', '<', step)]))
    .executeTakeFirst();
  return numUpdatedRows > 0;
}

export async function deleteTotpSecret(db: Executor, userId: string): Promise<boolean> {
  const { numDeletedRows } = await db.deleteFrom('totpSecrets').where('userId', '=', userId).executeTakeFirst();
  return numDeletedRows > 0;
}
