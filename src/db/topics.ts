import { sql } from 'kysely';
import type { Executor } from './database.ts';

/** A public list as a person sees it. */
export interface Topic {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly subscribed: boolean;
}

/** The public lists of a workspace, and which of them a contact is subscribed to. */
export async function listTopics(db: Executor, workspaceId: string, contactId: string | null): Promise<Topic[]> {
  const { rows } = await sql<Topic>`
    select l.id, l.name, l.description, coalesce(s.status = 'subscribed', false) as subscribed
    from lists l left join list_subscriptions s on s.list_id = l.id and s.contact_id = ${contactId}::uuid
    where l.workspace_id = ${workspaceId} and l.visibility = 'public'
    order by lower(l.name), l.id limit 200`.execute(db);
  return rows;
}
