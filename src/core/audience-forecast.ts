import { countListAudience } from '../db/audience.ts';
import type { Caller, Core } from './context.ts';

/** Who of a list would be sent to now, and who would be excluded. */
export async function forecastAudience(
  core: Pick<Core, 'db'>,
  caller: Caller,
  listId: string,
): Promise<{ total: number; wouldSend: number; excluded: number }> {
  const { total, excluded } = await countListAudience(core.db.sql, caller.workspaceId, listId);
  return { total, excluded, wouldSend: total - excluded };
}
