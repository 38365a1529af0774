import { sql } from 'kysely';
import type { Executor } from './database.ts';
import { jsonbText } from './jsonb.ts';

export type TokenPurpose = 'password-reset' | 'second-factor' | 'passkey-login' | 'passkey-enrolment' | 'oidc';

export interface NewOneTimeToken {
  readonly tokenHash: Buffer;
  readonly purpose: TokenPurpose;
  readonly userId: string | null;
  readonly data?: object;
  readonly seconds: number;
}

export interface OneTimeTokenRow {
  readonly userId: string | null;
  readonly data: unknown;
  readonly attempts: number;
}

export async function insertOneTimeToken(db: Executor, token: NewOneTimeToken): Promise<void> {
  const { seconds, data = {}, ...rest } = token;
  await db
    .insertInto('oneTimeTokens')
    .values({ ...rest, data: jsonbText(data), expiresAt: sql<Date>`now() + make_interval(secs => ${seconds})` })
    .execute();
}

/** Uses a token up; null when it is unknown, used or too old. Of two who try at once one gets it. */
export async function takeOneTimeToken(
  db: Executor,
  purpose: TokenPurpose,
  tokenHash: Buffer,
): Promise<OneTimeTokenRow | null> {
  const row = await db
    .deleteFrom('oneTimeTokens')
    .where('tokenHash', '=', tokenHash)
    .where('purpose', '=', purpose)
    .where('expiresAt', '>', sql<Date>`now()`)
    .returning(['userId', 'data', 'attempts'])
    .executeTakeFirst();
  return row ?? null;
}

/** Counts a try with a token that stays good for several; null when it is unknown, too old, or was tried too often. */
export async function tryOneTimeToken(
  db: Executor,
  purpose: TokenPurpose,
  tokenHash: Buffer,
  most: number,
): Promise<OneTimeTokenRow | null> {
  const row = await db
    .updateTable('oneTimeTokens')
    .set((eb) => ({ attempts: eb('attempts', '+', 1) }))
    .where('tokenHash', '=', tokenHash)
    .where('purpose', '=', purpose)
    .where('attempts', '<', most)
    .where('expiresAt', '>', sql<Date>`now()`)
    .returning(['userId', 'data', 'attempts'])
    .executeTakeFirst();
  return row ?? null;
}

/** A look that counts nothing. */
export async function findOneTimeToken(
  db: Executor,
  purpose: TokenPurpose,
  tokenHash: Buffer,
): Promise<OneTimeTokenRow | null> {
  const row = await db
    .selectFrom('oneTimeTokens')
    .select(['userId', 'data', 'attempts'])
    .where('tokenHash', '=', tokenHash)
    .where('purpose', '=', purpose)
    .where('expiresAt', '>', sql<Date>`now()`)
    .executeTakeFirst();
  return row ?? null;
}

export async function setOneTimeTokenData(db: Executor, tokenHash: Buffer, data: object): Promise<void> {
  await db
    .updateTable('oneTimeTokens')
    .set({ data: jsonbText(data) })
    .where('tokenHash', '=', tokenHash)
    .execute();
}

export async function deleteOneTimeTokensOf(db: Executor, userId: string, purpose: TokenPurpose): Promise<void> {
  await db.deleteFrom('oneTimeTokens').where('userId', '=', userId).where('purpose', '=', purpose).execute();
}
