import { type Insertable, type Selectable, sql, type Updateable } from 'kysely';
import type { Executor } from './database.ts';
import type { BounceMailboxes } from './schema.generated.ts';

export type BounceMailboxRow = Selectable<BounceMailboxes>;

export function insertBounceMailbox(db: Executor, values: Insertable<BounceMailboxes>): Promise<BounceMailboxRow> {
  return db.insertInto('bounceMailboxes').values(values).returningAll().executeTakeFirstOrThrow();
}

export async function listBounceMailboxes(
  db: Executor,
  filter: { workspaceId: string; limit: number; before?: string; search?: string },
): Promise<BounceMailboxRow[]> {
  let query = db.selectFrom('bounceMailboxes').selectAll().where('workspaceId', '=', filter.workspaceId);
  if (filter.before !== undefined) query = query.where('id', '<', filter.before);
  if (filter.search !== undefined)
    query = query.where(sql<boolean>`position(lower(${filter.search}) in lower(name)) > 0`);
  return query.orderBy('id', 'desc').limit(filter.limit).execute();
}

export async function findBounceMailbox(
  db: Executor,
  workspaceId: string,
  id: string,
): Promise<BounceMailboxRow | null> {
  const query = db.selectFrom('bounceMailboxes').selectAll();
  return (await query.where('id', '=', id).where('workspaceId', '=', workspaceId).executeTakeFirst()) ?? null;
}

/** The next look is at once. */
export async function updateBounceMailbox(
  db: Executor,
  workspaceId: string,
  id: string,
  change: Updateable<BounceMailboxes>,
): Promise<BounceMailboxRow | null> {
  const row = await db
    .updateTable('bounceMailboxes')
    .set({ ...change, nextCheckAt: sql<Date>`now()`, failures: 0 })
    .where('id', '=', id)
    .where('workspaceId', '=', workspaceId)
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}

export async function deleteBounceMailbox(db: Executor, workspaceId: string, id: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('bounceMailboxes')
    .where('id', '=', id)
    .where('workspaceId', '=', workspaceId)
    .executeTakeFirst();
  return numDeletedRows > 0;
}

/** One that is due and that nobody looks at, for `forMs`; null when there is none. */
export async function claimDueMailbox(db: Executor, forMs: number): Promise<BounceMailboxRow | null> {
  const row = await db
    .updateTable('bounceMailboxes')
    .set({ leaseUntil: sql<Date>`now() + make_interval(secs => ${forMs} / 1000.0)` })
    .where('id', 'in', (eb) =>
      eb
        .selectFrom('bounceMailboxes')
        .select('id')
        .where('enabled', '=', true)
        .where('nextCheckAt', '<=', sql<Date>`now()`)
        .where(sql<boolean>`(lease_until is null or lease_until < now())`)
        .orderBy('nextCheckAt')
        .limit(1)
        .forUpdate()
        .skipLocked(),
    )
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}

/** How a look ended; `error` null: well. The next one is `nextInMs` from now. */
export async function noteMailboxCheck(
  db: Executor,
  id: string,
  { error, nextInMs }: { readonly error: string | null; readonly nextInMs: number },
): Promise<void> {
  await db
    .updateTable('bounceMailboxes')
    .set({
      error,
      checkedAt: sql<Date>`now()`,
      nextCheckAt: sql<Date>`now() + make_interval(secs => ${nextInMs} / 1000.0)`,
      leaseUntil: null,
      failures: error === null ? 0 : sql<number>`failures + 1`,
    })
    .where('id', '=', id)
    .execute();
}

export interface FetchedMail {
  readonly uid: number;
  readonly raw: Buffer;
}

/** Keeps what was fetched, each message once, and how far that was. In a transaction of the caller's. */
export async function keepFetched(
  tx: Executor,
  mailbox: Pick<BounceMailboxRow, 'id' | 'workspaceId'>,
  uidValidity: number,
  mails: readonly FetchedMail[],
): Promise<void> {
  const last = mails.at(-1)?.uid;
  if (last === undefined) return;
  await tx
    .insertInto('returnedMails')
    .values(
      mails.map(({ uid, raw }) => ({
        workspaceId: mailbox.workspaceId,
        mailboxId: mailbox.id,
        uidValidity,
        uid,
        raw,
        acted: false,
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  await sql`
    update bounce_mailboxes set uid_validity = ${uidValidity},
      last_uid = case when uid_validity = ${uidValidity} then greatest(last_uid, ${last}) else ${last} end
    where id = ${mailbox.id}`.execute(tx);
}

/** Fetched messages that are read and still lie as they came; those that were none of ours are left as they are. */
export async function listToActOn(
  db: Executor,
  mailboxId: string,
  uidValidity: number,
): Promise<Array<{ id: string; uid: number }>> {
  const rows = await db
    .selectFrom('returnedMails')
    .select(['id', 'uid'])
    .where('mailboxId', '=', mailboxId)
    .where('uidValidity', '=', uidValidity)
    .where('acted', '=', false)
    .where('state', 'in', ['read', 'unmatched'])
    .orderBy('uid')
    .limit(200)
    .execute();
  return rows.flatMap(({ id, uid }) => (uid === null ? [] : [{ id, uid }]));
}

export async function markActed(db: Executor, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await db
    .updateTable('returnedMails')
    .set({ acted: true })
    .where('id', 'in', [...ids])
    .execute();
}
