import { sql } from 'kysely';
import type { Executor } from './database.ts';

const ROWS = sql<number>`count(*)::int`.as('rows');

/** Of a workspace, or of all when that is null. */
export async function countCampaignsByState(db: Executor, workspaceId: string | null): Promise<Map<string, number>> {
  let query = db.selectFrom('campaigns').select(['state', ROWS]).where('kind', '=', 'campaign').groupBy('state');
  if (workspaceId !== null) query = query.where('workspaceId', '=', workspaceId);
  return toMap(await query.execute());
}

/** Workers that were heard of within a day. */
export async function countWorkersByState(db: Executor): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom('emailWorkers')
    .select(['state', ROWS])
    .where('heartbeatAt', '>', sql<Date>`now() - interval '1 day'`)
    .groupBy('state')
    .execute();
  return toMap(rows);
}

function toMap(rows: ReadonlyArray<{ state: string; rows: number }>): Map<string, number> {
  return new Map(rows.map((row) => [row.state, row.rows]));
}
