import { sql } from 'kysely';
import type { CampaignRow } from './campaigns.ts';
import type { ContactOperationRow } from './contact-operations.ts';
import type { Executor } from './database.ts';
import type { ImportRow } from './imports.ts';

/** Operations of a workspace that are under way, or ended in the last day and were not taken off the list. */
export interface OperationFilter {
  readonly workspaceId: string;
  /** Only these, whether they ended long ago or not. */
  readonly ids?: readonly string[];
  readonly limit: number;
}

export async function listCampaignOperations(db: Executor, filter: OperationFilter): Promise<CampaignRow[]> {
  let query = db
    .selectFrom('campaigns as c')
    .selectAll('c')
    .where('c.workspaceId', '=', filter.workspaceId)
    .where('c.kind', '=', 'campaign')
    .where('c.state', '!=', 'draft');
  query = filter.ids
    ? query.where('c.id', 'in', [...filter.ids])
    : query
        .where((eb) =>
          eb.or([eb('c.finishedAt', 'is', null), eb('c.finishedAt', '>', sql<Date>`now() - interval '1 day'`)]),
        )
        .where((eb) => notDismissed(eb.ref('c.id')));
  return query.orderBy('c.id', 'desc').limit(filter.limit).execute();
}

export async function listImportOperations(db: Executor, filter: OperationFilter): Promise<ImportRow[]> {
  let query = db.selectFrom('leadImports as i').selectAll('i').where('i.workspaceId', '=', filter.workspaceId);
  query = filter.ids
    ? query.where('i.id', 'in', [...filter.ids])
    : query
        .where((eb) =>
          eb.or([eb('i.finishedAt', 'is', null), eb('i.finishedAt', '>', sql<Date>`now() - interval '1 day'`)]),
        )
        .where((eb) => notDismissed(eb.ref('i.id')));
  return query.orderBy('i.id', 'desc').limit(filter.limit).execute();
}

export async function listContactOperations(db: Executor, filter: OperationFilter): Promise<ContactOperationRow[]> {
  let query = db.selectFrom('contactOperations as o').selectAll('o').where('o.workspaceId', '=', filter.workspaceId);
  query = filter.ids
    ? query.where('o.id', 'in', [...filter.ids])
    : query
        .where((eb) =>
          eb.or([eb('o.finishedAt', 'is', null), eb('o.finishedAt', '>', sql<Date>`now() - interval '1 day'`)]),
        )
        .where((eb) => notDismissed(eb.ref('o.id')));
  return query.orderBy('o.id', 'desc').limit(filter.limit).execute();
}

function notDismissed(id: unknown) {
  return sql<boolean>`not exists (select 1 from progress_tracking d where d.id = ${id} and d.dismissed_at is not null)`;
}

/** Takes an operation that has ended off the list. Needs its row in progress_tracking. */
export async function dismissOperation(db: Executor, workspaceId: string, operationId: string): Promise<void> {
  await db
    .updateTable('progressTracking')
    .set({ dismissedAt: sql<Date>`now()` })
    .where('id', '=', operationId)
    .where('workspaceId', '=', workspaceId)
    .execute();
}
