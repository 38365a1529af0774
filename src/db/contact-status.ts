import { sql } from 'kysely';
import type { Executor } from './database.ts';

/**
 * Why nothing is sent to these addresses (keys of one workspace), by key; who may be sent to is not in the answer. By the
 * same rules as suppressed.ts, for a page of contacts: the address itself, its domain or its hash.
 */
export async function listSuppressionReasons(
  db: Executor,
  workspaceId: string,
  emailKeys: readonly string[],
): Promise<Map<string, string>> {
  if (emailKeys.length === 0) return new Map();
  const { rows } = await sql<{ key: string; reason: string }>`
    select k.key, s.reason from unnest(${emailKeys}::text[]) as k(key)
    cross join lateral (
      select s.reason from suppressions s
      where s.workspace_id = ${workspaceId} and (s.expires_at is null or s.expires_at > now())
        and s.email_key = any(array[k.key] || suppression_keys(k.key, '{domain,sha256,md5}'))
      order by s.kind, s.id limit 1) s`.execute(db);
  return new Map(rows.map(({ key, reason }) => [key, reason]));
}
