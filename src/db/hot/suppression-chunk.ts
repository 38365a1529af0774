// Writes one chunk of an imported suppression list, with how far the import is, in one transaction: a crash leaves whole
// chunks, and running again goes on behind the last one. What a chunk holds binds from its commit on, before the rest.
//
// Locks: entries in the order of their keys, so that two imports of the same list wait for each other and never in a circle.
// Index: suppressions (workspace_id, email_key). What is there already stays as it is, unless it was to end.
import type pg from 'pg';
import { withoutNul } from '../jsonb.ts';
import { type ChunkSpan, recordChunk } from './import-record.ts';

interface ImportedSuppression {
  readonly kind: string;
  readonly shown: string;
  readonly key: string;
  readonly reason: string;
  readonly source: string | null;
  readonly expiresAt: Date | null;
}

export interface SuppressionChunk extends ChunkSpan {
  readonly workspaceId: string;
  readonly entries: readonly ImportedSuppression[];
}

const INSERT = `
with added as (
  insert into suppressions as s (workspace_id, kind, email, email_key, reason, source, expires_at)
  select $1, t.kind, t.shown, t.key, t.reason, t.source, t.expires_at
  from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[]) as t(kind, shown, key, reason, source, expires_at)
  order by t.key
  on conflict (workspace_id, email_key) do update
    set reason = excluded.reason, source = excluded.source, expires_at = excluded.expires_at
    where s.expires_at < coalesce(excluded.expires_at, 'infinity')
  returning 1)
select count(*)::int as added from added`;

/** False when the import has ended or moved on meanwhile: then nothing of it is kept. */
export async function writeSuppressionChunk(client: pg.PoolClient, chunk: SuppressionChunk): Promise<boolean> {
  const { entries, workspaceId } = chunk;
  const column = <T>(of: (entry: ImportedSuppression) => T) => entries.map(of);
  await client.query('begin');
  try {
    const { rows } = await client.query<{ added: number }>(INSERT, [
      workspaceId,
      column((entry) => entry.kind),
      column((entry) => entry.shown),
      column((entry) => entry.key),
      column((entry) => entry.reason),
      column((entry) => (entry.source === null ? null : withoutNul(entry.source))),
      column((entry) => entry.expiresAt),
    ]);
    const inserted = rows[0]?.added ?? 0;
    const kept = await recordChunk(client, chunk, { inserted, updated: 0, skipped: entries.length - inserted });
    await client.query(kept ? 'commit' : 'rollback');
    return kept;
  } catch (error) {
    await client.query('rollback').catch(() => {}); // the connection itself may be gone; the first error is the one to tell
    throw error;
  }
}
