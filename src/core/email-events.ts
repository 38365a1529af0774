import type { Page } from '../contract/common.ts';
import type { EmailEvent, EventsQuery } from '../contract/events.ts';
import { type EventRow, findEmailEvent, listEmailEvents } from '../db/email-events.ts';
import { notFound } from '../errors.ts';
import type { Caller, Core } from './context.ts';
import { decodeCursor, toPage } from './cursor.ts';

/** What was told of messages of the workspace, newest first. */
export async function listEventPage(
  core: Pick<Core, 'db'>,
  caller: Caller,
  query: EventsQuery,
): Promise<Page<EmailEvent>> {
  const { type, machine, campaignId, email, accountId, since, until, limit = 50, cursor } = query;
  const rows = await listEmailEvents(core.db.sql, {
    workspaceId: caller.workspaceId,
    limit: limit + 1,
    ...(type === undefined ? {} : { type }),
    ...(machine === undefined ? {} : { machine }),
    ...(campaignId === undefined ? {} : { campaignId }),
    ...(email === undefined ? {} : { emailKey: email.trim().toLowerCase().replaceAll('\0', '') }),
    ...(accountId === undefined ? {} : { accountId }),
    ...(since === undefined ? {} : { since: new Date(since) }),
    ...(until === undefined ? {} : { until: new Date(until) }),
    ...(cursor === undefined ? {} : { before: decodeCursor(cursor, 'string') }),
  });
  return toPage(rows, limit, (row) => row.id, show);
}

/** Throws NOT_FOUND. */
export async function getEvent(core: Pick<Core, 'db'>, caller: Caller, id: string): Promise<EmailEvent> {
  const row = await findEmailEvent(core.db.sql, caller.workspaceId, id);
  if (!row) throw notFound('event', id);
  return show(row);
}

function show({
  id,
  type,
  source,
  campaignId,
  isEmail,
  seq,
  email,
  accountId,
  machine,
  data,
  ...times
}: EventRow): EmailEvent {
  const told = (typeof data === 'object' && data !== null ? data : {}) as Record<string, unknown>;
  return {
    id,
    type,
    occurredAt: times.occurredAt.toISOString(),
    receivedAt: times.receivedAt.toISOString(),
    source,
    campaignId,
    emailId: isEmail ? campaignId : null,
    seq,
    email,
    accountId,
    class: text(told.class),
    status: text(told.status),
    reply: typeof told.reply === 'number' ? told.reply : null,
    hard: typeof told.hard === 'boolean' ? told.hard : null,
    response: text(told.response),
    machine,
    data: told,
  };
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
