import type { Executor } from './database.ts';

/** A send that filters may ask about. */
export interface SegmentSend {
  readonly id: string;
  readonly campaignId: string;
  /** Null while its campaign may still send. */
  readonly endedAt: Date | null;
}

/** Every send of a workspace, the newest first. */
export async function listSegmentSends(db: Executor, workspaceId: string): Promise<SegmentSend[]> {
  return db
    .selectFrom('campaigns as c')
    .innerJoin('campaignSends as s', 's.campaignId', 'c.id')
    .select(['s.id', 's.campaignId', 'c.finishedAt as endedAt'])
    .where('c.workspaceId', '=', workspaceId)
    .where('c.kind', '=', 'campaign')
    .orderBy('s.id', 'desc')
    .execute();
}
