import { sql } from 'kysely';
import { variantOfRow } from './campaign-variants.ts';
import type { Executor } from './database.ts';
import type { LedgerRef } from './feedback.ts';

/** One copy, as it was made out: for whom, with which fields. */
interface Copy extends LedgerRef {
  readonly email: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly sentAt: Date | null;
  /** Of a campaign with variants. */
  readonly variant: number | null;
}

/** What erasure leaves of an address (erase-person.ts). */
const ERASED = 'erased';

/** Null for a row that was never handed over, or whose person was erased. */
export async function findCopy(db: Executor, { sendId, seq }: LedgerRef): Promise<Copy | null> {
  const { rows } = await sql<Copy>`
    select send_id, seq, email, data, sent_at, ${variantOfRow('email_sends')} as variant from email_sends
    where send_id = ${sendId}::uuid and seq = ${seq} and attempts > 0 and email_key is not null and email <> ${ERASED}`.execute(
    db,
  );
  return rows[0] ?? null;
}

/** What decides how a hit on a copy is taken. */
export interface HitContext extends LedgerRef {
  readonly sentAt: Date | null;
  /** They, or their contact's field `tracking`, say that they are not to be followed. */
  readonly refused: boolean;
  readonly tracking: unknown;
  readonly keepsDetails: boolean;
}

export async function listHitContexts(db: Executor, refs: readonly LedgerRef[]): Promise<HitContext[]> {
  if (refs.length === 0) return [];
  const { rows } = await sql<HitContext>`
    select e.send_id, e.seq, e.sent_at, e.data -> 'tracking' as tracking,
      exists (select 1 from tracking_refusals t where t.workspace_id = s.workspace_id and t.email_key = e.email_key) as refused,
      coalesce(w.settings -> 'keepClientDetails' = 'true'::jsonb, false) as keeps_details
    from (select distinct send_id, seq from unnest(${refs.map((ref) => ref.sendId)}::uuid[], ${refs.map((ref) => ref.seq)}::int[]) as t(send_id, seq)) r
    join email_sends e on e.send_id = r.send_id and e.seq = r.seq
    join campaign_sends s on s.id = e.send_id join workspaces w on w.id = s.workspace_id`.execute(db);
  return rows;
}

/**
 * Clicks on so many different links of one copy within so many seconds are nobody's: a scanner follows them all. Marks also
 * those that were written before as a person's.
 */
export async function markBursts(
  db: Executor,
  refs: readonly LedgerRef[],
  { links, seconds, why }: { readonly links: number; readonly seconds: number; readonly why: string },
): Promise<void> {
  if (refs.length === 0) return;
  await sql`
    with clicks as (
      select v.id, v.send_id, v.seq, v.link_no, v.occurred_at
      from (select distinct send_id, seq from unnest(${refs.map((ref) => ref.sendId)}::uuid[], ${refs.map((ref) => ref.seq)}::int[]) as t(send_id, seq)) r
      join email_events v on v.send_id = r.send_id and v.seq = r.seq and v.type = 'clicked' and v.link_no is not null
    ), burst as (
      select c.id from clicks a join clicks c on c.send_id = a.send_id and c.seq = a.seq
        and c.occurred_at between a.occurred_at and a.occurred_at + make_interval(secs => ${seconds})
      where (select count(distinct b.link_no) from clicks b where b.send_id = a.send_id and b.seq = a.seq
        and b.occurred_at between a.occurred_at and a.occurred_at + make_interval(secs => ${seconds})) >= ${links}
    )
    update email_events v set machine = true, data = v.data || jsonb_build_object('machine', true, 'why', ${why}::text)
    where v.id in (select id from burst) and not v.machine`.execute(db);
}
