// Takes a person out of every table. Each statement may be run again and then finds nothing; each returns how many rows held
// something. A column that comes to hold addresses belongs into one of the lists below: test/erasure.test.ts searches a dump
// of all tables for the address.
//
// Locks: rows of the ledger one send at a time, never more than the person's own. Rows that are on their way are left: their
// outcome is still to be written, by seq, and is erased afterwards.
import { type RawBuilder, sql } from 'kysely';
import { addressHash } from './contact-erasures.ts';
import type { Executor } from './database.ts';

export interface Person {
  readonly workspaceId: string;
  readonly emailKey: string;
}

/** Stands where an address stood. No address, so nothing can be sent to it. */
const GONE = 'erased';

async function affected(db: Executor, statement: RawBuilder<unknown>): Promise<number> {
  return Number((await statement.execute(db)).numAffectedRows ?? 0);
}

/** What is told nobody any more need not be refused. */
export function eraseRefusal(tx: Executor, { workspaceId, emailKey }: Person): Promise<number> {
  return affected(
    tx,
    sql`delete from tracking_refusals where workspace_id = ${workspaceId} and email_key = ${emailKey}`,
  );
}

/** From now on the gate knows the address by its hash alone. */
export async function keepHash(tx: Executor, { workspaceId, emailKey }: Person): Promise<number> {
  await sql`
    insert into suppressions (workspace_id, email, email_key, kind, reason, source)
    values (${workspaceId}, ${addressHash(emailKey)}, ${addressHash(emailKey)}, 'hash', 'erased', 'erasure')
    on conflict (workspace_id, email_key) do update set reason = 'erased', expires_at = null`.execute(tx);
  return affected(
    tx,
    sql`delete from suppressions where workspace_id = ${workspaceId} and email_key = ${emailKey} and kind = 'address'`,
  );
}

/** The contact, its subscriptions and what it was still to confirm. */
export async function eraseContact(tx: Executor, { workspaceId, emailKey }: Person): Promise<number> {
  const { rows } = await sql<{ id: string }>`
    delete from contacts where workspace_id = ${workspaceId} and email_key = ${emailKey} returning id`.execute(tx);
  const ids = rows.map(({ id }) => id);
  await sql`delete from list_subscriptions where contact_id = any(${ids}::uuid[])`.execute(tx);
  await sql`delete from confirmations where contact_id = any(${ids}::uuid[])`.execute(tx);
  return ids.length;
}

/** Single emails to the person, by their sends. */
export async function listEmailsTo(db: Executor, { workspaceId, emailKey }: Person): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select send_id as id from email_recipients where workspace_id = ${workspaceId} and email_key = ${emailKey}
    order by send_id`.execute(db);
  return rows.map(({ id }) => id);
}

/**
 * What single emails said that went to nobody else: they may speak of the person by any name. Content that came with an email
 * was stored in the same moment; a version of a template is others' too.
 */
export function eraseEmailContent(db: Executor, { workspaceId, emailKey }: Person): Promise<number> {
  return affected(
    db,
    sql`with alone as (
      select c.id, c.template_version_id, c.created_at from email_recipients r
      join campaign_sends s on s.id = r.send_id and s.total = 1 join campaigns c on c.id = s.campaign_id
      where r.workspace_id = ${workspaceId} and r.email_key = ${emailKey} and c.labels is distinct from '{"erased":true}'
    ), files as (delete from campaign_attachments a using alone where a.campaign_id = alone.id
    ), said as (
      update template_versions v set subject = ${GONE}, mjml = null, html = null, text = ${GONE}, prepared_html = null, design = null
      from alone where v.id = alone.template_version_id and v.template_id is null and v.created_at = alone.created_at
    )
    update campaigns c set name = ${GONE}, headers = '{}', reply_to = null, labels = '{"erased":true}'
    from alone where c.id = alone.id`,
  );
}

/** Takes single emails whose rows were erased off the list of what the address got. One that is on its way stays on it. */
export function eraseEmailRecipients(db: Executor, { workspaceId, emailKey }: Person): Promise<number> {
  return affected(
    db,
    sql`delete from email_recipients r where r.workspace_id = ${workspaceId} and r.email_key = ${emailKey} and not exists (
      select 1 from email_sends e where e.send_id = r.send_id and e.seq = r.seq and e.email_key = ${emailKey})`,
  );
}

/** The campaigns of a workspace behind one, by their sends, in order. */
export async function listSends(db: Executor, workspaceId: string, after: string, limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from campaign_sends where workspace_id = ${workspaceId} and not is_email and id > ${after} order by workspace_id, id limit ${limit}`.execute(
    db,
  );
  return rows.map(({ id }) => id);
}

/**
 * The person's rows in the ledgers of these sends, with the events that came of them: row, state and counts stay. By
 * (send_id, email_key); those that never had a key (invalid, doubled) are looked through, they are few.
 */
export async function eraseLedgerRows(
  db: Executor,
  person: Person,
  sendIds: readonly string[],
): Promise<{ emailSends: number; emailEvents: number }> {
  const { rows } = await sql<{ emailSends: number; emailEvents: number }>`
    with found as materialized (
      select e.send_id, e.seq, e.email_key from unnest(${sendIds}::uuid[]) as s(id)
      cross join lateral (
        (select e.* from email_sends e where e.send_id = s.id and e.email_key = ${person.emailKey})
        union all
        (select e.* from email_sends e where e.send_id = s.id and e.email_key is null and lower(btrim(e.email)) = ${person.emailKey})
      ) e where e.state <> 1
    ), events as (
      update email_events v set data = '{}', email_key = ${addressHash(person.emailKey)} from found
      where v.send_id = found.send_id and v.seq = found.seq returning 1
    ), erased as (
      update email_sends e set email = ${GONE}, data = '{}', response = ${scrubbed('e.response', person)}, contact_id = null,
        email_key = case when e.email_key is null then null else ${addressHash(person.emailKey)} end
      from found where e.send_id = found.send_id and e.seq = found.seq returning 1
    )
    select (select count(*) from erased)::int as email_sends, (select count(*) from events)::int as email_events`.execute(
    db,
  );
  return rows[0] ?? { emailSends: 0, emailEvents: 0 };
}

/** Whether a message to them has no outcome yet. */
export async function isInFlight(db: Executor, { workspaceId, emailKey }: Person): Promise<boolean> {
  const { rows } = await sql`
    select 1 from campaign_sends s cross join lateral (
      select 1 from email_sends e where e.send_id = s.id and e.email_key = ${emailKey} and e.state = 1 offset 0) e
    where s.workspace_id = ${workspaceId} and not s.is_email
    union all
    select 1 from email_recipients r join email_sends e on e.send_id = r.send_id and e.seq = r.seq
    where r.workspace_id = ${workspaceId} and r.email_key = ${emailKey} and e.state = 1
    limit 1`.execute(db);
  return rows.length > 0;
}

/** Audiences that came with a request and are not written out yet: the row stays, as one that is not sent to. */
export function eraseAudienceRows(db: Executor, { workspaceId, emailKey }: Person): Promise<number> {
  return affected(
    db,
    sql`update campaign_audience_rows a set email = ${GONE}, data = '{}', reason = coalesce(a.reason, 'suppressed'),
        email_key = case when a.email_key is null then null else ${addressHash(emailKey)} end
      from campaigns c where c.id = a.campaign_id and c.workspace_id = ${workspaceId}
        and (a.email_key = ${emailKey} or lower(btrim(a.email)) = ${emailKey})`,
  );
}

/** What they agreed to stays known by the hash of their address; where and with what they did it does not. */
export function eraseConsent(db: Executor, { workspaceId, emailKey }: Person): Promise<number> {
  return affected(
    db,
    sql`update consent_records set contact_id = null, ip = null, user_agent = null, detail = null, source = ${scrubbed('source', { emailKey })}
      where workspace_id = ${workspaceId} and email_hash = encode(sha256(convert_to(${emailKey}, 'UTF8')), 'hex')
        and (contact_id is not null or ip is not null or user_agent is not null or detail is not null)`,
  );
}

/** Of the built-in mailbox. */
export function eraseSandboxMessages(db: Executor, { workspaceId, emailKey }: Person): Promise<number> {
  return affected(
    db,
    sql`delete from sandbox_messages where workspace_id = ${workspaceId} and lower(envelope_to) = ${emailKey}`,
  );
}

export interface KeptAnswer {
  readonly key: string;
  readonly response: Buffer | null;
}

/** Answers that are kept for a day, for requests that are sent again; sealed, so that only their owner can look into them. */
export async function listAnswers(
  db: Executor,
  page: { readonly workspaceId: string; readonly after: string; readonly limit: number },
): Promise<KeptAnswer[]> {
  return db
    .selectFrom('idempotencyKeys')
    .select(['key', 'response'])
    .where('workspaceId', '=', page.workspaceId)
    .where('key', '>', page.after)
    .orderBy('key')
    .limit(page.limit)
    .execute();
}

/** Unless the answer is another one by now. */
export function replaceAnswer(
  db: Executor,
  workspaceId: string,
  { key, response }: KeptAnswer,
  by: Buffer,
): Promise<number> {
  return affected(
    db,
    sql`update idempotency_keys set response = ${by} where workspace_id = ${workspaceId} and key = ${key} and response = ${response}`,
  );
}

const ofWorkspace = 't.workspace_id = $workspace';
const through = (parent: string, key: string) =>
  `exists (select 1 from ${parent} p where p.id = t.${key} and p.workspace_id = $workspace)`;

/** Texts that programs and servers wrote, in which an address may be quoted: table, whose it is, columns. */
const QUOTING: ReadonlyArray<readonly [string, string, readonly string[]]> = [
  ['lead_import_rejects', through('lead_imports', 'import_id'), ['value', 'reason']],
  ['lead_imports', ofWorkspace, ['error', 'filename', 'findings']],
  ['campaigns', ofWorkspace, ['errors', 'audience_filters', 'state_reason', 'name', 'labels']],
  ['alerts', ofWorkspace, ['message']],
  ['alert_deliveries', through('alerts', 'alert_id'), ['last_error']],
  ['sending_accounts', ofWorkspace, ['state_reason']],
  ['account_health', through('sending_accounts', 'account_id'), ['breaker_reason', 'pause_reason', 'throttle_reason']],
  ['suppressions', ofWorkspace, ['source']],
  ['progress_tracking', ofWorkspace, ['name', 'waiting_for']],
  ['contact_operations', ofWorkspace, ['selection', 'change', 'error']],
  ['segments', ofWorkspace, ['filter', 'name']],
  ['confirmations', ofWorkspace, ['fields', 'source', 'error']],
  ['idempotency_keys', ofWorkspace, ['key']],
  ['audit_log', ofWorkspace, ['actor_name', 'object_name', 'detail']],
];
const JSON_COLUMNS = new Set([
  'errors',
  'audience_filters',
  'findings',
  'selection',
  'change',
  'filter',
  'fields',
  'detail',
  'labels',
]);

/** The address as it is quoted anywhere becomes a word. Answers with the tables that had it. */
export async function eraseQuotes(db: Executor, { workspaceId, emailKey }: Person): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const [table, whose, columns] of QUOTING) {
    const owned = sql.join(
      whose.split('$workspace').map((part) => sql.raw(part)),
      sql`${workspaceId}`,
    );
    const text = (column: string) => sql.raw(JSON_COLUMNS.has(column) ? `t.${column}::text` : `t.${column}`);
    const holds = columns.map((column) => sql`position(${emailKey} in lower(${text(column)})) > 0`);
    const set = columns.map((column) => {
      const value = scrub(text(column), emailKey);
      return sql`${sql.raw(column)} = ${JSON_COLUMNS.has(column) ? sql`(${value})::jsonb` : value}`;
    });
    const rows = await affected(
      db,
      sql`update ${sql.raw(table)} t set ${sql.join(set)} where ${owned} and (${sql.join(holds, sql` or `)})`,
    );
    if (rows > 0) counts[table.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())] = rows;
  }
  return counts;
}

function scrubbed(column: string, { emailKey }: Pick<Person, 'emailKey'>): RawBuilder<string> {
  return scrub(sql.raw(column), emailKey);
}

function scrub(text: RawBuilder<unknown>, emailKey: string): RawBuilder<string> {
  return sql<string>`regexp_replace(${text}, ${addressPattern(emailKey)}, ${GONE}, 'gi')`;
}

/** The address as a regular expression, of PostgreSQL and of JavaScript. */
function addressPattern(emailKey: string): string {
  return emailKey.replace(/[^\p{L}\p{N}@]/gu, (character) => `\\${character}`);
}

/** The same for a text at hand. */
export function withoutAddress(text: string, emailKey: string): string {
  return text.replace(new RegExp(addressPattern(emailKey), 'gi'), GONE);
}
