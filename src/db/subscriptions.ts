import { sql } from 'kysely';
import type { Executor } from './database.ts';

/** The lists a contact is or was in. */
export async function listSubscriptionsOf(
  db: Executor,
  contactId: string,
): Promise<Array<{ id: string; name: string; status: string }>> {
  return db
    .selectFrom('listSubscriptions as s')
    .innerJoin('lists as l', 'l.id', 's.listId')
    .select(['l.id', 'l.name', 's.status'])
    .where('s.contactId', '=', contactId)
    .orderBy('l.name')
    .execute();
}

export interface SubscribeCounts {
  readonly found: number;
  readonly added: number;
  readonly changed: number;
  readonly unsubscribed: number;
}

/**
 * Subscribes contacts of a workspace to a list. Those who unsubscribed from it stay so, unless `resubscribe` is set. The
 * contacts are locked: there are no foreign keys that would keep one from being deleted meanwhile.
 */
export async function subscribeContacts(
  tx: Executor,
  target: { workspaceId: string; listId: string; resubscribe: boolean },
  contactIds: readonly string[],
): Promise<SubscribeCounts> {
  const { rows } = await sql<SubscribeCounts>`
    with found as (
      select id from contacts where workspace_id = ${target.workspaceId} and id = any(${contactIds}::uuid[]) order by id for key share
    ), before as (
      select s.contact_id, s.status from list_subscriptions s join found on found.id = s.contact_id where s.list_id = ${target.listId}
    ), added as (
      insert into list_subscriptions (list_id, contact_id) select ${target.listId}::uuid, id from found order by id
      on conflict (list_id, contact_id) do nothing returning 1
    ), changed as (
      update list_subscriptions s set status = 'subscribed', changed_at = now() from before
      where ${target.resubscribe}::boolean and s.list_id = ${target.listId} and s.contact_id = before.contact_id and s.status = 'unsubscribed'
      returning 1
    )
    select (select count(*) from found)::int as found, (select count(*) from added)::int as added,
      (select count(*) from changed)::int as changed, (select count(*) from before where status = 'unsubscribed')::int as unsubscribed`.execute(
    tx,
  );
  return rows[0] ?? { found: 0, added: 0, changed: 0, unsubscribed: 0 };
}

/** False when the contact is not in this list of the workspace. */
export async function unsubscribeContact(
  db: Executor,
  target: { workspaceId: string; listId: string; contactId: string },
): Promise<boolean> {
  const row = await db
    .updateTable('listSubscriptions as s')
    .from('lists as l')
    .set({
      status: 'unsubscribed',
      changedAt: sql<Date>`case when s.status = 'subscribed' then now() else s.changed_at end`,
    })
    .whereRef('l.id', '=', 's.listId')
    .where('l.workspaceId', '=', target.workspaceId)
    .where('s.listId', '=', target.listId)
    .where('s.contactId', '=', target.contactId)
    .returning('s.contactId')
    .executeTakeFirst();
  return row !== undefined;
}
