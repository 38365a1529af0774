// What was told of messages after their hand-over, written in arrays: no statement a message.
//
// Locks: the rows of the ledger in (send_id, seq) order, before anything else of them is written; the recorder takes them in
// the same order.
// Index: the ledger's primary key, and email_events_once for what was told before.
import { sql } from 'kysely';
import type { Executor } from './database.ts';
import { jsonbText } from './jsonb.ts';

export interface LedgerRef {
  readonly sendId: string;
  readonly seq: number;
}

/** A row that may have been sent, and whose it is. */
export interface ToldRow extends LedgerRef {
  readonly workspaceId: string;
  readonly campaignId: string;
  readonly contactId: string | null;
  readonly email: string;
  readonly emailKey: string;
  readonly state: number;
  /** Lists the campaign was sent to; empty for an inline audience. */
  readonly listIds: readonly string[];
}

/** The rows of these references, locked, of this workspace or of any; those that were never handed over are left out. */
export async function lockToldRows(
  tx: Executor,
  refs: readonly LedgerRef[],
  workspaceId: string | null,
): Promise<ToldRow[]> {
  if (refs.length === 0) return [];
  const { rows } = await sql<ToldRow>`
    with told as (
      select distinct send_id, seq from unnest(${refs.map((ref) => ref.sendId)}::uuid[], ${refs.map((ref) => ref.seq)}::int[]) as t(send_id, seq)
    ), locked as materialized (
      select e.send_id, e.seq, e.contact_id, e.email, e.email_key, e.state
      from told t join email_sends e on e.send_id = t.send_id and e.seq = t.seq
      where e.attempts > 0 and e.email_key is not null order by e.send_id, e.seq for update of e
    )
    select l.*, s.workspace_id, s.campaign_id,
      array(select jsonb_array_elements_text(case when c.audience->>'kind' = 'lists' then c.audience->'listIds' else '[]' end)) as list_ids
    from locked l join campaign_sends s on s.id = l.send_id join campaigns c on c.id = s.campaign_id
    where ${workspaceId}::uuid is null or s.workspace_id = ${workspaceId}::uuid`.execute(tx);
  return rows;
}

/** How far back a bare address is looked for. */
const DAYS_BACK = 90;
const SENDS_BACK = 500;

/** The sends that may have gone to an address `k.email_key`: campaigns of late, and the last single emails to it. */
const SENDS_TO = sql`(
  select id from sends
  union all
  (select r.send_id from email_recipients r where r.workspace_id = k.workspace_id and r.email_key = k.email_key
    order by r.send_id desc limit ${sql.lit(SENDS_BACK)}))`;

/** The last message handed over for each of these addresses, of the newest 500 campaigns within 90 days and single emails. */
export async function findLastSends(
  db: Executor,
  workspaceId: string,
  emailKeys: readonly string[],
): Promise<Array<LedgerRef & { readonly emailKey: string }>> {
  if (emailKeys.length === 0) return [];
  const { rows } = await sql<LedgerRef & { emailKey: string }>`
    with sends as materialized (
      select id from campaign_sends where workspace_id = ${workspaceId}::uuid and not is_email and created_at > now() - make_interval(days => ${DAYS_BACK})
      order by id desc limit ${sql.lit(SENDS_BACK)}
    )
    select k.email_key, last.send_id, last.seq
    from (select email_key, ${workspaceId}::uuid as workspace_id from unnest(${emailKeys}::text[]) as t(email_key)) k
    cross join lateral (
      select e.send_id, e.seq from ${SENDS_TO} s join email_sends e on e.send_id = s.id and e.email_key = k.email_key
      where e.attempts > 0 order by s.id desc limit 1) last`.execute(db);
  return rows;
}

/** Shorter names are found in the words of other answers. */
const SHORTEST_REMOTE_ID = 6;

/**
 * Messages that were taken under these names, among those to the address: the answer of the hand-over holds the name, and the
 * address is what an index leads to, so that the send path pays nothing for it.
 */
export async function findByRemoteId(
  db: Executor,
  workspaceId: string,
  told: ReadonlyArray<{ readonly emailKey: string; readonly remoteId: string }>,
): Promise<Array<LedgerRef & { readonly emailKey: string; readonly remoteId: string }>> {
  const wanted = told.filter(({ remoteId }) => remoteId.length >= SHORTEST_REMOTE_ID);
  if (wanted.length === 0) return [];
  const { rows } = await sql<LedgerRef & { emailKey: string; remoteId: string }>`
    with sends as materialized (
      select id from campaign_sends where workspace_id = ${workspaceId}::uuid and not is_email and created_at > now() - make_interval(days => ${DAYS_BACK})
      order by id desc limit ${sql.lit(SENDS_BACK)}
    )
    select k.email_key, k.remote_id, found.send_id, found.seq
    from (select distinct email_key, remote_id, ${workspaceId}::uuid as workspace_id from unnest(${wanted.map((one) => one.emailKey)}::text[], ${wanted.map((one) => one.remoteId)}::text[])
      as t(email_key, remote_id)) k
    cross join lateral (
      select e.send_id, e.seq from ${SENDS_TO} s join email_sends e on e.send_id = s.id and e.email_key = k.email_key
      where e.attempts > 0 and position(k.remote_id in e.response) > 0 order by s.id desc limit 1) found`.execute(db);
  return rows;
}

export interface NewEvent extends LedgerRef {
  readonly workspaceId: string;
  readonly type: string;
  readonly source: string;
  readonly eventId: string;
  readonly occurredAt: Date;
  readonly data: unknown;
  /** A scanner or a prefetching program did it. */
  readonly machine: boolean;
  readonly linkNo: number | null;
}

/** Writes what is new; returns `source` and `eventId` of that. Told twice, an event is one. */
export async function insertEvents(
  tx: Executor,
  events: readonly NewEvent[],
): Promise<Array<{ workspaceId: string; source: string; eventId: string }>> {
  if (events.length === 0) return [];
  const { rows } = await sql<{ workspaceId: string; source: string; eventId: string }>`
    insert into email_events (workspace_id, send_id, seq, type, source, event_id, occurred_at, data, machine, link_no)
    select * from unnest(${events.map((e) => e.workspaceId)}::uuid[], ${events.map((e) => e.sendId)}::uuid[], ${events.map((e) => e.seq)}::int[],
      ${events.map((e) => e.type)}::text[], ${events.map((e) => e.source)}::text[], ${events.map((e) => e.eventId)}::text[],
      ${events.map((e) => e.occurredAt)}::timestamptz[], ${events.map((e) => jsonbText(e.data))}::jsonb[],
      ${events.map((e) => e.machine)}::bool[], ${events.map((e) => e.linkNo)}::smallint[])
    on conflict (workspace_id, source, event_id) where event_id is not null do nothing
    returning workspace_id, source, event_id`.execute(tx);
  return rows;
}

export interface Evidence extends LedgerRef {
  readonly at: Date;
  /** In words, for the ledger. */
  readonly words: string;
  /** What it proves: sent, or failed. */
  readonly state: number;
}

/** Keeps that these rows were sent, or were not, until their state says so. Proof that one was sent goes before. */
export async function keepEvidence(tx: Executor, evidence: readonly Evidence[]): Promise<void> {
  if (evidence.length === 0) return;
  await sql`
    insert into sent_evidence as v (send_id, seq, occurred_at, words, state)
    select distinct on (send_id, seq) * from unnest(${evidence.map((e) => e.sendId)}::uuid[], ${evidence.map((e) => e.seq)}::int[],
      ${evidence.map((e) => e.at)}::timestamptz[], ${evidence.map((e) => e.words)}::text[], ${evidence.map((e) => e.state)}::smallint[])
      as t(send_id, seq, occurred_at, words, state) order by send_id, seq, state
    on conflict (send_id, seq) do update set state = excluded.state, words = excluded.words, occurred_at = excluded.occurred_at
      where v.state > excluded.state`.execute(tx);
}

/** Evidence that can be acted on: of rows that are not `sending` any more, or gone with their campaign. */
export async function listDecidable(db: Executor, limit: number): Promise<Evidence[]> {
  const { rows } = await sql<Evidence>`
    select v.send_id, v.seq, v.occurred_at as at, v.words, v.state
    from sent_evidence v left join email_sends e on e.send_id = v.send_id and e.seq = v.seq
    where e.state is distinct from 1 order by v.send_id, v.seq limit ${sql.lit(limit)}`.execute(db);
  return rows;
}

/** What somebody reports on was sent, or rejected afterwards: `unknown` becomes what is proved. Every other state stays. */
export async function proveOutcome(db: Executor, evidence: readonly Evidence[]): Promise<void> {
  await sql`
    with locked as (
      select e.send_id, e.seq, p.at, p.words, p.state
      from unnest(${evidence.map((e) => e.sendId)}::uuid[], ${evidence.map((e) => e.seq)}::int[], ${evidence.map((e) => e.at)}::timestamptz[],
        ${evidence.map((e) => e.words)}::text[], ${evidence.map((e) => e.state)}::smallint[]) as p(send_id, seq, at, words, state)
      join email_sends e on e.send_id = p.send_id and e.seq = p.seq
      where e.state = 6 order by e.send_id, e.seq for update of e
    )
    update email_sends e set state = l.state, code = null, response = l.words,
      sent_at = case when l.state = 2 then coalesce(e.sent_at, l.at) end, class = case when l.state = 4 then 'refused' end
    from locked l where e.send_id = l.send_id and e.seq = l.seq`.execute(db);
}

export interface BatchOfRows {
  readonly sendId: string;
  readonly campaignId: string;
  readonly batchNo: number;
  readonly firstSeq: number;
  readonly lastSeq: number;
}

export async function findBatchesOf(db: Executor, refs: readonly LedgerRef[]): Promise<BatchOfRows[]> {
  const { rows } = await sql<BatchOfRows>`
    select distinct b.send_id, s.campaign_id, b.batch_no, b.first_seq, b.last_seq
    from unnest(${refs.map((ref) => ref.sendId)}::uuid[], ${refs.map((ref) => ref.seq)}::int[]) as r(send_id, seq)
    join campaign_sends s on s.id = r.send_id
    join campaign_send_batches b on b.send_id = r.send_id and r.seq between b.first_seq and b.last_seq
    order by b.send_id, b.batch_no`.execute(db);
  return rows;
}

export async function deleteEvidence(db: Executor, refs: readonly LedgerRef[]): Promise<void> {
  await sql`
    delete from sent_evidence v using unnest(${refs.map((ref) => ref.sendId)}::uuid[], ${refs.map((ref) => ref.seq)}::int[]) as r(send_id, seq)
    where v.send_id = r.send_id and v.seq = r.seq`.execute(db);
}

export interface FeedbackSuppression {
  readonly email: string;
  readonly emailKey: string;
  readonly reason: 'hard-bounce' | 'complaint' | 'unsubscribed';
  readonly source: string;
}

/** Returns the keys that are suppressed only now. One that was to end does not end any more. */
export async function suppressByFeedback(
  tx: Executor,
  workspaceId: string,
  entries: readonly FeedbackSuppression[],
): Promise<string[]> {
  if (entries.length === 0) return [];
  const { rows } = await sql<{ emailKey: string }>`
    insert into suppressions as s (workspace_id, email, email_key, reason, source)
    select distinct on (email_key) ${workspaceId}::uuid, email, email_key, reason, source
    from unnest(${entries.map((e) => e.email)}::text[], ${entries.map((e) => e.emailKey)}::text[], ${entries.map((e) => e.reason)}::text[],
      ${entries.map((e) => e.source)}::text[]) as t(email, email_key, reason, source)
    order by email_key, reason
    on conflict (workspace_id, email_key) do update
      set reason = excluded.reason, source = excluded.source, expires_at = null where s.expires_at is not null
    returning s.email_key`.execute(tx);
  return rows.map(({ emailKey }) => emailKey);
}

/** Which of these addresses had soft bounces of these classes on `days` different days (UTC) within the last 30. */
export async function findWornOut(
  tx: Executor,
  workspaceId: string,
  emailKeys: readonly string[],
  { days, classes }: { readonly days: number; readonly classes: readonly string[] },
): Promise<string[]> {
  if (emailKeys.length === 0) return [];
  const { rows } = await sql<{ emailKey: string }>`
    select k.email_key from (select distinct email_key from unnest(${emailKeys}::text[]) as k(email_key)) k
    where (select count(distinct (v.occurred_at at time zone 'UTC')::date) from email_events v
      where v.workspace_id = ${workspaceId}::uuid and v.email_key = k.email_key and v.type = 'bounced'
        and v.occurred_at > now() - interval '30 days' and v.data->>'class' = any(${classes}::text[])) >= ${days}`.execute(
    tx,
  );
  return rows.map(({ emailKey }) => emailKey);
}
