import type { Executor } from './database.ts';

/** Names of lists and campaigns by their ids; those of other workspaces and of what is gone are not among them. */
export async function findNames(
  db: Executor,
  workspaceId: string,
  { listIds, campaignIds }: { readonly listIds: readonly string[]; readonly campaignIds: readonly string[] },
): Promise<Map<string, string>> {
  const named = async (table: 'lists' | 'campaigns', ids: readonly string[]) =>
    ids.length === 0
      ? []
      : db
          .selectFrom(table)
          .select(['id', 'name'])
          .where('workspaceId', '=', workspaceId)
          .where('id', 'in', [...ids])
          .execute();
  const rows = [...(await named('lists', listIds)), ...(await named('campaigns', campaignIds))];
  return new Map(rows.map(({ id, name }) => [id, name]));
}
