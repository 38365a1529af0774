import { isIPv4 } from 'node:net';
import type { Page } from '../contract/common.ts';
import type { ConsentRecord } from '../contract/consents.ts';
import { type ConsentOrigin, type ConsentRow, listConsents, storeConsentText } from '../db/consents.ts';
import { findContact } from '../db/contacts.ts';
import type { Executor } from '../db/database.ts';
import { withoutNul } from '../db/jsonb.ts';
import { notFound } from '../errors.ts';
import type { Caller, Core } from './context.ts';
import { decodeCursor, toPage } from './cursor.ts';

/** How and from where somebody says something, as it comes in. */
export interface Act {
  readonly method: ConsentOrigin['method'];
  readonly source?: string | null;
  readonly detail?: string | null;
  /** The words that they were shown. */
  readonly text?: string | null;
  readonly ip?: string | null;
  readonly userAgent?: string | null;
}

const LONGEST_AGENT = 200;

/** What is kept of it: no more than shows where it came from (GDPR article 5(1)(c)). */
export async function originOf(tx: Executor, workspaceId: string, act: Act): Promise<ConsentOrigin> {
  return {
    method: act.method,
    source: act.source ?? null,
    detail: act.detail ? withoutNul(act.detail) : null,
    textHash: act.text ? await storeConsentText(tx, workspaceId, withoutNul(act.text)) : null,
    ip: act.ip ? networkOf(act.ip) : null,
    userAgent: act.userAgent?.slice(0, LONGEST_AGENT) ?? null,
  };
}

/** An address without what tells one connection from its neighbours: 24 bits of IPv4, 48 of IPv6, what a provider gives one customer. */
export function networkOf(ip: string): string {
  const mapped = /^::ffff:([\d.]+)$/i.exec(ip)?.[1];
  const v4 = mapped ?? ip;
  if (isIPv4(v4)) return `${v4.slice(0, v4.lastIndexOf('.'))}.0`;
  const [head = '', tail] = ip.split('%')[0]?.split('::') ?? [];
  const front = head === '' ? [] : head.split(':');
  const missing = tail === undefined ? 0 : 8 - front.length - (tail === '' ? 0 : tail.split(':').length);
  const groups = [...front, ...Array.from({ length: missing }, () => '0'), ...(tail ? tail.split(':') : [])];
  return `${groups.slice(0, 3).join(':')}::`;
}

/** Who calls, as it stands in a record. */
export function nameOfCaller({ userId, apiKeyId }: Caller): string | null {
  if (userId) return `user ${userId}`;
  return apiKeyId ? `API key ${apiKeyId}` : null;
}

/** What a contact agreed to and took back, newest first; also what is on record of their address from before. */
export async function listConsentPage(
  core: Pick<Core, 'db'>,
  caller: Caller,
  contactId: string,
  page: { limit?: number; cursor?: string },
): Promise<Page<ConsentRecord>> {
  const contact = await findContact(core.db.sql, caller.workspaceId, contactId);
  if (!contact) throw notFound('contact', contactId);
  const { limit = 50, cursor } = page;
  const rows = await listConsents(core.db.sql, {
    workspaceId: caller.workspaceId,
    emailKey: contact.emailKey,
    limit: limit + 1,
    ...(cursor === undefined ? {} : { before: decodeCursor(cursor, 'string') }),
  });
  return toPage(rows, limit, (row) => row.id, show);
}

function show(row: ConsentRow): ConsentRecord {
  const { id, action, method, source, detail, text, ip, userAgent, listId, listName } = row;
  const list = listId === null ? null : { id: listId, name: listName ?? '' };
  return { id, action, list, method, source, detail, text, ip, userAgent, occurredAt: row.occurredAt.toISOString() };
}
