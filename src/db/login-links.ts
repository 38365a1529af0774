import { sql } from 'kysely';
import type { Executor } from './database.ts';

export async function insertLoginLink(
  db: Executor,
  link: { tokenHash: Buffer; userId: string; seconds: number },
): Promise<void> {
  await db
    .insertInto('loginLinks')
    .values({
      tokenHash: link.tokenHash,
      userId: link.userId,
      expiresAt: sql<Date>`now() + make_interval(secs => ${link.seconds})`,
    })
    .execute();
}

/** Uses a one-time link up; null when it is unknown, used or too old. */
export async function takeLoginLink(db: Executor, tokenHash: Buffer): Promise<{ userId: string } | null> {
  const row = await db
    .deleteFrom('loginLinks')
    .where('tokenHash', '=', tokenHash)
    .where('expiresAt', '>', sql<Date>`now()`)
    .returning('userId')
    .executeTakeFirst();
  return row ?? null;
}
