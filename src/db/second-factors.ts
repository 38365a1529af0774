import { sql } from 'kysely';
import type { Executor } from './database.ts';

export interface FactorCounts {
  readonly totp: boolean;
  readonly passkeys: number;
  readonly recoveryCodes: number;
}

/** What a person could prove themselves with besides a password. */
export async function countFactors(db: Executor, userId: string): Promise<FactorCounts> {
  const { rows } = await sql<FactorCounts>`
    select exists (select from totp_secrets where user_id = ${userId} and confirmed_at is not null) as totp,
      (select count(*)::int from passkeys where user_id = ${userId}) as passkeys,
      (select count(*)::int from recovery_codes where user_id = ${userId}) as recovery_codes`.execute(db);
  return rows[0] ?? { totp: false, passkeys: 0, recoveryCodes: 0 };
}

/** One change of somebody's factors at a time, so that two cannot take away the last two. */
export async function lockUser(tx: Executor, userId: string): Promise<void> {
  await tx.selectFrom('users').select('id').where('id', '=', userId).forNoKeyUpdate().execute();
}
