// Which contacts are meant: the conditions of a list page, a bulk action or an export, as SQL over a row `c` of contacts, and
// the stretches of indexes that hold everybody who fits one of them. The expressions are those of the indexes, letter by letter
// (migrations/0018). A new kind of condition is a line in `contactConditions`, and in `sourcesOf` where an index knows it.
import { type RawBuilder, sql } from 'kysely';
import { jsonbText } from './jsonb.ts';

export interface ContactFilter {
  readonly workspaceId: string;
  /** Prefix of the address or of a name, whatever its case; with an @ in front, of the domain. */
  readonly search?: string;
  /** An attribute with exactly this value; as text, which also stands for a number, a truth value or an item of a list. */
  readonly attribute?: { readonly name: string; readonly value: string };
  readonly tag?: string;
  readonly listId?: string;
  /** In the list of listId. */
  readonly status?: string;
  /** Only these. */
  readonly ids?: readonly string[];
}

/** As much of a name as the indexes hold. */
const NAME_LENGTH = 100;
/** Behind every text that begins with what stands before it. */
const LAST = '\u{10ffff}';

const WHOLE_NAME = `lower(left(coalesce(c.first_name || ' ' || c.last_name, c.first_name, c.name), ${NAME_LENGTH}))`;
const LAST_NAME = `lower(left(c.last_name, ${NAME_LENGTH}))`;
const OTHER_NAME = `lower(left(c.name, ${NAME_LENGTH}))`;
const DOMAIN = `split_part(c.email_key, '@', -1)`;
const NAMES = [
  { expression: WHOLE_NAME, also: 'true' },
  { expression: LAST_NAME, also: 'true' },
  { expression: OTHER_NAME, also: 'c.first_name is not null' },
] as const;

type Condition = RawBuilder<unknown>;

/** True of the contacts `c` that are meant, whatever their workspace. */
export function contactConditions(filter: ContactFilter): Condition {
  const { search, attribute, tag, listId, status, ids } = filter;
  const conditions: Condition[] = [];
  if (search) conditions.push(searchCondition(search));
  if (attribute) conditions.push(attributeCondition(attribute));
  if (tag !== undefined) conditions.push(sql`c.tags @> array[${tag}]::text[]`);
  if (listId !== undefined)
    conditions.push(sql`exists (select 1 from list_subscriptions s where s.list_id = ${listId} and s.contact_id = c.id
      and ${status === undefined ? sql`true` : sql`s.status = ${status}`})`);
  if (ids) conditions.push(sql`c.id = any(${ids}::uuid[])`);
  return conditions.length === 0 ? sql`true` : sql`${sql.join(conditions, sql` and `)}`;
}

/** Whether there is more to a filter than a workspace or a list, which are walked in the order of a page anyway. */
export function isSearching({ search, attribute, tag, ids }: ContactFilter): boolean {
  return Boolean(search) || attribute !== undefined || tag !== undefined || ids !== undefined;
}

function searchCondition(search: string): Condition {
  if (search.startsWith('@')) return sql`starts_with(${sql.raw(DOMAIN)}, ${search.slice(1).toLowerCase()})`;
  const names = NAMES.map(({ expression }) => sql`starts_with(${sql.raw(expression)}, ${namePrefix(search)})`);
  return sql`(starts_with(c.email_key, ${search.toLowerCase()}) or coalesce(${sql.join(names, sql`, false) or coalesce(`)}, false))`;
}

const namePrefix = (search: string) => sql`lower(left(${search}::text, ${sql.lit(NAME_LENGTH)}))`;

function attributeCondition({ name, value }: { name: string; value: string }): Condition {
  const meant = meanings(value).map((meaning) => sql`c.attributes @> ${jsonbText({ [name]: meaning })}::jsonb`);
  return sql`(${sql.join(meant, sql` or `)})`;
}

/** What a text in a query may stand for in JSON. */
function meanings(value: string): unknown[] {
  const scalars: unknown[] = [value];
  if (/^-?(0|[1-9]\d*)(\.\d+)?$/.test(value) && Number.isFinite(Number(value))) scalars.push(Number(value));
  if (value === 'true' || value === 'false') scalars.push(value === 'true');
  return [...scalars, ...scalars.map((scalar) => [scalar])];
}

/** How everybody who fits a condition is found by indexes. */
export interface ContactSource {
  /** btree: an index in its own order, which no other plan gives without sorting. gin: the bitmap of the inverted index. */
  readonly kind: 'btree' | 'gin';
  /** Together they find everybody, each `most` at most: one that finds as many may know of more. */
  readonly parts: ReadonlyArray<{ readonly most: number; readonly query: RawBuilder<{ id: string }> }>;
}

/** Ids out of the index alone; and out of the table, where each may be a read from disk. */
const MOST_COVERED = 10_000;
const MOST_FETCHED = 3000;

export function sourcesOf({ workspaceId, search, attribute, tag }: ContactFilter): ContactSource[] {
  const sources: ContactSource[] = [];
  // The workspace as text, so that the index by workspace cannot be meant.
  const gin = (condition: Condition): ContactSource => ({
    kind: 'gin',
    parts: [
      {
        most: MOST_FETCHED,
        query: sql`select c.id from contacts c where ${condition} and c.workspace_id::text = ${workspaceId} limit ${MOST_FETCHED}`,
      },
    ],
  });
  if (tag !== undefined) sources.push(gin(sql`c.tags @> array[${tag}]::text[]`));
  if (attribute) sources.push(gin(attributeCondition(attribute)));
  if (search) sources.push({ kind: 'btree', parts: stretchesOf(workspaceId, search) });
  return sources;
}

function stretchesOf(workspaceId: string, search: string): ContactSource['parts'] {
  const stretch = (expression: string, prefix: Condition, most: number, also = 'true') => {
    const of = sql.raw(expression);
    const query = sql<{ id: string }>`
      select c.id from contacts c where c.workspace_id = ${workspaceId} and ${of} ~>=~ ${prefix}
        and ${of} ~<~ (${prefix} || ${sql.lit(LAST)}) and ${sql.raw(also)} order by ${of} using ~<~ limit ${most}`;
    return { most, query };
  };
  if (search.startsWith('@')) return [stretch(DOMAIN, sql`${search.slice(1).toLowerCase()}::text`, MOST_FETCHED)];
  const address = stretch('c.email_key', sql`${search.toLowerCase()}::text`, MOST_COVERED);
  if (search.includes('@')) return [address];
  return [address, ...NAMES.map(({ expression, also }) => stretch(expression, namePrefix(search), MOST_FETCHED, also))];
}
