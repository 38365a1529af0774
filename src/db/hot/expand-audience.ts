// The next members of an audience as SQL, in the order in which they are written into the ledger.
//
// Index: list_subscriptions (list_id, contact_id) read in contact order; per list only the next chunk is looked at. A range
// of both columns and an order by both, which no other index has: with an equality the one by contact seems as good while
// statistics know of one list only, and walks over the members of all others. Each member is then looked up in contacts by
// its id, in a LATERAL of its own and with a condition on the workspace that no index answers: of a workspace that
// statistics do not know yet all contacts would be read instead, for every chunk (hot/expand-plans.test.ts).
// Members of segments are found before a chunk begins (hot/walk-members.ts).
import { excludedSegmentsSql, type SegmentAudience } from '../audience-sql.ts';
import type { StoredAudience } from '../campaigns.ts';
import { SqlValues } from '../sql-values.ts';
import { suppressedSql } from '../suppressed.ts';
import type { WalkedMembers } from './walk-members.ts';

/** Rows a chunk; a multiple of the batch size, so that only the last batch of a send is short. */
export const CHUNK_ROWS = 5000;

export interface AudienceSource {
  readonly campaignId: string;
  readonly workspaceId: string;
  readonly audience: StoredAudience;
  /** Null when no segment plays a part. */
  readonly segments: SegmentAudience | null;
}

/** The next members of an audience as SQL: `members` and `recipients (position, contact_id, email, email_key, data, reason)`. */
export interface AudienceChunk {
  readonly sql: string;
  /** Position of the last member, as text. */
  readonly cursor: string;
  readonly values: readonly unknown[];
}

export function audienceOf(source: AudienceSource, cursor: string | null): AudienceChunk {
  const { workspaceId, campaignId, audience, segments } = source;
  const first = [workspaceId, CHUNK_ROWS];
  if (audience.kind === 'inline') return { ...INLINE, values: [...first, campaignId, Number(cursor ?? 0)] };
  const after = cursor ?? '00000000-0000-0000-0000-000000000000';
  const values = new SqlValues([...first, audience.listIds, after, audience.excludeListIds]);
  const excluded = segments ? excludedSegmentsSql(segments, values) : '';
  return { ...LISTS, sql: listsSql(excluded), values: values.list };
}

export function walkedAudience(
  source: Pick<AudienceSource, 'workspaceId' | 'audience'>,
  { ids }: WalkedMembers,
): AudienceChunk {
  const listIds = source.audience.kind === 'lists' ? source.audience.listIds : [];
  return { ...WALKED, values: [source.workspaceId, CHUNK_ROWS, ids, listIds] };
}

/** Text put together, where jsonb functions took four times as long. An attribute counts before a name, what the contact itself says of its zone, locale and address before an attribute. */
const MERGE_FIELDS = `concat('{',
        '"firstName":' || to_json(c.first_name) || ',',
        '"lastName":' || to_json(c.last_name) || ',',
        '"name":' || to_json(coalesce(c.name, nullif(concat_ws(' ', c.first_name, c.last_name), ''))) || ',',
        nullif(left(substr(c.attributes::text, 2), -1), '') || ',',
        '"timeZone":' || to_json(c.time_zone) || ',',
        '"locale":' || to_json(c.locale) || ',',
        '"email":' || to_json(c.email), '}')::json`;

const CONTACT_OF_MEMBER = `lateral (
      select * from contacts where contacts.id = m.position and (contacts.workspace_id = $1) is true limit 1) c`;

/** `excluded` are further conditions over a contact `c`. */
const listsSql = (excluded: string) => `members as (
    select m.contact_id as position, bool_or(m.status = 'subscribed') as subscribed, bool_or(m.status = 'unsubscribed') as refused
    from unnest($3::uuid[]) as l(list_id) cross join lateral (
      select ls.contact_id, ls.status from list_subscriptions ls
      where (ls.list_id, ls.contact_id) > (l.list_id, $4) and ls.list_id <= l.list_id
      order by ls.list_id, ls.contact_id limit $2) m
    group by m.contact_id order by m.contact_id limit $2
  ), recipients as (
    select c.id as position, c.id as contact_id, c.email, c.email_key,
      ${MERGE_FIELDS} as data,
      case
        when ${suppressedSql('$1', 'c.email_key')} then 'suppressed'
        when not m.subscribed then case when m.refused then 'unsubscribed' else 'unconfirmed' end
      end as reason
    from members m cross join ${CONTACT_OF_MEMBER}
    where (cardinality($5::uuid[]) = 0 or not exists (select 1 from list_subscriptions x where x.contact_id = c.id and x.list_id = any($5::uuid[]) and x.status = 'subscribed'))${excluded}
  )`;
const LISTS = { cursor: '(select position::text from members order by position desc limit 1)' } as const;

/** Who is in a list of the audience is bound by it, also in a segment; who is in none of them is not (the gate's rule). */
const WALKED = {
  sql: `members as (
    select w.id as position from unnest($3::uuid[]) as w(id) limit $2
  ), recipients as (
    select c.id as position, c.id as contact_id, c.email, c.email_key,
      ${MERGE_FIELDS} as data,
      case
        when ${suppressedSql('$1', 'c.email_key')} then 'suppressed'
        when not b.subscribed then case when b.refused then 'unsubscribed' else 'unconfirmed' end
      end as reason
    from members m cross join ${CONTACT_OF_MEMBER} cross join lateral (
      select bool_or(ls.status = 'subscribed') as subscribed, bool_or(ls.status = 'unsubscribed') as refused
      from list_subscriptions ls where ls.contact_id = c.id and ls.list_id = any($4::uuid[])) b
  )`,
  cursor: 'null', // it goes by the walk's
} as const;

const INLINE = {
  sql: `members as (
    select a.row_no as position, a.email, a.email_key, a.data, a.reason
    from campaign_audience_rows a where a.campaign_id = $3 and a.row_no > $4 order by a.row_no limit $2
  ), recipients as (
    select m.position, c.id as contact_id, m.email, m.email_key, m.data,
      coalesce(m.reason, case when ${suppressedSql('$1', 'm.email_key')} then 'suppressed' end) as reason
    from members m left join contacts c on c.workspace_id = $1 and c.email_key = m.email_key and m.reason is null
  )`,
  cursor: '(select max(position)::text from members)',
} as const;
