// The members of an audience of segments, found before anything is locked: a segment may hold for ten of ten million contacts,
// and looking for them takes longer than a row of a campaign may be locked. What is found is then written like any other
// chunk, if the cursor is still where the walk began; if not, another expansion was here and the walk was for nothing.
//
// Ends after a chunk of members or about a second, whichever comes first, so that the cursor is stored at least that often:
// a crash repeats a second of looking. Index: contacts_workspace, a bounded stretch at a time (db/walk-contacts.ts).
import type pg from 'pg';
import { membersCondition, type SegmentAudience } from '../audience-sql.ts';
import { walkContacts } from '../walk-contacts.ts';

const WALK_MS = 1000;

export interface WalkedMembers {
  /** Where the walk began: the cursor of the send by then. */
  readonly from: string | null;
  readonly ids: readonly string[];
  readonly cursor: string | null;
  readonly isLast: boolean;
}

export async function walkMembers(
  client: pg.PoolClient,
  sendId: string,
  segments: SegmentAudience,
  limit: number,
): Promise<WalkedMembers> {
  const { rows } = await client.query<{ cursor: string | null }>(
    'select expand_cursor as cursor from campaign_sends where id = $1 and expanded_at is null',
    [sendId],
  );
  const at = rows[0];
  if (!at) return { from: null, ids: [], cursor: null, isLast: true };
  const { ids, cursor, isDone } = await walkContacts(client, {
    condition: membersCondition(segments, 'each'),
    order: 'asc',
    from: at.cursor,
    limit,
    budgetMs: WALK_MS,
  });
  return { from: at.cursor, ids, cursor, isLast: isDone };
}
