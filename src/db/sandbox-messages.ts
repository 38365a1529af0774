import { type Selectable, sql } from 'kysely';
import type { Executor, HotExecutor } from './database.ts';
import { escapeLike } from './like.ts';
import type { SandboxMessages } from './schema.generated.ts';

export type SandboxMessageRow = Omit<Selectable<SandboxMessages>, 'raw'>;

export interface NewSandboxMessage {
  readonly id: string;
  readonly envelopeFrom: string;
  readonly envelopeTo: string;
  readonly messageId: string | null;
  readonly subject: string | null;
  readonly fromText: string | null;
  readonly toText: string | null;
  readonly raw: Buffer;
}

/**
 * Stores many messages in one statement. Their octets cross as one binary value that is cut apart here: as an array of
 * values the driver would write every octet as two hexadecimal digits.
 */
export async function insertSandboxMessages(
  db: HotExecutor,
  workspaceId: string,
  messages: readonly NewSandboxMessage[],
): Promise<void> {
  const starts: number[] = [];
  let length = 0;
  for (const message of messages) {
    starts.push(length + 1);
    length += message.raw.length;
  }
  await db.query({
    name: 'insert-sandbox-messages',
    text: `insert into sandbox_messages (id, workspace_id, envelope_from, envelope_to, message_id, subject, from_text, to_text, size, raw)
      select m.id, $1, m.envelope_from, m.envelope_to, m.message_id, m.subject, m.from_text, m.to_text, m.size, substring($10::bytea from m.start for m.size)
      from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::int[], $11::int[])
        as m(id, envelope_from, envelope_to, message_id, subject, from_text, to_text, size, start)`,
    values: [
      workspaceId,
      messages.map((m) => m.id),
      messages.map((m) => m.envelopeFrom),
      messages.map((m) => m.envelopeTo),
      messages.map((m) => m.messageId),
      messages.map((m) => m.subject),
      messages.map((m) => m.fromText),
      messages.map((m) => m.toText),
      messages.map((m) => m.raw.length),
      Buffer.concat(
        messages.map((m) => m.raw),
        length,
      ),
      starts,
    ],
  });
}

export interface SandboxMessageFilter {
  readonly workspaceId: string;
  /** A part of the recipient or of the subject. */
  readonly search?: string;
  /** Newest first: only messages with a smaller id. */
  readonly before?: string;
  readonly limit: number;
}

export async function listSandboxMessages(db: Executor, filter: SandboxMessageFilter): Promise<SandboxMessageRow[]> {
  let query = matching(db, filter).select(COLUMNS);
  if (filter.before) query = query.where('id', '<', filter.before);
  return query.orderBy('id', 'desc').limit(filter.limit).execute();
}

export async function countSandboxMessages(
  db: Executor,
  filter: Pick<SandboxMessageFilter, 'workspaceId' | 'search'>,
): Promise<number> {
  const row = await matching(db, filter).select(sql<number>`count(*)`.as('messages')).executeTakeFirst();
  return row?.messages ?? 0;
}

export async function findSandboxMessage(
  db: Executor,
  workspaceId: string,
  id: string,
): Promise<(SandboxMessageRow & { raw: Buffer }) | null> {
  const row = await db
    .selectFrom('sandboxMessages')
    .selectAll()
    .where('workspaceId', '=', workspaceId)
    .where('id', '=', id)
    .executeTakeFirst();
  return row ?? null;
}

export async function deleteSandboxMessages(db: Executor, workspaceId: string): Promise<number> {
  const result = await db.deleteFrom('sandboxMessages').where('workspaceId', '=', workspaceId).executeTakeFirst();
  return Number(result.numDeletedRows);
}

/**
 * Deletes what is older than the newest `messages` messages, or than the newest ones that together have `bytes`
 * octets. The bound is found in `sandbox_messages_workspace` alone: 10 ms over 10,000 messages.
 */
export async function trimSandboxMessages(
  db: HotExecutor,
  workspaceId: string,
  bound: { readonly messages: number; readonly bytes: number },
): Promise<number> {
  const result = await db.query(
    `with newest as (
       select id, row_number() over older as messages, sum(size) over older as bytes
       from (select id, size from sandbox_messages where workspace_id = $1 order by id desc limit $2::int + 1) as kept
       window older as (order by id desc)
     )
     delete from sandbox_messages where workspace_id = $1
       and id <= (select id from newest where messages > $2 or bytes > $3 order by id desc limit 1)`,
    [workspaceId, bound.messages, bound.bytes],
  );
  return result.rowCount ?? 0;
}

const COLUMNS = [
  'id',
  'workspaceId',
  'receivedAt',
  'envelopeFrom',
  'envelopeTo',
  'messageId',
  'subject',
  'fromText',
  'toText',
  'size',
] as const;

function matching(db: Executor, filter: Pick<SandboxMessageFilter, 'workspaceId' | 'search'>) {
  const query = db.selectFrom('sandboxMessages').where('workspaceId', '=', filter.workspaceId);
  if (!filter.search) return query;
  const pattern = `%${escapeLike(filter.search)}%`;
  return query.where((eb) => eb.or([eb('envelopeTo', 'ilike', pattern), eb('subject', 'ilike', pattern)]));
}
