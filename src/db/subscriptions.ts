import { sql } from 'kysely';
import { askLately, CONFIRM_WITHIN } from './confirmations.ts';
import { BY_API, type ConsentOrigin, consentInsert } from './consents.ts';
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

export interface SubscribeTarget {
  readonly workspaceId: string;
  readonly listId: string;
  /** Those who unsubscribed are asked, by mail, whether they want to come back. */
  readonly resubscribe: boolean;
  /** They have confirmed elsewhere, so a list that asks first does not ask again. */
  readonly confirmed?: boolean;
  readonly origin?: ConsentOrigin;
}

export interface SubscribeCounts {
  readonly found: number;
  /** Of those found, what they are in the list now. */
  readonly subscribed: number;
  readonly unconfirmed: number;
  readonly unsubscribed: number;
  /** How many of those subscribed were not before. */
  readonly added: number;
}

/**
 * Puts contacts of a workspace on a list, with a record of it. A list with double opt-in takes them as unconfirmed and has
 * them asked by mail. Who unsubscribed stays so: with `resubscribe` they are asked too. The contacts are locked: there are
 * no foreign keys that would keep one from being deleted meanwhile, and nobody is to be asked twice at once.
 */
export async function subscribeContacts(
  tx: Executor,
  target: SubscribeTarget,
  contactIds: readonly string[],
): Promise<SubscribeCounts> {
  const { workspaceId, listId, resubscribe, confirmed = false, origin = BY_API } = target;
  // By itself, so that the statement below sees what whoever held these locks has done.
  const { rows: locked } = await sql<{ id: string }>`
    select id from contacts where workspace_id = ${workspaceId} and id = any(${contactIds}::uuid[])
    order by id for no key update`.execute(tx);
  const ids = locked.map(({ id }) => id);
  const { rows } = await sql<Omit<SubscribeCounts, 'found'>>`
    with list as (
      select id, name, opt_in = 'double' and not ${confirmed}::boolean as asks from lists where id = ${listId} and workspace_id = ${workspaceId}
    ), found as (
      select c.id, c.email_key from contacts c where c.id = any(${ids}::uuid[])
    ), before as (
      select s.contact_id, s.status from list_subscriptions s join found on found.id = s.contact_id where s.list_id = ${listId}
    ), added as (
      insert into list_subscriptions (list_id, contact_id, status)
      select list.id, found.id, case when list.asks then 'unconfirmed' else 'subscribed' end from found, list order by found.id
      on conflict (list_id, contact_id) do nothing returning contact_id, status
    ), confirmed as (
      update list_subscriptions s set status = 'subscribed', changed_at = now() from before, list
      where not list.asks and s.list_id = list.id and s.contact_id = before.contact_id and before.status = 'unconfirmed' and s.status = 'unconfirmed'
      returning s.contact_id
    ), wanted as (
      select contact_id from added where status = 'unconfirmed'
      union select contact_id from before, list
      where ${resubscribe}::boolean and (before.status = 'unsubscribed' or (before.status = 'unconfirmed' and list.asks))
    ), asked as (
      insert into confirmations (workspace_id, contact_id, list_ids, method, source, due_at, expires_at)
      select ${workspaceId}::uuid, w.contact_id, array[${listId}::uuid], ${origin.method}, ${origin.source}, now(), now() + ${CONFIRM_WITHIN}
      from wanted w where not ${askLately(sql`w.contact_id`, sql`array[${listId}::uuid]`)}
    ), recorded as (
      ${consentInsert(
        workspaceId,
        sql`select f.id, f.email_key, list.id, list.name, case when x.asked then 'requested' else 'subscribed' end
          from (select contact_id, true as asked from wanted
            union all select contact_id, false from added where status = 'subscribed'
            union all select contact_id, false from confirmed) x join found f on f.id = x.contact_id, list`,
        origin,
      )}
    )
    select (select count(*) from added where status = 'subscribed')::int + (select count(*) from confirmed)::int as added,
      (select count(*) from added where status = 'subscribed')::int + (select count(*) from confirmed)::int
        + (select count(*) from before where status = 'subscribed')::int as subscribed,
      (select count(*) from added where status = 'unconfirmed')::int - (select count(*) from confirmed)::int
        + (select count(*) from before where status = 'unconfirmed')::int as unconfirmed,
      (select count(*) from before where status = 'unsubscribed')::int as unsubscribed`.execute(tx);
  const counts = rows[0] ?? { subscribed: 0, unconfirmed: 0, unsubscribed: 0, added: 0 };
  return { ...counts, found: ids.length };
}

/**
 * Puts a contact on lists whatever they were there before: only by their own act, from a link that came to their address.
 * Returns the lists on which that changed something.
 */
export async function joinLists(
  tx: Executor,
  contact: { readonly workspaceId: string; readonly contactId: string },
  listIds: readonly string[],
): Promise<string[]> {
  const { rows } = await sql<{ listId: string }>`
    insert into list_subscriptions as s (list_id, contact_id, status)
    select l.id, c.id, 'subscribed' from lists l, contacts c
    where l.id = any(${listIds}::uuid[]) and l.workspace_id = ${contact.workspaceId}
      and c.id = ${contact.contactId} and c.workspace_id = ${contact.workspaceId} order by l.id for key share of c
    on conflict (list_id, contact_id) do update set status = 'subscribed', changed_at = now() where s.status <> 'subscribed'
    returning s.list_id as "listId"`.execute(tx);
  return rows.map(({ listId }) => listId);
}

/** Unsubscribes a contact from lists, or from all; returns those it had not left before. */
export async function leaveLists(
  tx: Executor,
  contactId: string,
  listIds: readonly string[] | 'all',
): Promise<{ readonly known: number; readonly left: string[] }> {
  const which = listIds === 'all' ? sql`true` : sql`list_id = any(${listIds}::uuid[])`;
  const { rows } = await sql<{ known: number; left: string[] }>`
    with found as (
      select list_id from list_subscriptions where contact_id = ${contactId} and ${which} order by list_id for update
    ), changed as (
      update list_subscriptions s set status = 'unsubscribed', changed_at = now() from found
      where s.list_id = found.list_id and s.contact_id = ${contactId} and s.status <> 'unsubscribed' returning s.list_id
    )
    select (select count(*) from found)::int as known, array(select list_id from changed order by 1) as "left"`.execute(
    tx,
  );
  return rows[0] ?? { known: 0, left: [] };
}
