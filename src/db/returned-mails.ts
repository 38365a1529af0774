import { sql } from 'kysely';
import type { Executor } from './database.ts';

export interface NewReturnedMail {
  readonly workspaceId: string | null;
  readonly envelopeTo: string | null;
  readonly sendId: string | null;
  readonly seq: number | null;
  readonly raw: Buffer;
}

/** Keeps what arrived; when this has resolved, it may be said to have arrived. */
export async function insertReturnedMails(db: Executor, mails: readonly NewReturnedMail[]): Promise<void> {
  await db
    .insertInto('returnedMails')
    .values([...mails])
    .execute();
}

export interface UnreadMail {
  readonly id: string;
  readonly workspaceId: string | null;
  readonly mailboxId: string | null;
  readonly sendId: string | null;
  readonly seq: number | null;
  readonly raw: Buffer;
  readonly receivedAt: Date;
  readonly attempts: number;
}

/** The oldest that nobody has read, each counted as tried: one that ends the process every time is left alone in the end. */
export async function takeUnread(db: Executor, limit: number): Promise<UnreadMail[]> {
  const { rows } = await sql<UnreadMail>`
    update returned_mails m set attempts = m.attempts + 1
    where m.id in (select id from returned_mails where state = 'new' order by id limit ${sql.lit(limit)} for update skip locked)
    returning m.id, m.workspace_id, m.mailbox_id, m.send_id, m.seq, m.raw, m.received_at, m.attempts`.execute(db);
  return rows.sort((a, b) => (a.id < b.id ? -1 : 1));
}

export interface ReadResult {
  readonly state: 'read' | 'unmatched' | 'ignored' | 'failed';
  readonly recipients: readonly string[];
  readonly error?: string;
}

export async function markRead(db: Executor, id: string, { state, recipients, error }: ReadResult): Promise<void> {
  await db
    .updateTable('returnedMails')
    .set({
      state,
      recipients: [...recipients],
      error: error ?? null,
      // Ordinary mail of a mailbox is nobody's business here.
      ...(state === 'ignored' ? { raw: sql<Buffer>`case when mailbox_id is null then raw else ''::bytea end` } : {}),
      readAt: sql<Date>`now()`,
      workspaceId: sql<
        string | null
      >`coalesce(workspace_id, (select s.workspace_id from campaign_sends s where s.id = returned_mails.send_id))`,
    })
    .where('id', '=', id)
    .execute();
}

/** To be tried again. */
export async function noteReadError(db: Executor, id: string, error: string): Promise<void> {
  await db.updateTable('returnedMails').set({ error }).where('id', '=', id).execute();
}

/** Mails of a person who is forgotten. */
export async function deleteReturnedMailsTo(db: Executor, workspaceId: string, emailKey: string): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('returnedMails')
    .where('workspaceId', '=', workspaceId)
    .where(sql<boolean>`${emailKey} = any(recipients)`)
    .executeTakeFirst();
  return Number(numDeletedRows);
}
