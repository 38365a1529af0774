import type pg from 'pg';
import { recipientsCondition, type SegmentAudience } from './audience-sql.ts';
import type { StoredAudience } from './campaigns.ts';
import type { HotExecutor } from './database.ts';
import { onConnection } from './on-connection.ts';
import { countGroups, countOrEstimate, DECIDING, sharesOf } from './segment-count.ts';
import { notSuppressedSql } from './suppressed.ts';

/**
 * Where the merge fields of a recipient name their time zone, of a json or jsonb column. `timeZone` is first the contact's own
 * (contacts.time_zone), else an attribute of that name; then come the other spellings of such an attribute.
 */
export const zoneOf = (data: string) =>
  `left(coalesce(${data}->>'timeZone', ${data}->>'timezone', ${data}->>'time_zone'), 100)`;

/** The same of a row `c` of contacts, whose merge fields are not written out yet. */
const ZONE_OF_CONTACT = `coalesce(c.time_zone, ${zoneOf('c.attributes')})`;

export interface AudienceCount {
  readonly recipients: number;
  /** Whether they were too many to be counted, so that a sample stands for them. */
  readonly isEstimate: boolean;
  readonly zones: readonly ZoneCount[];
}

/**
 * Who of an audience of segments would be sent to now, by time zone when that is asked for. Of a very large one an estimate,
 * with its zones in the shares of a sample; who is rare enough to be in no sample has no zone.
 */
export async function countSegmentAudience(
  pool: pg.Pool,
  segments: SegmentAudience,
  byZone: boolean,
): Promise<AudienceCount> {
  return onConnection(pool, async (client) => {
    const { workspaceId } = segments;
    const all = recipientsCondition(segments, 'all');
    const each = recipientsCondition(segments, 'each');
    const { count, exact } = await countOrEstimate(client, workspaceId, { all, each }, DECIDING);
    const counted = (zones: ZoneCount[]) => ({ recipients: count, isEstimate: !exact, zones });
    if (!byZone) return counted([{ zone: null, recipients: count }]);
    const groups = exact ? await countGroups(client, all, ZONE_OF_CONTACT, DECIDING.ms) : null;
    if (groups) return counted(groups.map(({ value, rows }) => ({ zone: value, recipients: rows })));
    const shares = await sharesOf(client, workspaceId, each, ZONE_OF_CONTACT);
    if (shares.length === 0) return counted([{ zone: null, recipients: count }]);
    return counted(shares.map(({ value, share }) => ({ zone: value, recipients: Math.round(share * count) })));
  });
}

interface ZoneCount {
  /** As the data name it; null: not at all, or not asked for. */
  readonly zone: string | null;
  readonly recipients: number;
}

/** The same of recipients that came with the request, or of lists; always exact. */
export async function countAudience(
  db: HotExecutor,
  campaign: { readonly id: string; readonly workspaceId: string; readonly audience: StoredAudience },
  byZone: boolean,
): Promise<AudienceCount> {
  const { id, workspaceId, audience } = campaign;
  const zone = (named: string) => (byZone ? named : 'null::text');
  const result =
    audience.kind === 'inline'
      ? await db.query<ZoneCount>(
          `select ${zone(zoneOf('a.data'))} as zone, count(*)::int as recipients from campaign_audience_rows a
           where a.campaign_id = $1 and a.reason is null and ${notSuppressedSql('$2', 'a.email_key')}
           group by 1`,
          [id, workspaceId],
        )
      : await db.query<ZoneCount>(
          `select ${zone(ZONE_OF_CONTACT)} as zone, count(*)::int as recipients from contacts c
           where c.workspace_id = $1
             and c.id in (select contact_id from list_subscriptions where list_id = any($2::uuid[]) and status = 'subscribed')
             and c.id not in (select contact_id from list_subscriptions where list_id = any($3::uuid[]) and status = 'subscribed')
             and ${notSuppressedSql('$1', 'c.email_key')}
           group by 1`,
          [workspaceId, audience.listIds, audience.excludeListIds],
        );
  const recipients = result.rows.reduce((sum, zone) => sum + zone.recipients, 0);
  return { recipients, isEstimate: false, zones: result.rows };
}

export interface OpenBatches {
  readonly timeZone: string | null;
  readonly notBefore: Date | null;
  /** They wait for the winner of a test. */
  readonly isHeld: boolean;
  readonly recipients: number;
}

/** Recipients without a final state, as the batches of a send counted them last, by when they may be sent to. */
export async function countOpenBatches(db: HotExecutor, sendId: string): Promise<OpenBatches[]> {
  const { rows } = await db.query<OpenBatches>(
    `select time_zone as "timeZone", not_before as "notBefore", after_winner and variant is null as "isHeld", sum(pending + sending + deferred)::int as recipients
     from campaign_send_batches where send_id = $1 and state <> 'done' group by 1, 2, 3`,
    [sendId],
  );
  return rows;
}

/** When the last of the recipients that are put off comes up again; null when none is. */
export async function findLastRetry(db: HotExecutor, sendId: string): Promise<Date | null> {
  const { rows } = await db.query<{ due: Date | null }>(
    'select max(due_at) as due from email_retry_jobs where send_id = $1',
    [sendId],
  );
  return rows[0]?.due ?? null;
}

export interface AccountPeak {
  readonly accountId: string;
  readonly perSecond: number;
}

/**
 * What accounts of a workspace did when they were busy: the rate that nine of ten of their five-second stretches of the
 * last ten minutes stayed below. Not those of which less than 15 seconds are known.
 */
export async function listAccountPeaks(db: HotExecutor, workspaceId: string): Promise<AccountPeak[]> {
  const { rows } = await db.query<AccountPeak>(
    `with recent as (
       select s.id from campaigns c join campaign_sends s on s.campaign_id = c.id
       where c.workspace_id = $1 and c.kind = 'campaign' and (c.state = 'active' or c.finished_at > now() - interval '1 hour')
     ), buckets as (
       select t.account_id, t.bucket, sum(t.sent) as sent from recent r join send_throughput t on t.send_id = r.id
       where t.bucket > now() - interval '10 minutes' and t.bucket < date_bin('5 seconds', now(), 'epoch') and t.sent > 0
       group by 1, 2)
     select account_id as "accountId", percentile_cont(0.9) within group (order by sent)::float8 / 5 as "perSecond"
     from buckets group by 1 having count(*) >= 3`,
    [workspaceId],
  );
  return rows;
}

export interface PermitSpent {
  readonly owner: string;
  /** Of the last in its stretch. */
  readonly agoMs: number;
  readonly permits: number;
}

/** What these owners of limits used within a day, in stretches of five minutes, oldest first; in hand is used now. */
export async function listSpent(db: HotExecutor, owners: readonly string[]): Promise<PermitSpent[]> {
  if (owners.length === 0) return [];
  const { rows } = await db.query<PermitSpent>(
    `select owner, (extract(epoch from clock_timestamp() - max(used_at)) * 1000)::float8 as "agoMs", sum(permits)::int as permits
     from permits_used where owner = any($1::text[]) and used_at > clock_timestamp() - interval '1 day'
     group by owner, date_bin('5 minutes', used_at, 'epoch')
     union all
     select owner, 0, sum(permits)::int from permits_in_hand where owner = any($1::text[]) and permits > 0 group by owner
     order by 2 desc`,
    [owners],
  );
  return rows;
}
