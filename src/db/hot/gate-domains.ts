// The gate where recipient domains have limits: rows of those domains pass by themselves, with permits of their domain,
// so that one that has none does not hold up the rest. Everything gate-rows.ts says of the gate holds here too.
//
// Used only while a limit for a domain is set; then a batch costs one count more, and a gate for each limited domain in
// it. Index: primary key (send_id, seq), as a range of one batch (500 rows), filtered by domain.
// Rejected: a column for the domain. It would be written for every row of every campaign, for what few installations ask.
import type { HotExecutor } from '../database.ts';
import { type GatedRow, type GateWindow, gateValues, OWNED, SUPPRESSED, UNSUBSCRIBED } from './gate-rows.ts';

const DOMAIN = `split_part(e.email_key, '@', -1)`;

const OTHERS = `
update email_sends e
set state = 1, attempts = e.attempts + 1, fence = $5, account_id = $9, workspace_user_id = $10
where e.send_id = $1 and e.seq between $2 and $3 and e.state = 0 and not ${DOMAIN} = any($11::text[])
  and ${OWNED} and not ${SUPPRESSED} and not ${UNSUBSCRIBED}
returning e.seq, e.email, e.data, e.attempts as attempt`;

/** Passes the pending rows of a window that are in none of these domains. */
export async function gateOtherRows(
  db: HotExecutor,
  window: GateWindow,
  domains: readonly string[],
): Promise<GatedRow[]> {
  const values = [...gateValues(window), domains];
  const result = await db.query<GatedRow>({ name: 'gate-other-rows', text: OTHERS, values });
  return result.rows;
}

/** Due rows of one kind: `which` picks them by `$11`, the domains. */
const due = (which: string) => `
with due as (
  delete from email_retry_jobs j
  where j.ctid = any(array(
    select d.ctid from email_retry_jobs d join email_sends e on e.send_id = d.send_id and e.seq = d.seq
    where d.send_id = $1 and d.seq between $2 and $3 and d.due_at <= now() and ${which}
    order by d.seq limit $12 for update of d skip locked)) and ${OWNED}
  returning j.seq, j.since
)
update email_sends e
set state = 1, attempts = e.attempts + 1, fence = $5, account_id = $9, workspace_user_id = $10
from due
where e.send_id = $1 and e.seq = due.seq and e.state = 3 and not ${SUPPRESSED} and not ${UNSUBSCRIBED}
returning e.seq, e.email, e.data, e.attempts as attempt, due.since`;

const OTHERS_DUE = due(`not ${DOMAIN} = any($11::text[])`);
const DUE_OF_DOMAIN = due(`${DOMAIN} = any($11::text[])`);

/** Passes up to `limit` deferred rows of a range whose next attempt is due and that are in none of these domains. */
export async function gateOtherDueRows(
  db: HotExecutor,
  window: GateWindow,
  domains: readonly string[],
  limit: number,
): Promise<GatedRow[]> {
  const values = [...gateValues(window), domains, limit];
  const result = await db.query<GatedRow>({ name: 'gate-other-due-rows', text: OTHERS_DUE, values });
  return result.rows;
}

const OF_DOMAIN = `
with picked as (
  select e.seq from email_sends e
  where e.send_id = $1 and e.seq between $2 and $3 and e.state = 0 and ${DOMAIN} = $11
    and not ${SUPPRESSED} and not ${UNSUBSCRIBED}
  order by e.seq limit $12 for update
)
update email_sends e
set state = 1, attempts = e.attempts + 1, fence = $5, account_id = $9, workspace_user_id = $10
from picked
where e.send_id = $1 and e.seq = picked.seq and e.state = 0 and ${OWNED}
returning e.seq, e.email, e.data, e.attempts as attempt`;

/** Passes up to `limit` rows of a range that are in this domain: pending ones, and then deferred ones that are due. */
export async function gateRowsOfDomain(
  db: HotExecutor,
  window: GateWindow,
  domain: string,
  limit: number,
): Promise<GatedRow[]> {
  const values = [...gateValues(window), domain, limit];
  const pending = await db.query<GatedRow>({ name: 'gate-rows-of-domain', text: OF_DOMAIN, values });
  const left = limit - pending.rows.length;
  if (left === 0) return pending.rows;
  const rest = [...gateValues(window), [domain], left];
  const found = await db.query<GatedRow>({ name: 'gate-due-rows-of-domain', text: DUE_OF_DOMAIN, values: rest });
  return [...pending.rows, ...found.rows];
}

/** How many rows of a range in each of these domains could pass now; only domains that have any. */
export async function countByDomain(
  db: HotExecutor,
  range: Pick<GateWindow, 'sendId' | 'firstSeq' | 'lastSeq'>,
  domains: readonly string[],
): Promise<Map<string, number>> {
  const { rows } = await db.query<{ domain: string; rows: number }>({
    name: 'count-by-domain',
    text: `select ${DOMAIN} as domain, count(*)::int as rows from email_sends e
      where e.send_id = $1 and e.seq between $2 and $3 and ${DOMAIN} = any($4::text[])
        and (e.state = 0 or (e.state = 3 and exists (
          select 1 from email_retry_jobs j where j.send_id = e.send_id and j.seq = e.seq and j.due_at <= now())))
      group by 1 order by 1`,
    values: [range.sendId, range.firstSeq, range.lastSeq, domains],
  });
  return new Map(rows.map((row) => [row.domain, row.rows]));
}
