import type { Page } from '../contract/common.ts';
import type { NewSuppression, Suppression, SuppressionRemoved, SuppressionsQuery } from '../contract/suppressions.ts';
import { withoutNul } from '../db/jsonb.ts';
import {
  deleteSuppression,
  findSuppressionEntry,
  insertSuppression,
  listBinding,
  listSuppressions,
  type SuppressionRow,
} from '../db/suppressions.ts';
import { type ParsedSuppression, parseSuppression } from '../domain/suppression-key.ts';
import { notFound } from '../errors.ts';
import { readEmail } from './addresses.ts';
import { invalid } from './content.ts';
import type { Caller, Core } from './context.ts';
import { decodeCursor, toPage } from './cursor.ts';
import { excludeAllSuppressed, excludeRefused } from './exclusion.ts';

/** Nothing is handed over to whom it binds any more, whoever asks. Suppressing it again changes nothing. */
export async function suppress(
  core: Pick<Core, 'db' | 'events'>,
  caller: Caller,
  body: NewSuppression,
): Promise<{ created: boolean; suppression: Suppression }> {
  const { workspaceId } = caller;
  const { kind, shown, key } = readKey(body);
  const made = await insertSuppression(core.db.sql, {
    workspaceId,
    kind,
    email: shown,
    emailKey: key,
    reason: body.reason ?? 'manual',
    source: body.source === undefined ? null : withoutNul(body.source),
    expiresAt: readExpiry(body.expiresAt),
  });
  const row = made ?? (await findSuppressionEntry(core.db.sql, workspaceId, key));
  if (!row) throw notFound('suppression', shown);
  // Again too: the first request may not have come so far.
  await (kind === 'address' ? excludeRefused(core, workspaceId, key) : excludeAllSuppressed(core, workspaceId));
  return { created: made !== null, suppression: showSuppression(row) };
}

function readKey({ email, domain, hash }: NewSuppression): Extract<ParsedSuppression, { ok: true }> {
  const given = Object.entries({ email, domain, hash }).filter(([, value]) => value !== undefined);
  const [field, text] = given[0] ?? [];
  if (field === undefined || text === undefined || given.length > 1)
    throw invalid('email', 'send one of email, domain and hash');
  if (field === 'email') {
    const address = readEmail(text, 'email');
    return { ok: true, kind: 'address', shown: address.email, key: address.emailKey };
  }
  const parsed = parseSuppression(text);
  if (!parsed.ok) throw invalid(field, parsed.reason);
  if (parsed.kind !== field) throw invalid(field, field === 'hash' ? HASH_WANTED : 'is not a domain like example.com');
  return parsed;
}

const HASH_WANTED = 'is not 64 (SHA-256) or 32 (MD5) hex digits';

function readExpiry(text: string | undefined): Date | null {
  if (text === undefined) return null;
  const at = new Date(text);
  if (!(at.getTime() > Date.now())) throw invalid('expiresAt', 'is not in the future');
  return at;
}

export async function listSuppressionPage(
  core: Pick<Core, 'db'>,
  caller: Caller,
  query: SuppressionsQuery,
): Promise<Page<Suppression>> {
  const { workspaceId } = caller;
  const { limit = 50, cursor, search, kind, reason, binds } = query;
  if (binds !== undefined) {
    const { emailKey } = readEmail(binds, 'binds');
    return { items: (await listBinding(core.db.sql, workspaceId, emailKey)).map(showSuppression), nextCursor: null };
  }
  const rows = await listSuppressions(core.db.sql, {
    workspaceId,
    limit: limit + 1,
    ...(search ? { prefix: withoutNul(search).trim().toLowerCase() } : {}),
    ...(kind ? { kind } : {}),
    ...(reason ? { reason } : {}),
    ...(cursor === undefined ? {} : { before: decodeCursor(cursor, 'string') }),
  });
  return toPage(rows, limit, (row) => row.id, showSuppression);
}

/** Takes an entry away and says what follows from that. */
export async function removeSuppression(
  core: Pick<Core, 'db'>,
  caller: Caller,
  id: string,
): Promise<SuppressionRemoved> {
  const row = await deleteSuppression(core.db.sql, caller.workspaceId, id);
  if (!row) throw notFound('suppression', id);
  const others = row.kind === 'address' ? await listBinding(core.db.sql, caller.workspaceId, row.emailKey) : [];
  return { removed: showSuppression(row), meaning: meaningOf(row, others[0] ?? null) };
}

const WHOM: Readonly<Record<string, (row: SuppressionRow) => string>> = {
  domain: (row) => `addresses ${row.email} and below`,
  hash: () => 'the address behind this hash',
};

const WARNING: Readonly<Record<string, string>> = {
  unsubscribed: ' They had unsubscribed: send to them only when they asked you to.',
  paused: ' They had asked for a pause, which ends with this.',
  'hard-bounce':
    ' Their server had refused the address for good: it will probably do so again, which harms your reputation.',
  complaint: ' They had reported a message as spam: another one may have your account blocked.',
  erased: ' This person had asked to be forgotten: writing to them again is likely to be unlawful.',
};

function meaningOf(row: SuppressionRow, other: SuppressionRow | null): string {
  const whom = WHOM[row.kind]?.(row) ?? row.email;
  if (other)
    return `Nothing is sent to ${whom} yet: ${other.email} (${other.reason}) still keeps it from being sent to.`;
  const means = `From now on campaigns send to ${whom} again where they are subscribed. Recipients that campaigns have excluded stay so.`;
  return `${means}${WARNING[row.reason] ?? ''}`;
}

function showSuppression(row: SuppressionRow): Suppression {
  const { id, email, kind, reason, source } = row;
  const expiresAt = row.expiresAt?.toISOString() ?? null;
  return { id, email, kind, reason, source, expiresAt, createdAt: row.createdAt.toISOString() };
}
