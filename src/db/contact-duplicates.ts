// Contacts that may be one person. The look at all of them is one statement that groups by hashing or sorting outside of
// memory; afterwards the groups stand in a table and are read page by page.
import { sql } from 'kysely';
import type { Executor } from './database.ts';

/** More groups than this nobody looks through; when these are merged, the next look finds the rest. */
const MOST_GROUPS = 10_000;
/** More contacts than this of one name at one domain are not one person, but a list of placeholders. */
const MOST_OF_A_NAME = 10;

/**
 * What goes to one mailbox: behind a plus stands a tag (RFC 5233, as Gmail, Outlook, iCloud, Fastmail and Proton have it), and
 * Gmail leaves dots out (https://support.google.com/mail/answer/7436150).
 */
const MAILBOX = `case
  when split_part(c.email_key, '@', -1) in ('gmail.com', 'googlemail.com')
    then replace(split_part(split_part(c.email_key, '@', 1), '+', 1), '.', '') || '@gmail.com'
  else split_part(split_part(c.email_key, '@', 1), '+', 1) || '@' || split_part(c.email_key, '@', -1) end`;

/** A whole name of two words or more, at a domain that is not everybody's. */
const PERSON = `case
  when split_part(c.email_key, '@', -1) in ('gmail.com', 'googlemail.com', 'yahoo.com', 'hotmail.com', 'outlook.com',
    'live.com', 'icloud.com', 'aol.com', 'gmx.de', 'gmx.net', 'web.de', 'mail.ru', 'qq.com', '163.com', 'protonmail.com') then null
  when coalesce(c.first_name || ' ' || c.last_name, c.name) like '% %'
    then lower(coalesce(c.first_name || ' ' || c.last_name, c.name)) || '@' || split_part(c.email_key, '@', -1) end`;

/** Replaces what an earlier look found, in one transaction: who reads meanwhile sees the earlier one whole. */
export async function replaceDuplicates(tx: Executor, workspaceId: string, operationId: string): Promise<number> {
  await sql`delete from contact_duplicates where workspace_id = ${workspaceId}`.execute(tx);
  const { numAffectedRows } = await sql`
    insert into contact_duplicates (workspace_id, operation_id, group_no, reason, contact_ids)
    select ${workspaceId}::uuid, ${operationId}::uuid, row_number() over (order by reason, ids[1]), reason, ids from (
      select 'mailbox' as reason, (array_agg(c.id order by c.id))[1:100] as ids from contacts c
      where c.workspace_id = ${workspaceId} group by ${sql.raw(MAILBOX)} having count(*) > 1
      union all
      select 'person', array_agg(c.id order by c.id) from contacts c
      where c.workspace_id = ${workspaceId} and ${sql.raw(PERSON)} is not null
      group by ${sql.raw(PERSON)} having count(*) between 2 and ${sql.lit(MOST_OF_A_NAME)}
    ) groups limit ${sql.lit(MOST_GROUPS)}`.execute(tx);
  return Number(numAffectedRows ?? 0);
}

export interface DuplicateGroup {
  readonly groupNo: number;
  readonly reason: 'mailbox' | 'person';
  readonly contactIds: string[];
}

export async function listDuplicates(
  db: Executor,
  page: { readonly workspaceId: string; readonly after: number; readonly limit: number },
): Promise<DuplicateGroup[]> {
  const rows = await db
    .selectFrom('contactDuplicates')
    .select(['groupNo', 'reason', 'contactIds'])
    .where('workspaceId', '=', page.workspaceId)
    .where('groupNo', '>', page.after)
    .orderBy('groupNo')
    .limit(page.limit)
    .execute();
  return rows as DuplicateGroup[];
}

/** The last look at all contacts that has begun; null: there was none. */
export async function findLastLook(
  db: Executor,
  workspaceId: string,
): Promise<{ id: string; state: string; createdAt: Date; finishedAt: Date | null } | null> {
  const row = await db
    .selectFrom('contactOperations')
    .select(['id', 'state', 'createdAt', 'finishedAt'])
    .where('workspaceId', '=', workspaceId)
    .where('action', '=', 'find-duplicates')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ?? null;
}
