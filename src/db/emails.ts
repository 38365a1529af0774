import { type Selectable, sql } from 'kysely';
import type { RecipientState } from '../contract/states.ts';
import type { Executor } from './database.ts';
import type { Campaigns } from './schema.generated.ts';

/** A single email: a campaign of its own kind. Its id is also that of its send. */
type EmailRow = Selectable<Campaigns>;

/** Where the one batch of an email stands. */
export interface ListedEmail extends EmailRow {
  readonly notBefore: Date | null;
  readonly waitingFor: string | null;
  readonly wakeAt: Date | null;
}

export interface EmailFilter {
  readonly workspaceId: string;
  readonly state?: RecipientState;
  readonly emailKey?: string;
  readonly since?: Date;
  /** Newest first: only emails with a smaller id. */
  readonly before?: string;
  readonly limit: number;
}

/** Whether the batch says that a recipient is in the state; written so that the partial indexes of batches answer it. */
const IN_STATE: Readonly<Record<RecipientState, string>> = {
  pending: "b.state in ('ready', 'waiting') and b.pending > 0",
  sending: "(b.state = 'leased' or (b.state = 'waiting' and b.sending > 0))",
  sent: 'b.sent > 0',
  deferred: "b.state = 'waiting' and b.deferred > 0",
  failed: 'b.failed > 0',
  excluded: 'b.excluded > 0',
  unknown: 'b.unknown > 0',
  cancelled: 'b.cancelled > 0',
};

/** The smallest id that could have been made at a moment. */
function firstIdOf(moment: Date): string {
  const hex = Math.max(0, moment.getTime()).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}

export async function listEmails(db: Executor, filter: EmailFilter): Promise<ListedEmail[]> {
  const { workspaceId, state, emailKey, since, before, limit } = filter;
  const found =
    emailKey === undefined
      ? sql``
      : sql`join email_recipients r on r.send_id = c.id
    and r.workspace_id = ${workspaceId}::uuid and r.email_key = ${emailKey}`;
  const { rows } = await sql<ListedEmail>`
    select c.*, b.not_before, b.waiting_for, b.wake_at
    from campaigns c ${found} join campaign_send_batches b on b.send_id = c.id and b.email_workspace_id = ${workspaceId}::uuid
    where c.workspace_id = ${workspaceId}::uuid and c.kind = 'email'
      ${before === undefined ? sql`` : sql`and c.id < ${before}::uuid`}
      ${since === undefined ? sql`` : sql`and c.id >= ${firstIdOf(since)}::uuid`}
      ${state === undefined ? sql`` : sql`and ${sql.raw(IN_STATE[state])}`}
    order by c.id desc limit ${limit}`.execute(db);
  return rows;
}

export async function findEmail(db: Executor, workspaceId: string, id: string): Promise<ListedEmail | null> {
  const { rows } = await sql<ListedEmail>`
    select c.*, b.not_before, b.waiting_for, b.wake_at
    from campaigns c join campaign_send_batches b on b.send_id = c.id
    where c.id = ${id}::uuid and c.workspace_id = ${workspaceId}::uuid and c.kind = 'email'`.execute(db);
  return rows[0] ?? null;
}

export interface EmailRecipientRow {
  readonly emailId: string;
  readonly seq: number;
  readonly email: string;
  readonly state: number;
  readonly reason: string | null;
}

/** The recipients of these emails in their order. By the primary key of the ledger. */
export async function listEmailRecipients(db: Executor, ids: readonly string[]): Promise<EmailRecipientRow[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql<EmailRecipientRow>`
    select e.send_id as email_id, e.seq, e.email, e.state, e.reason from email_sends e
    where e.send_id = any(${ids}::uuid[]) order by e.send_id, e.seq`.execute(db);
  return rows;
}

/** The merge fields of each recipient, by number. */
export async function listMergeFields(db: Executor, id: string): Promise<Map<number, Record<string, unknown>>> {
  const { rows } = await sql<{ seq: number; data: Record<string, unknown> }>`
    select seq, data from email_sends where send_id = ${id}::uuid order by seq`.execute(db);
  return new Map(rows.map(({ seq, data }) => [seq, data]));
}
