import { type Insertable, type RawBuilder, type Selectable, sql } from 'kysely';
import type { Executor } from './database.ts';
import { jsonbText } from './jsonb.ts';
import type { Confirmations } from './schema.generated.ts';

export type ConfirmationRow = Selectable<Confirmations>;

/** A link in a mail is good for so long. */
export const CONFIRM_WITHIN = sql`interval '7 days'`;
/** Nobody is asked about the same list again so soon, however often a form is filled in. */
const ASK_AGAIN_AFTER = sql`interval '10 minutes'`;

/** Condition: a contact was asked about one of these lists just now. */
export function askLately(contactId: RawBuilder<unknown>, listIds: RawBuilder<unknown>): RawBuilder<boolean> {
  return sql<boolean>`exists (
    select 1 from confirmations a where a.contact_id = ${contactId} and a.list_ids && ${listIds} and a.created_at > now() - ${ASK_AGAIN_AFTER})`;
}

/** Has a contact asked, unless they were just now. The contact must be locked, so that two at once do not both ask. */
export async function insertConfirmation(
  tx: Executor,
  request: Pick<Insertable<Confirmations>, 'workspaceId' | 'contactId' | 'method' | 'source'> & {
    readonly listIds: readonly string[];
    readonly fields: object;
  },
): Promise<boolean> {
  const { workspaceId, contactId, listIds, method, source, fields } = request;
  const result = await sql`
    insert into confirmations (workspace_id, contact_id, list_ids, fields, method, source, due_at, expires_at)
    select ${workspaceId}::uuid, ${contactId}::uuid, ${listIds}::uuid[], ${jsonbText(fields)}::jsonb, ${method}, ${source}, now(), now() + ${CONFIRM_WITHIN}
    where not ${askLately(sql`${contactId}::uuid`, sql`${listIds}::uuid[]`)}`.execute(tx);
  return (result.numAffectedRows ?? 0n) > 0n;
}

/** Who asked for it is waited for: two clicks at once confirm once. */
export async function lockConfirmation(tx: Executor, id: string): Promise<ConfirmationRow | null> {
  const row = await tx.selectFrom('confirmations').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  return row ?? null;
}

export interface ConfirmationView extends ConfirmationRow {
  readonly email: string;
  readonly emailKey: string;
  readonly firstName: string | null;
  readonly lists: ReadonlyArray<{ name: string; confirmation: unknown }>;
  readonly workspaceName: string;
  /** The workspace's from address. */
  readonly from: string | null;
}

const VIEW = sql`select q.*, c.email, c.email_key, c.first_name, w.name as workspace_name, w.settings->>'from' as "from",
  (select json_agg(json_build_object('name', l.name, 'confirmation', l.confirmation) order by array_position(q.list_ids, l.id))
   from lists l where l.id = any(q.list_ids)) as lists
  from confirmations q join contacts c on c.id = q.contact_id join workspaces w on w.id = q.workspace_id`;

/** With whom and what it is about; null when it, the contact or all of its lists are gone. */
export async function findConfirmation(db: Executor, id: string): Promise<ConfirmationView | null> {
  const { rows } = await sql<ConfirmationView>`${VIEW} where q.id = ${id}`.execute(db);
  const row = rows[0];
  return row?.lists ? row : null;
}

export async function markConfirmed(tx: Executor, id: string): Promise<void> {
  await tx
    .updateTable('confirmations')
    .set({ confirmedAt: sql<Date>`now()`, dueAt: null, fields: '{}' })
    .where('id', '=', id)
    .execute();
}

export async function deleteConfirmation(db: Executor, id: string): Promise<void> {
  await db.deleteFrom('confirmations').where('id', '=', id).execute();
}

/** Requests that were not answered yet: after who made them took back everything. */
export async function deleteOpenConfirmations(db: Executor, contactId: string): Promise<void> {
  await db.deleteFrom('confirmations').where('contactId', '=', contactId).where('confirmedAt', 'is', null).execute();
}

/** An attempt takes no longer than this; who took it and is gone leaves it to somebody else. */
const HELD = sql`interval '2 minutes'`;

/** Takes mails that are due, of one workspace, so that nobody else sends them at the same time, and counts the attempt. */
export async function takeDueConfirmations(db: Executor, limit: number): Promise<ConfirmationView[]> {
  const { rows } = await sql<{ id: string }>`
    update confirmations set attempts = attempts + 1, due_at = now() + ${HELD}
    where id in (
      select id from confirmations
      where due_at <= now() and workspace_id = (select workspace_id from confirmations where due_at <= now() order by due_at limit 1)
      order by due_at limit ${limit} for update skip locked)
    returning id`.execute(db);
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const { rows: views } = await sql<ConfirmationView>`${VIEW} where q.id = any(${ids}::uuid[])`.execute(db);
  const known = new Set(views.filter(({ lists }) => lists).map(({ id }) => id));
  // The contact or the lists are gone: there is nobody to ask.
  for (const id of ids) if (!known.has(id)) await deleteConfirmation(db, id);
  return views.filter(({ id }) => known.has(id));
}

export async function markMailed(db: Executor, id: string): Promise<void> {
  await db
    .updateTable('confirmations')
    .set({ sentAt: sql<Date>`now()`, dueAt: null, error: null })
    .where('id', '=', id)
    .execute();
}

/** It is tried again after `retryMs`; null: never. `counted`: false when it was no attempt, for want of permits. */
export async function markNotMailed(
  db: Executor,
  id: string,
  failure: { readonly error: string; readonly retryMs: number | null; readonly counted: boolean },
): Promise<void> {
  const { error, retryMs, counted } = failure;
  await db
    .updateTable('confirmations')
    .set({
      error,
      dueAt: retryMs === null ? null : sql<Date>`now() + make_interval(secs => ${retryMs} / 1000.0)`,
      ...(counted ? {} : { attempts: sql<number>`attempts - 1` }),
    })
    .where('id', '=', id)
    .execute();
}
