import { sql } from 'kysely';
import type { Executor } from './database.ts';

export interface NewSession {
  readonly tokenHash: Buffer;
  readonly userId: string;
  readonly workspaceId: string;
  readonly seconds: number;
}

export async function insertSession(db: Executor, { seconds, ...session }: NewSession): Promise<void> {
  await db
    .insertInto('sessions')
    .values({ ...session, expiresAt: sql<Date>`now() + make_interval(secs => ${seconds})` })
    .execute();
}

/** Who a session speaks for. The role is read every time, so that a change counts at once. */
export async function findSession(
  db: Executor,
  tokenHash: Buffer,
): Promise<{ userId: string; workspaceId: string; role: string } | null> {
  const row = await db
    .selectFrom('sessions as s')
    .innerJoin('memberships as m', (join) =>
      join.onRef('m.userId', '=', 's.userId').onRef('m.workspaceId', '=', 's.workspaceId'),
    )
    .select(['s.userId', 's.workspaceId', 'm.role'])
    .where('s.tokenHash', '=', tokenHash)
    .where('s.expiresAt', '>', sql<Date>`now()`)
    .executeTakeFirst();
  return row ?? null;
}

export async function deleteSession(db: Executor, tokenHash: Buffer): Promise<void> {
  await db.deleteFrom('sessions').where('tokenHash', '=', tokenHash).execute();
}

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
