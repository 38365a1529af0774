import { sql } from 'kysely';
import { type Executor, inTransaction } from './database.ts';

export interface SendLink {
  readonly no: number;
  readonly url: string;
  readonly isPersonal: boolean;
}

/**
 * Gives each link of a send a number, once for all workers and for good: what has one keeps it. Returns all of the send by
 * their addresses. Locks: one worker at a time for a send.
 */
export async function keepLinks(
  db: Executor,
  sendId: string,
  links: ReadonlyArray<Omit<SendLink, 'no'>>,
): Promise<Map<string, number>> {
  return inTransaction(db, async (tx) => {
    await sql`select pg_advisory_xact_lock(hashtextextended(${`links ${sendId}`}, 0))`.execute(tx);
    await sql`
      insert into campaign_links (send_id, link_no, url, personal)
      select ${sendId}::uuid, (select coalesce(max(link_no) + 1, 0) from campaign_links where send_id = ${sendId}) + row_number() over (order by l.n) - 1, l.url, l.personal
      from unnest(${links.map(({ url }) => url)}::text[], ${links.map(({ isPersonal }) => isPersonal)}::bool[]) with ordinality as l(url, personal, n)
      where not exists (select 1 from campaign_links k where k.send_id = ${sendId} and md5(k.url) = md5(l.url))`.execute(
      tx,
    );
    return new Map((await listLinksOfSend(tx, sendId)).map(({ url, no }) => [url, no]));
  });
}

/** In the order in which they stand in the message. */
export async function listLinksOfSend(db: Executor, sendId: string): Promise<SendLink[]> {
  const rows = await db
    .selectFrom('campaignLinks')
    .select(['linkNo as no', 'url', 'personal as isPersonal'])
    .where('sendId', '=', sendId)
    .orderBy('linkNo')
    .execute();
  return rows;
}

export interface LinkCounts {
  readonly no: number;
  /** Readers who followed it, without what scanners did. */
  readonly people: number;
  readonly clicks: number;
  readonly machineClicks: number;
}

/** By the rows of the events themselves: clicks are the few among events. */
export async function countClicksByLink(db: Executor, sendId: string): Promise<LinkCounts[]> {
  const { rows } = await sql<LinkCounts>`
    select link_no as no, count(distinct seq) filter (where not machine)::int as people,
      count(*) filter (where not machine)::int as clicks, count(*) filter (where machine)::int as machine_clicks
    from email_events where send_id = ${sendId}::uuid and type = 'clicked' and link_no is not null group by link_no`.execute(
    db,
  );
  return rows;
}

export interface EngagementCounts {
  readonly type: string;
  readonly people: number;
  readonly all: number;
  readonly events: number;
  readonly machineEvents: number;
}

/** Opens and clicks of a send, by who made them. From the index alone. */
export async function countEngagement(db: Executor, sendId: string): Promise<EngagementCounts[]> {
  const { rows } = await sql<EngagementCounts>`
    select type, count(distinct seq) filter (where not machine)::int as people, count(distinct seq)::int as all,
      count(*)::int as events, count(*) filter (where machine)::int as machine_events
    from email_events where send_id = ${sendId}::uuid and type in ('opened', 'clicked') group by type`.execute(db);
  return rows;
}
