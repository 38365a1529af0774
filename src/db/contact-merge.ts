import { sql } from 'kysely';
import type { ContactRow } from './contacts.ts';
import type { Executor } from './database.ts';

/** In the order of their ids, so that two merges never wait in a circle. */
export async function lockContacts(tx: Executor, workspaceId: string, ids: readonly string[]): Promise<ContactRow[]> {
  return tx
    .selectFrom('contacts')
    .selectAll()
    .where('workspaceId', '=', workspaceId)
    .where('id', '=', sql<string>`any(${ids}::uuid[])`)
    .orderBy('id')
    .forUpdate()
    .execute();
}

/**
 * Gives the subscriptions of some contacts to another one: who has unsubscribed from a list with one address has with all of
 * them, and one confirmed subscription is a subscription. Answers what changed for that contact.
 */
export async function moveSubscriptions(
  tx: Executor,
  to: string,
  from: readonly string[],
): Promise<Array<{ id: string; status: string }>> {
  const { rows } = await sql<{ id: string; status: string }>`
    with all_of as (
      select s.list_id, min(s.subscribed_at) as subscribed_at, max(s.changed_at) as changed_at,
        case when bool_or(s.status = 'unsubscribed') then 'unsubscribed' when bool_or(s.status = 'subscribed') then 'subscribed' else min(s.status) end as status
      from list_subscriptions s where s.contact_id = any(${[to, ...from]}::uuid[]) group by s.list_id
    )
    insert into list_subscriptions as t (list_id, contact_id, status, subscribed_at, changed_at)
    select list_id, ${to}::uuid, status, subscribed_at, changed_at from all_of order by list_id
    on conflict (list_id, contact_id) do update set status = excluded.status, changed_at = now() where t.status <> excluded.status
    returning t.list_id as id, t.status`.execute(tx);
  return rows;
}

/** What people agreed to, and what they are still to confirm. */
export async function moveConsent(tx: Executor, to: string, from: readonly ContactRow[]): Promise<void> {
  const ids = from.map(({ id }) => id);
  await sql`update consent_records c set contact_id = ${to}
    from unnest(${from.map(({ emailKey }) => emailKey)}::text[]) as k(key)
    where c.workspace_id = ${from[0]?.workspaceId ?? to} and c.email_hash = encode(sha256(convert_to(k.key, 'UTF8')), 'hex')
      and c.contact_id = any(${ids}::uuid[])`.execute(tx);
  await sql`update confirmations set contact_id = ${to} where contact_id = any(${ids}::uuid[])`.execute(tx);
}

/** Somebody who wants nothing any more wants nothing at their other address either. The reason, when there is one now. */
export async function moveSuppression(
  tx: Executor,
  to: ContactRow,
  from: readonly ContactRow[],
): Promise<string | null> {
  const { rows } = await sql<{ reason: string }>`
    insert into suppressions (workspace_id, email, email_key, reason, source, expires_at)
    select s.workspace_id, ${to.email}, ${to.emailKey}, s.reason, 'merged contacts', s.expires_at from suppressions s
    where s.workspace_id = ${to.workspaceId} and s.email_key = any(${from.map(({ emailKey }) => emailKey)}::text[])
      and s.kind = 'address' and s.reason in ('unsubscribed', 'paused', 'complaint') and (s.expires_at is null or s.expires_at > now())
    order by s.expires_at desc nulls first, s.id limit 1
    on conflict (workspace_id, email_key) do nothing returning reason`.execute(tx);
  return rows[0]?.reason ?? null;
}
