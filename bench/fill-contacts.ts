import type pg from 'pg';

/** Contacts written by one statement. */
const AT_ONCE = 50_000;
/** Sends whose ledgers hold some of them each, so that activity has something to tell. */
const SENDS = 60;
const SENT_EACH = 2000;

/** Part of all contacts that are on a list: most, some, few, almost nobody. */
const LISTS = [
  { name: 'Everybody', share: 0.5 },
  { name: 'Customers', share: 0.1 },
  { name: 'Event', share: 0.01 },
  { name: 'Board', share: 0.0001 },
] as const;

/**
 * Contacts as a workspace of that size has them: few names and domains that are common and many that are rare, six
 * attributes from one value for most to one value each, tags of a tenth, a thousandth and a hundred thousandth.
 * Made by PostgreSQL: by the importer ten million take as long as they take.
 */
const INSERT = `
insert into contacts (workspace_id, email, email_key, first_name, last_name, attributes, tags, time_zone, created_at)
select $1, k.email, k.email, initcap(p.first), initcap(p.last),
  jsonb_build_object('plan', p.plan, 'country', p.country, 'city', p.city, 'orders', floor(100 * power(random(), 3))::int,
    'signedUp', to_char(timestamp '2015-01-01' + random() * interval '4000 days', 'YYYY-MM-DD'), 'customerId', 'C' || n),
  case when random() < 0.00001 then array['beta-2019', 'newsletter'] when random() < 0.001 then array['vip'] when random() < 0.1 then array['newsletter'] else '{}' end,
  case when random() < 0.2 then 'Europe/Berlin' end,
  now() - ($4::bigint - n) * interval '1 second'
from generate_series($2::bigint, $3::bigint) n
cross join lateral (select
  (array['anna','maria','james','john','ada','eva','liam','noah','mia','paul','otto','ines','yusuf','chen','olga','piet','zoe','hugo','nora','karl'])[1 + floor(20 * power(random(), 2))::int]
    || case when random() < 0.3 then (array['lena','rose','mark','ine','beth'])[1 + floor(5 * random())::int] else '' end as first,
  (array['smith','meier','rossi','novak','kim','singh','lopez','ito','brown','costa'])[1 + floor(10 * power(random(), 2))::int]
    || case when random() < 0.8 then substr(md5(floor(200000 * power(random(), 2))::text), 1, 4) else '' end as last,
  (array['free','pro','team','enterprise'])[1 + floor(4 * power(random(), 4))::int] as plan,
  (array['US','DE','FR','BR','IN','JP','IT','ES','PL','NL','SE','KE'])[1 + floor(12 * power(random(), 2))::int] as country,
  'city' || floor(3000 * power(random(), 2))::int as city,
  case when random() < 0.7 then (array['gmail.com','outlook.com','yahoo.com','gmx.de','icloud.com'])[1 + floor(5 * power(random(), 2))::int]
    else 'company' || floor(50000 * random())::int || '.example' end as domain
  where n > 0) p
cross join lateral (select p.first || '.' || p.last || n || '@' || p.domain as email) k`;

const SUBSCRIBE = `
with l as (insert into lists (workspace_id, name) values ($1, $2) returning id)
insert into list_subscriptions (list_id, contact_id, status)
select l.id, c.id, case when random() < 0.02 then 'unsubscribed' else 'subscribed' end
from l, contacts c where c.workspace_id = $1 and random() < $3::float8 order by c.id`;

const SEND = `
with c as (insert into campaigns (workspace_id, name, state, audience, finished_at) values ($1, $2, 'completed', '{"kind":"inline"}', now()) returning id),
s as (insert into campaign_sends (workspace_id, campaign_id, total, expanded_at) select $1, id, $3, now() from c returning id),
chosen as (select id, email, email_key from contacts where workspace_id = $1 and id >= $4 order by id limit $3),
sent as (
  insert into email_sends (send_id, seq, contact_id, email, email_key, data, state, attempts, code, sent_at)
  select s.id, row_number() over (order by t.id), t.id, t.email, t.email_key, '{}', 2, 1, 250, now() from s, chosen t returning send_id, seq, email_key)
insert into email_events (workspace_id, send_id, seq, type, email_key) select $1, send_id, seq, 'opened', email_key from sent where seq % 3 = 0`;

/** Fills a workspace; one that holds that many already, in a database of one's own, is taken as it is. */
export async function fillContacts(
  pool: pg.Pool,
  workspaceId: string,
  contacts: number,
  onStep: (line: string) => void,
): Promise<void> {
  const { rows } = await pool.query(`select 1 from contacts where workspace_id = $1 offset $2 limit 1`, [
    workspaceId,
    contacts - 1,
  ]);
  if (rows.length > 0) return onStep('the workspace is filled already');
  for (let from = 1; from <= contacts; from += AT_ONCE) {
    const to = Math.min(contacts, from + AT_ONCE - 1);
    await pool.query(INSERT, [workspaceId, from, to, contacts]);
    if (Math.ceil(to / 1_000_000) > Math.ceil((from - 1) / 1_000_000) || to === contacts)
      onStep(`${to.toLocaleString('en')} contacts are written`);
  }
  await pool.query(
    `insert into contact_attributes (workspace_id, name, type)
     values ($1, 'plan', 'string'), ($1, 'country', 'string'), ($1, 'orders', 'number'), ($1, 'signedUp', 'date') on conflict do nothing`,
    [workspaceId],
  );
  for (const { name, share } of LISTS) await pool.query(SUBSCRIBE, [workspaceId, name, share]);
  onStep('lists are written');
  const [first = null] = await chooseContacts(pool, workspaceId, 1);
  for (let n = 1; n <= SENDS; n++)
    await pool.query(SEND, [workspaceId, `Newsletter ${n}`, Math.min(SENT_EACH, contacts), first]);
  onStep(`${SENDS} sends are written`);
  // As autovacuum leaves it within minutes.
  await pool.query('vacuum analyze contacts');
}

/** Contacts that every send went to. */
export async function chooseActive(pool: pg.Pool, workspaceId: string, many: number): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(
    `select contact_id as id from email_sends where contact_id is not null
       and send_id = (select id from campaign_sends where workspace_id = $1 order by id desc limit 1) order by seq limit $2`,
    [workspaceId, many],
  );
  return rows.map(({ id }) => id);
}

/** Ids spread evenly over a workspace, in no order: ids begin with the time they were made at. */
export async function chooseContacts(pool: pg.Pool, workspaceId: string, many: number): Promise<string[]> {
  const { rows } = await pool.query<{ first: string; last: string }>(
    `select (select id from contacts where workspace_id = $1 order by id limit 1) as first,
       (select id from contacts where workspace_id = $1 order by id desc limit 1) as last`,
    [workspaceId],
  );
  const [first = 0, last = 0] = [rows[0]?.first, rows[0]?.last].map((id) => madeAt(id ?? ''));
  const chosen: string[] = [];
  for (let n = 0; n < many; n++) {
    const moment = Math.floor(first + Math.random() * (last - first));
    const found = await pool.query<{ id: string }>(
      'select id from contacts where workspace_id = $1 and id >= $2 order by id limit 1',
      [
        workspaceId,
        `${moment
          .toString(16)
          .padStart(12, '0')
          .replace(/^(.{8})/, '$1-')}-7000-8000-000000000000`,
      ],
    );
    if (found.rows[0]) chosen.push(found.rows[0].id);
  }
  return chosen;
}

/** Milliseconds since 1970 (RFC 9562 section 5.7). */
const madeAt = (id: string) => Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16);
