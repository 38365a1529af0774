import { type Selectable, sql } from 'kysely';
import type { Executor } from './database.ts';
import { jsonbText } from './jsonb.ts';
import { escapeLike } from './like.ts';
import type { AuditLog } from './schema.generated.ts';

export type AuditRow = Selectable<AuditLog>;

export interface NewAuditRow {
  readonly workspaceId: string;
  readonly actorKind: 'user' | 'key' | 'system';
  readonly actorId: string | null;
  readonly action: string;
  readonly objectKind: string | null;
  readonly objectId: string | null;
  readonly objectName: string | null;
  readonly detail: object;
  readonly address: string | null;
  readonly requestId: string | null;
}

/** The actor's name is taken from their account or key as it is now, because either may be gone later. */
export async function insertAuditRow(db: Executor, row: NewAuditRow): Promise<void> {
  const { actorKind, actorId } = row;
  await sql`
    insert into audit_log (workspace_id, actor_kind, actor_id, actor_name, action, object_kind, object_id, object_name, detail, address, request_id)
    values (${row.workspaceId}, ${actorKind}, ${actorId},
      case ${actorKind}::text when 'user' then (select email from users where id = ${actorId}::uuid)
        when 'key' then (select name from api_keys where id = ${actorId}::uuid) end,
      ${row.action}, ${row.objectKind}, ${row.objectId}, ${row.objectName}, ${jsonbText(row.detail)}::jsonb,
      ${row.address}, ${row.requestId}::uuid)`.execute(db);
}

export interface AuditFilter {
  readonly workspaceId: string;
  /** An id, or a part of the name. */
  readonly who?: string;
  /** An action, or the noun before its dot. */
  readonly what?: string;
  /** An id, or a part of the name. */
  readonly object?: string;
  readonly since?: Date;
  readonly until?: Date;
  readonly before?: string;
  readonly limit: number;
}

/** Newest first, by (workspace_id, id). */
export async function listAuditRows(db: Executor, filter: AuditFilter): Promise<AuditRow[]> {
  let query = db.selectFrom('auditLog').selectAll().where('workspaceId', '=', filter.workspaceId);
  const { who, what, object, since, until, before } = filter;
  if (who) {
    query = query.where((eb) =>
      eb.or([
        eb(sql<string>`actor_id::text`, '=', who.toLowerCase()),
        eb('actorName', 'ilike', `%${escapeLike(who)}%`),
        eb('actorKind', '=', who),
      ]),
    );
  }
  if (what) {
    query = query.where((eb) => eb.or([eb('action', '=', what), eb('action', 'like', `${escapeLike(what)}.%`)]));
  }
  if (object) {
    query = query.where((eb) =>
      eb.or([
        eb('objectId', '=', object),
        eb('objectKind', '=', object),
        eb('objectName', 'ilike', `%${escapeLike(object)}%`),
      ]),
    );
  }
  if (since) query = query.where('at', '>=', since);
  if (until) query = query.where('at', '<', until);
  if (before) query = query.where('id', '<', before);
  return query.orderBy('id', 'desc').limit(filter.limit).execute();
}

/** By the `auditDays` of each workspace. */
export async function deleteOldAuditRows(db: Executor, defaultDays: number): Promise<void> {
  await sql`
    delete from audit_log a using workspaces w where w.id = a.workspace_id
      and a.at < now() - make_interval(days => greatest(30, coalesce((w.settings ->> 'auditDays')::int, ${defaultDays}::int)))`.execute(
    db,
  );
}
