import type pg from 'pg';
import { withoutNul } from '../jsonb.ts';

interface RejectedRow {
  readonly rowNo: number;
  readonly field: string | null;
  readonly value: string | null;
  readonly reason: string;
}

/** Which rows of a file a chunk holds, and what became of those that were not written. */
export interface ChunkSpan {
  readonly importId: string;
  readonly firstRow: number;
  readonly lastRow: number;
  readonly bytesDone: number;
  readonly rejects: readonly RejectedRow[];
  /** Rows that repeat an earlier one of this file. */
  readonly duplicate: number;
}

/** Nothing, when the import has ended or another chunk came first. */
const RECORD = `
with moved as (
  update lead_imports set rows_done = $3, bytes_done = least(bytes_total, $9), inserted = inserted + $4, updated = updated + $5,
    skipped = skipped + $6, invalid = invalid + $7, duplicate = duplicate + $8
  where id = $1 and state = 'active' and rows_done = $2 - 1 returning id
)
insert into lead_import_batches (import_id, batch_no, first_row, last_row, inserted, updated, skipped, invalid, duplicate)
select id, (select coalesce(max(batch_no), 0) + 1 from lead_import_batches where import_id = $1), $2, $3, $4, $5, $6, $7, $8 from moved`;

/** Writes a chunk's refused rows, its own record and the import's counters. False: none of it is to be kept. */
export async function recordChunk(
  client: pg.PoolClient,
  span: ChunkSpan,
  counts: { readonly inserted: number; readonly updated: number; readonly skipped: number },
): Promise<boolean> {
  await insertRejects(client, span);
  const { importId, firstRow, lastRow, bytesDone, rejects, duplicate } = span;
  const { inserted, updated, skipped } = counts;
  const all = [inserted, updated, skipped, rejects.length, duplicate];
  const recorded = await client.query(RECORD, [importId, firstRow, lastRow, ...all, bytesDone]);
  return recorded.rowCount === 1;
}

async function insertRejects(client: pg.PoolClient, { importId, rejects }: ChunkSpan): Promise<void> {
  if (rejects.length === 0) return;
  const text = (value: string | null) => (value === null ? null : withoutNul(value));
  await client.query(
    `insert into lead_import_rejects (import_id, row_no, field, value, reason)
     select $1, t.row_no, t.field, t.value, t.reason from unnest($2::bigint[], $3::text[], $4::text[], $5::text[]) as t(row_no, field, value, reason)
     on conflict do nothing`,
    [
      importId,
      rejects.map((r) => r.rowNo),
      rejects.map((r) => r.field),
      rejects.map((r) => text(r.value)),
      rejects.map((r) => r.reason),
    ],
  );
}
