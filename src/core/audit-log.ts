import type { AuditEntry, AuditQuery } from '../contract/audit-log.ts';
import type { Page } from '../contract/common.ts';
import { type AuditRow, insertAuditRow, listAuditRows, type NewAuditRow } from '../db/audit-log.ts';
import { listMemberships } from '../db/users.ts';
import { csvLine } from '../lib/csv.ts';
import { isUuid } from '../lib/uuid7.ts';
import type { Caller, Core } from './context.ts';
import { decodeCursor, toPage } from './cursor.ts';

/** What happened, and from where; who did it is the caller, or nobody but the product. */
export interface AuditEvent {
  readonly action: string;
  readonly object?: { readonly kind: string | null; readonly id: string | null; readonly name?: string | null };
  readonly detail?: Readonly<Record<string, unknown>>;
  readonly address?: string | null;
  readonly requestId?: string | null;
}

type Actor = Pick<Caller, 'workspaceId' | 'userId' | 'apiKeyId'>;

const LONGEST_NAME = 300;

/** Never throws: the request is answered by then. What could not be written is in the log. */
export async function recordAudit(core: Pick<Core, 'db' | 'log'>, actor: Actor, event: AuditEvent): Promise<void> {
  try {
    await insertAuditRow(core.db.sql, rowOf(actor, event));
  } catch (error) {
    core.log.error({ err: error, action: event.action }, 'an entry of the audit log could not be written');
  }
}

/** What a person did, or somebody in their name, before there is a session: told to every workspace of theirs. */
export async function recordUserAudit(
  core: Pick<Core, 'db' | 'log'>,
  userId: string,
  event: AuditEvent,
): Promise<void> {
  try {
    for (const { workspaceId } of await listMemberships(core.db.sql, userId))
      await insertAuditRow(core.db.sql, rowOf({ workspaceId, userId }, event));
  } catch (error) {
    core.log.error({ err: error, action: event.action }, 'an entry of the audit log could not be written');
  }
}

function rowOf({ workspaceId, userId, apiKeyId }: Actor, event: AuditEvent): NewAuditRow {
  const { action, object, detail = {}, address = null, requestId = null } = event;
  return {
    workspaceId,
    actorKind: userId !== null ? 'user' : apiKeyId ? 'key' : 'system',
    actorId: userId ?? apiKeyId ?? null,
    action,
    objectKind: object?.kind ?? null,
    objectId: object?.id ?? null,
    objectName: object?.name?.slice(0, LONGEST_NAME) ?? null,
    detail,
    address,
    requestId: requestId !== null && isUuid(requestId) ? requestId : null,
  };
}

export async function listAudit(core: Pick<Core, 'db'>, caller: Caller, query: AuditQuery): Promise<Page<AuditEntry>> {
  const { limit = 50, cursor } = query;
  const before = cursor === undefined ? {} : { before: decodeCursor(cursor, 'string') };
  const rows = await listAuditRows(core.db.sql, { ...filterOf(caller, query), ...before, limit: limit + 1 });
  return toPage(rows, limit, (row) => row.id, show);
}

const EXPORT_ROWS = 1000;

/** All that the filter finds as CSV, newest first, page by page. */
export async function* exportAudit(core: Pick<Core, 'db'>, caller: Caller, query: AuditQuery): AsyncGenerator<string> {
  yield csvLine([
    'at',
    'actor_kind',
    'actor_id',
    'actor',
    'action',
    'object_kind',
    'object_id',
    'object',
    'detail',
    'address',
    'request_id',
  ]);
  for (let before: string | undefined; ; ) {
    const page: { before?: string } = before === undefined ? {} : { before };
    const rows: AuditRow[] = await listAuditRows(core.db.sql, {
      ...filterOf(caller, query),
      ...page,
      limit: EXPORT_ROWS,
    });
    yield rows.map(lineOf).join('');
    before = rows.at(-1)?.id;
    if (rows.length < EXPORT_ROWS || before === undefined) return;
  }
}

function lineOf(row: AuditRow): string {
  return csvLine([
    row.at.toISOString(),
    row.actorKind,
    row.actorId,
    row.actorName,
    row.action,
    row.objectKind,
    row.objectId,
    row.objectName,
    JSON.stringify(row.detail),
    row.address,
    row.requestId,
  ]);
}

function filterOf({ workspaceId }: Caller, { who, what, object, since, until }: AuditQuery) {
  return {
    workspaceId,
    ...(who ? { who } : {}),
    ...(what ? { what } : {}),
    ...(object ? { object } : {}),
    ...(since ? { since: new Date(since) } : {}),
    ...(until ? { until: new Date(until) } : {}),
  };
}

function show(row: AuditRow): AuditEntry {
  return {
    id: row.id,
    at: row.at.toISOString(),
    actor: { kind: row.actorKind as AuditEntry['actor']['kind'], id: row.actorId, name: row.actorName },
    action: row.action,
    object: { kind: row.objectKind, id: row.objectId, name: row.objectName },
    detail: row.detail as Record<string, unknown>,
    address: row.address,
    requestId: row.requestId,
  };
}
