import { sql } from 'kysely';
import type { Executor } from './database.ts';

export interface KeyUse {
  readonly workspaceId: string;
  readonly key: string;
  readonly requestHash: Buffer;
}

export interface Claim {
  readonly workspaceId: string;
  readonly key: string;
  /** Grows with every request that begins to answer; an older one's answer is not kept. */
  readonly attempt: number;
  readonly resourceId: string;
}

/**
 * Claims a key for a request that begins now: a new one, one whose 24 hours are over, or one of the same request that
 * was left unanswered by a crash. Null when somebody else has it. One statement, so of two requests one wins.
 */
export async function claimKey(
  db: Executor,
  use: KeyUse & { resourceId: string },
  lostAfterSeconds: number,
): Promise<Claim | null> {
  const { rows } = await sql<Claim>`
    insert into idempotency_keys as k (workspace_id, key, request_hash, resource_id)
    values (${use.workspaceId}, ${use.key}, ${use.requestHash}, ${use.resourceId})
    on conflict (workspace_id, key) do update set
      request_hash = excluded.request_hash, claimed_at = now(), attempt = k.attempt + 1, status = null, response = null,
      resource_id = case when k.created_at < now() - interval '24 hours' then excluded.resource_id else k.resource_id end,
      created_at = case when k.created_at < now() - interval '24 hours' then now() else k.created_at end
    where k.created_at < now() - interval '24 hours'
      or (k.status is null and k.request_hash = excluded.request_hash and k.claimed_at < now() - make_interval(secs => ${lostAfterSeconds}))
    returning workspace_id, key, attempt, resource_id`.execute(db);
  return rows[0] ?? null;
}

export async function findKeyUse(
  db: Executor,
  workspaceId: string,
  key: string,
): Promise<{ requestHash: Buffer; status: number | null; response: Buffer | null } | null> {
  const row = await db
    .selectFrom('idempotencyKeys')
    .select(['requestHash', 'status', 'response'])
    .where('workspaceId', '=', workspaceId)
    .where('key', '=', key)
    .executeTakeFirst();
  return row ?? null;
}

export async function storeAnswer(db: Executor, claim: Claim, status: number, response: Buffer): Promise<void> {
  await db
    .updateTable('idempotencyKeys')
    .set({ status, response })
    .where('workspaceId', '=', claim.workspaceId)
    .where('key', '=', claim.key)
    .where('attempt', '=', claim.attempt)
    .where('status', 'is', null)
    .execute();
}

/** Lets the next request with this key begin at once. The id of what it makes stays, for what was made already. */
export async function releaseClaim(db: Executor, claim: Claim): Promise<void> {
  await db
    .updateTable('idempotencyKeys')
    .set({ claimedAt: sql<Date>`'-infinity'` })
    .where('workspaceId', '=', claim.workspaceId)
    .where('key', '=', claim.key)
    .where('attempt', '=', claim.attempt)
    .where('status', 'is', null)
    .execute();
}
