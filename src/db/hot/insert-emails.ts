// Accepts single emails: campaign, content, send, ledger rows and batch of each, written out and ready to be claimed, in one
// statement, so that an answer waits for one round trip and one commit however many there are.
//
// Locks: none that anybody else wants; the rows are new. An email whose id is known already (the same request again, after a
// crash took its answer) is left as it is, with everything below it.
// Index: contacts and suppressions by (workspace_id, email_key), a look-up a recipient.
// Rejected: drafting, launching and expanding it as a campaign, which is a dozen statements and four commits.

import type { Selectable } from 'kysely';
import type { HotExecutor } from '../database.ts';
import { jsonbText } from '../jsonb.ts';
import type { CampaignAttachments } from '../schema.generated.ts';
import { heedsWishes, suppressedSql } from '../suppressed.ts';

/** Content that came with the email, made ready to be sent. */
export interface EmailContent {
  readonly subject: string;
  readonly mjml: string | null;
  readonly html: string | null;
  readonly text: string | null;
  readonly preparedHtml: string | null;
}

export interface NewEmail {
  /** Also that of its send. */
  readonly id: string;
  readonly versionId: string;
  /** Null: the version is there already. */
  readonly content: EmailContent | null;
  /** As it was written: what lists show. */
  readonly subject: string;
  readonly fromName: string | null;
  readonly fromAddress: string;
  readonly replyTo: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly accountIds: readonly string[];
  readonly retry: object | null;
  readonly tracking: object | null;
  readonly utm: object | null;
  readonly labels: object | null;
  /** The list it belongs to; null: it is sent whatever lists its recipients left. */
  readonly listId: string | null;
  /** Also to who asked for no mail at all. */
  readonly evenIfUnsubscribed: boolean;
  readonly scheduledAt: Date | null;
  readonly recipients: ReadonlyArray<{
    readonly email: string;
    readonly emailKey: string;
    readonly data: Readonly<Record<string, unknown>>;
  }>;
  readonly attachments: ReadonlyArray<Omit<Selectable<CampaignAttachments>, 'campaignId' | 'position'>>;
}

const INSERT = `
with mail as materialized (
  select * from json_to_recordset($2::json) as m(id uuid, version_id uuid, content json, subject text,
    from_name text, from_address text, reply_to text, headers jsonb, account_ids uuid[], retry jsonb, tracking jsonb,
    utm jsonb, labels jsonb, audience jsonb, scheduled_at timestamptz)
  where not exists (select 1 from campaigns c where c.id = m.id)
), asked as materialized (
  select r.*, m.id as mail_id, m.scheduled_at,
    ${suppressedSql('$1', 'r.email_key', heedsWishes('m.audience'))} as suppressed
  from json_to_recordset($3::json) as r(send_id uuid, seq int, email text, email_key text, data json)
  join mail m on m.id = r.send_id
), totals as (
  select send_id, count(*)::int as total, (count(*) filter (where suppressed))::int as excluded from asked group by send_id
), version as (
  insert into template_versions (id, workspace_id, version, subject, mjml, html, text, prepared_html)
  select m.version_id, $1, 1, c.subject, c.mjml, c.html, c.text, c.prepared_html
  from mail m cross join lateral json_to_record(m.content) as c(subject text, mjml text, html text, text text, prepared_html text)
  where json_typeof(m.content) = 'object'
), campaign as (
  insert into campaigns (id, workspace_id, kind, name, state, template_version_id, from_name, from_address, reply_to, headers,
    audience, account_ids, retry, tracking, utm, labels, scheduled_at, launched_at, started_at, finished_at)
  select m.id, $1, 'email', m.subject, case when t.excluded = t.total then 'completed' else 'active' end, m.version_id,
    m.from_name, m.from_address, m.reply_to, m.headers, m.audience, m.account_ids, m.retry, m.tracking, m.utm, m.labels,
    m.scheduled_at, now(), now(), case when t.excluded = t.total then now() end
  from mail m join totals t on t.send_id = m.id
), send as (
  insert into campaign_sends (id, workspace_id, campaign_id, is_email, expanded_at, total, expected_total)
  select m.id, $1, m.id, true, now(), t.total, t.total from mail m join totals t on t.send_id = m.id
), ledger as (
  insert into email_sends (send_id, seq, contact_id, email, email_key, data, state, reason)
  select a.send_id, a.seq, (select c.id from contacts c where c.workspace_id = $1 and c.email_key = a.email_key),
    a.email, a.email_key, a.data, case when a.suppressed then 5 else 0 end, case when a.suppressed then 'suppressed' end
  from asked a
), known as (
  insert into email_recipients (workspace_id, email_key, send_id, seq) select $1, a.email_key, a.send_id, a.seq from asked a
), attached as (
  insert into campaign_attachments (campaign_id, position, filename, content_type, content, cid, url, if_missing)
  select f.campaign_id, f.position, f.filename, f.content_type, decode(f.content, 'base64'), f.cid, f.url, f.if_missing
  from json_to_recordset($4::json) as f(campaign_id uuid, position int, filename text, content_type text, content text, cid text, url text, if_missing text)
  join mail m on m.id = f.campaign_id
), batch as (
  insert into campaign_send_batches (send_id, batch_no, first_seq, last_seq, email_workspace_id, state, wake_at, not_before,
    waiting_for, pending, excluded, counted_at)
  select t.send_id, 1, 1, t.total, $1,
    case when t.excluded = t.total then 'done' when m.scheduled_at > now() then 'waiting' else 'ready' end,
    case when t.excluded < t.total then coalesce(m.scheduled_at, now()) end, m.scheduled_at,
    case when m.scheduled_at > now() and t.excluded < t.total then 'its time' end, t.total - t.excluded, t.excluded, now()
  from totals t join mail m on m.id = t.send_id
)
select a.mail_id as id, a.seq, a.suppressed from asked a`;

/**
 * Stores emails of one workspace; all of them or, when it throws, none. Returns which of their recipients are suppressed, by
 * email; an email that was stored before is not among them.
 */
export async function insertEmails(
  db: HotExecutor,
  workspaceId: string,
  emails: readonly NewEmail[],
): Promise<Map<string, Set<number>>> {
  const { rows } = await db.query<{ id: string; seq: number; suppressed: boolean }>({
    name: 'insert-emails',
    text: INSERT,
    values: [workspaceId, ...[mailOf, recipientsOf, attachmentsOf].map((part) => jsonbText(emails.flatMap(part)))],
  });
  const stored = new Map<string, Set<number>>();
  for (const { id, seq, suppressed } of rows) {
    const excluded = stored.get(id) ?? new Set();
    stored.set(id, excluded);
    if (suppressed) excluded.add(seq);
  }
  return stored;
}

function mailOf(email: NewEmail): object {
  return {
    id: email.id,
    version_id: email.versionId,
    content: email.content && { ...email.content, prepared_html: email.content.preparedHtml },
    subject: email.subject,
    from_name: email.fromName,
    from_address: email.fromAddress,
    reply_to: email.replyTo,
    headers: email.headers,
    account_ids: `{${email.accountIds.join(',')}}`,
    retry: email.retry,
    tracking: email.tracking,
    utm: email.utm,
    labels: email.labels,
    audience: audienceOf(email),
    scheduled_at: email.scheduledAt?.toISOString() ?? null,
  };
}

function audienceOf({ listId, evenIfUnsubscribed }: NewEmail): object {
  if (listId !== null) return { kind: 'lists', listIds: [listId], excludeListIds: [] };
  return evenIfUnsubscribed ? { kind: 'inline', evenIfUnsubscribed } : { kind: 'inline' };
}

function attachmentsOf({ id, attachments }: NewEmail): object[] {
  return attachments.map(({ filename, contentType, content, cid, url, ifMissing }, i) => ({
    campaign_id: id,
    position: i,
    filename,
    content_type: contentType,
    content: content?.toString('base64'),
    cid,
    url,
    if_missing: ifMissing,
  }));
}

function recipientsOf({ id, recipients }: NewEmail): object[] {
  return recipients.map(({ email, emailKey, data }, i) => ({
    send_id: id,
    seq: i + 1,
    email,
    email_key: emailKey,
    data,
  }));
}
