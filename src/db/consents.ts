import { createHash } from 'node:crypto';
import { type RawBuilder, type Selectable, sql } from 'kysely';
import type { Executor } from './database.ts';
import type { ConsentRecords } from './schema.generated.ts';

export type ConsentAction =
  | 'requested'
  | 'subscribed'
  | 'confirmed'
  | 'unsubscribed'
  | 'paused'
  | 'resumed'
  | 'imported'
  | 'tracking-refused'
  | 'tracking-allowed';

/** How and from where somebody said what they said, as it is kept. */
export interface ConsentOrigin {
  readonly method: 'form' | 'page' | 'one-click' | 'mail' | 'api' | 'import';
  readonly source: string | null;
  readonly detail: string | null;
  readonly textHash: string | null;
  readonly ip: string | null;
  readonly userAgent: string | null;
}

export const BY_API: ConsentOrigin = {
  method: 'api',
  source: null,
  detail: null,
  textHash: null,
  ip: null,
  userAgent: null,
};

/** Keeps what people were shown, once, however many of them; returns its hash. */
export async function storeConsentText(db: Executor, workspaceId: string, body: string): Promise<string> {
  const hash = createHash('sha256').update(body).digest('hex');
  await db
    .insertInto('consentTexts')
    .values({ workspaceId, hash, body })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return hash;
}

/**
 * An INSERT of records for the rows of `people (contact_id, email_key, list_id, list_name, action)`, to stand in a statement
 * that changes something, so that no change is without its record.
 */
export function consentInsert(workspaceId: string, people: RawBuilder<unknown>, origin: ConsentOrigin) {
  const { method, source, detail, textHash, ip, userAgent } = origin;
  return sql`
    insert into consent_records (workspace_id, contact_id, email_hash, list_id, list_name, action, method, source, detail, text_hash, ip, user_agent)
    select ${workspaceId}::uuid, p.contact_id, encode(sha256(convert_to(p.email_key, 'UTF8')), 'hex'), p.list_id, p.list_name, p.action,
      ${method}, ${source}, ${detail}, ${textHash}, ${ip}, ${userAgent}
    from (${people}) as p(contact_id, email_key, list_id, list_name, action)`;
}

/** Writes one record about one person; without a list it is about everything. */
export async function insertConsent(
  db: Executor,
  person: { readonly workspaceId: string; readonly contactId: string | null; readonly emailKey: string },
  what: { readonly action: ConsentAction; readonly listIds?: readonly string[] },
  origin: ConsentOrigin,
): Promise<void> {
  const { workspaceId, contactId, emailKey } = person;
  const about = what.listIds
    ? sql`select ${contactId}::uuid, ${emailKey}::text, l.id, l.name, ${what.action}::text from lists l where l.id = any(${what.listIds}::uuid[]) order by l.id`
    : sql`select ${contactId}::uuid, ${emailKey}::text, null::uuid, null::text, ${what.action}::text`;
  await consentInsert(workspaceId, about, origin).execute(db);
}

export type ConsentRow = Selectable<ConsentRecords> & { readonly text: string | null };

/** What is on record of a person, newest first: by their address, so also from before they were this contact. */
export async function listConsents(
  db: Executor,
  filter: { workspaceId: string; emailKey: string; before?: string; limit: number },
): Promise<ConsentRow[]> {
  let query = db
    .selectFrom('consentRecords as r')
    .leftJoin('consentTexts as t', (join) =>
      join.onRef('t.workspaceId', '=', 'r.workspaceId').onRef('t.hash', '=', 'r.textHash'),
    )
    .selectAll('r')
    .select('t.body as text')
    .where('r.workspaceId', '=', filter.workspaceId)
    .where('r.emailHash', '=', createHash('sha256').update(filter.emailKey).digest('hex'));
  if (filter.before) query = query.where('r.id', '<', filter.before);
  return query.orderBy('r.id', 'desc').limit(filter.limit).execute();
}
