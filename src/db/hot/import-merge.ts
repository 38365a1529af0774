// What an import makes of the staged rows of a chunk (import-chunk.ts): one INSERT … ON CONFLICT, which also locks who was
// there before, whether anything of them changes or not, so that nobody deletes them meanwhile.
// Rows that say nothing new are not written: an import that is run twice leaves the table as it is.
import type pg from 'pg';
import type { ImportChunk } from './import-chunk.ts';

/** What somebody becomes in the import's list who was not in it. */
export type NewStatus = 'subscribed' | 'unconfirmed';

/** Merge: what the row has counts. Its staged names are never '' then, and none of its attributes is null. */
const FIELDS = ['first_name', 'last_name', 'name', 'time_zone', 'locale', 'notes'] as const;
const ADDED_TAGS = 'array(select distinct t from unnest(c.tags || excluded.tags) as t order by t)';
const MERGE = `update set
  ${FIELDS.map((field) => `${field} = coalesce(excluded.${field}, c.${field})`).join(', ')},
  tags = case when excluded.tags <@ c.tags then c.tags else ${ADDED_TAGS} end,
  attributes = c.attributes || excluded.attributes, updated_at = now()
where ${FIELDS.map((field) => `excluded.${field} <> coalesce(c.${field}, '')`).join(' or ')}
  or not excluded.tags <@ c.tags or (c.attributes || excluded.attributes) <> c.attributes`;

/** Overwrite: also what the row has empty. `excluded` cannot say that, so the staged row is looked up. */
const wanted = (field: string) => `case when r.${field} is null then c.${field} else nullif(r.${field}, '') end`;
const WANTED = `${FIELDS.map(wanted).join(', ')}, coalesce(r.tags, c.tags), jsonb_strip_nulls(c.attributes || r.attributes)`;
const COLUMNS = `${FIELDS.join(', ')}, tags, attributes`;
const OVERWRITE = `update set (${COLUMNS}, updated_at) = (
  select ${WANTED}, now() from import_rows r where r.email_key = excluded.email_key)
where (select (${COLUMNS.replaceAll(/(\w+)/g, 'c.$1')}) is distinct from (${WANTED})
  from import_rows r where r.email_key = excluded.email_key)`;

const SKIP = 'update set id = c.id where false';

const STATUS = (wanted: string) => `case when r.opted_out then 'unsubscribed' else ${wanted}::text end`;

/** Of a file whose importer says how its people agreed; \`s\` are their new subscriptions, \`w\` who they are. */
const RECORD_CONSENT = (people: string, consent: string, source: string) => `
  insert into consent_records (workspace_id, contact_id, email_hash, list_id, list_name, action, method, source, detail)
  select $1, w.id, encode(sha256(convert_to(w.email_key, 'UTF8')), 'hex'), l.id, l.name, 'imported', 'import', ${source}, ${consent}
  from lists l, ${people} and l.id = $2 and ${consent}::text is not null`;

const upsert = (action: string) => `
with written as (
  insert into contacts as c (workspace_id, email, email_key, ${COLUMNS})
  select $1, r.email, r.email_key, ${FIELDS.map((field) => `nullif(r.${field}, '')`).join(', ')}, coalesce(r.tags, '{}'),
    jsonb_strip_nulls(r.attributes)
  from import_rows r order by r.email_key
  on conflict (workspace_id, email_key) do ${action}
  returning c.id, c.email_key, c.xmax = 0 as is_new
), subscribed as (
  insert into list_subscriptions (list_id, contact_id, status)
  select $2, w.id, ${STATUS('$4')}
  from written w join import_rows r using (email_key) where w.is_new and $2::uuid is not null order by w.id
  returning contact_id, status
), recorded as (${RECORD_CONSENT("subscribed s join written w on w.id = s.contact_id where s.status = 'subscribed'", '$5', '$6')})
select count(*)::int as added, (count(*) - (select count(*) from written w join unnest($3::text[]) as k(email_key) using (email_key) where w.is_new))::int as inserted
from written where is_new`;

const UPSERT = { merge: upsert(MERGE), overwrite: upsert(OVERWRITE), skip: upsert(SKIP) } as const;

/**
 * Who unsubscribed stays unsubscribed, whatever file their address is found in. One look-up a row: nobody knows how many rows
 * a temporary table has, and a plan made for the wrong number reads all contacts once a chunk.
 */
const SUBSCRIBE_KNOWN = `
with people as (
  select c.id, r.email_key, r.opted_out from import_rows r cross join lateral (
    select id from contacts where workspace_id = $1 and email_key = r.email_key offset 0) c
), subscribed as (
  insert into list_subscriptions as s (list_id, contact_id, status)
  select $2, r.id, ${STATUS('$3')} from people r order by r.id
  on conflict (list_id, contact_id) do update set status = excluded.status, changed_at = now()
  where (s.status <> 'unsubscribed' and excluded.status = 'unsubscribed') or (s.status = 'unconfirmed' and excluded.status = 'subscribed')
  returning contact_id, status
)
${RECORD_CONSENT("subscribed s join people w on w.id = s.contact_id where s.status = 'subscribed'", '$4', '$5')}`;

/** One look-up a row, for the reason above. */
const COUNT_KNOWN = `
select count(*)::int as known from import_rows r cross join lateral (
  select 1 from contacts where workspace_id = $1 and email_key = r.email_key offset 0) c
where not exists (select 1 from unnest($2::text[]) as k(email_key) where k.email_key = r.email_key)`;

/** How many contacts of a dry run would be new, as `mergeContacts` counts them. */
export async function countNew(client: pg.PoolClient, { workspaceId, rows }: ImportChunk): Promise<number> {
  const repeated = repeatedOf(rows);
  const result = await client.query<{ known: number }>(COUNT_KNOWN, [workspaceId, repeated]);
  return rows.length - repeated.length - (result.rows[0]?.known ?? 0);
}

/** How many contacts are new, of those whose address no earlier chunk had. */
export async function mergeContacts(client: pg.PoolClient, chunk: ImportChunk, status: NewStatus): Promise<number> {
  const { importId, workspaceId, listId, mode, rows, consent } = chunk;
  if (rows.length === 0) return 0;
  const subscription = [status, consent, `import ${importId}`];
  const result = await client.query<{ added: number; inserted: number }>({
    name: `import-${mode}`,
    text: UPSERT[mode],
    values: [workspaceId, listId, repeatedOf(rows), ...subscription],
  });
  const { added = 0, inserted = 0 } = result.rows[0] ?? {};
  if (listId && added < rows.length) await client.query(SUBSCRIBE_KNOWN, [workspaceId, listId, ...subscription]);
  return inserted;
}

function repeatedOf(rows: ImportChunk['rows']): string[] {
  return rows.filter((row) => row.repeated).map((row) => row.emailKey);
}
