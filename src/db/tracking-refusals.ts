import { sql } from 'kysely';
import type { Executor } from './database.ts';

export interface Refusal {
  readonly workspaceId: string;
  readonly emailKey: string;
}

/** False when it was so before. */
export async function insertRefusal(tx: Executor, refusal: Refusal): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('trackingRefusals')
    .values(refusal)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return (numInsertedOrUpdatedRows ?? 0n) > 0n;
}

export async function deleteRefusal(tx: Executor, { workspaceId, emailKey }: Refusal): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom('trackingRefusals')
    .where('workspaceId', '=', workspaceId)
    .where('emailKey', '=', emailKey)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

export async function hasRefused(db: Executor, { workspaceId, emailKey }: Refusal): Promise<boolean> {
  const row = await db
    .selectFrom('trackingRefusals')
    .select('emailKey')
    .where('workspaceId', '=', workspaceId)
    .where('emailKey', '=', emailKey)
    .executeTakeFirst();
  return row !== undefined;
}

/** Rows of a batch whose recipients are not to be followed. By the few refusals there are, and (send_id, email_key). */
export async function listRefusedRows(
  db: Executor,
  of: {
    readonly workspaceId: string;
    readonly sendId: string;
    readonly firstSeq: number;
    readonly lastSeq: number;
  },
): Promise<number[]> {
  const { rows } = await sql<{ seq: number }>`
    select e.seq from email_sends e
    where e.send_id = ${of.sendId}::uuid and e.seq between ${of.firstSeq} and ${of.lastSeq}
      and exists (select 1 from tracking_refusals t where t.workspace_id = ${of.workspaceId}::uuid and t.email_key = e.email_key)`.execute(
    db,
  );
  return rows.map(({ seq }) => seq);
}
