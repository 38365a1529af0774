import { sql } from 'kysely';
import type { Executor } from './database.ts';

/** The recipient that an unsubscribe link was made for. */
export interface LinkOwner {
  readonly workspaceId: string;
  readonly campaignId: string;
  readonly email: string;
  readonly emailKey: string;
  readonly contactId: string | null;
  /** Lists the campaign was sent to; empty for an inline audience. */
  readonly listIds: readonly string[];
  readonly sender: string | null;
}

export async function findLinkOwner(db: Executor, ref: { sendId: string; seq: number }): Promise<LinkOwner | null> {
  const { rows } = await sql<LinkOwner>`
    select s.workspace_id, s.campaign_id, e.email, e.email_key, e.contact_id, coalesce(c.from_name, c.from_address) as sender,
      array(select jsonb_array_elements_text(case when c.audience->>'kind' = 'lists' then c.audience->'listIds' else '[]' end)) as list_ids
    from email_sends e join campaign_sends s on s.id = e.send_id join campaigns c on c.id = s.campaign_id
    where e.send_id = ${ref.sendId} and e.seq = ${ref.seq} and e.email_key is not null`.execute(db);
  return rows[0] ?? null;
}

/** Writes that a recipient unsubscribed, once, however often they say so. */
export async function insertUnsubscribeEvent(
  tx: Executor,
  event: { workspaceId: string; sendId: string; seq: number },
): Promise<void> {
  // Two clicks at once: the second waits here and then finds the first one's row.
  await sql`select pg_advisory_xact_lock(hashtextextended(${`unsubscribe ${event.sendId} ${event.seq}`}, 0))`.execute(
    tx,
  );
  await sql`
    insert into email_events (workspace_id, send_id, seq, type)
    select ${event.workspaceId}::uuid, ${event.sendId}::uuid, ${event.seq}::int, 'unsubscribed'
    where not exists (
      select 1 from email_events where send_id = ${event.sendId} and seq = ${event.seq} and type = 'unsubscribed')`.execute(
    tx,
  );
}
