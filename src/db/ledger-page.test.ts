import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../../test/helpers/database.ts';
import { RECIPIENT_STATES, type RecipientState } from '../contract/states.ts';
import { STATE_CODE } from '../domain/recipient-state.ts';
import { listStatePage } from './ledger-page.ts';

const BATCH = 7;
const STATES: readonly RecipientState[] = ['sent', 'failed', 'pending', 'excluded'];

describe('a page of the ledger in one state', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase();
  });

  it('is the same as cutting all rows of the state, wherever it begins and whoever has the batches', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom(...STATES), fc.constantFrom(250, 550, 551)), { maxLength: 60 }),
        fc.array(fc.boolean(), { minLength: 9, maxLength: 9 }),
        fc.constantFrom(...STATES),
        fc.nat(70),
        fc.integer({ min: 1, max: 20 }),
        async (rows, leased, state, place, limit) => {
          const sendId = await write(database, rows, leased);
          const all = rows.flatMap(([each, code], i) => (each === state ? [{ seq: i + 1, code }] : []));
          const page = async (more: object) =>
            (await listStatePage(database.pool, { sendId, state, afterSeq: 0, skip: 0, limit, ...more })).map(
              ({ seq }) => seq,
            );
          const seqs = (found: typeof all) => found.slice(0, limit).map(({ seq }) => seq);
          expect(await page({ skip: place })).toEqual(seqs(all.slice(place)));
          expect(await page({ afterSeq: place })).toEqual(seqs(all.filter(({ seq }) => seq > place)));
          expect(await page({ afterSeq: place, code: 551 })).toEqual(
            seqs(all.filter(({ seq, code }) => seq > place && code === 551)),
          );
        },
      ),
      { numRuns: 60 },
    );
  });
});

/** A send with these rows in batches of seven; batches that are leased have old counts. */
async function write(
  { pool }: TestDatabase,
  rows: ReadonlyArray<readonly [RecipientState, number]>,
  leased: readonly boolean[],
): Promise<string> {
  const { rows: made } = await pool.query<{ id: string }>(
    `with w as (insert into workspaces (name) values ('x') returning id),
       c as (insert into campaigns (workspace_id, name, state) select id, 'x', 'active' from w returning id, workspace_id)
     insert into campaign_sends (workspace_id, campaign_id) select workspace_id, id from c returning id`,
  );
  const sendId = made[0]?.id ?? '';
  await pool.query(
    `insert into email_sends (send_id, seq, email, email_key, data, state, code)
     select $1, n, 'a' || n, 'a' || n, '{}', s, c from unnest($2::smallint[], $3::smallint[]) with ordinality as r(s, c, n)`,
    [sendId, rows.map(([state]) => STATE_CODE[state]), rows.map(([, code]) => code)],
  );
  for (let no = 0; no * BATCH < rows.length; no++) {
    const counts = RECIPIENT_STATES.map((state) =>
      leased[no] ? 0 : rows.slice(no * BATCH, (no + 1) * BATCH).filter(([each]) => each === state).length,
    );
    await pool.query(
      `insert into campaign_send_batches (send_id, batch_no, first_seq, last_seq, state, ${RECIPIENT_STATES.join(', ')})
       values ($1, $2, $3, $4, $5, ${counts.join(', ')})`,
      [sendId, no, no * BATCH + 1, Math.min((no + 1) * BATCH, rows.length), leased[no] ? 'leased' : 'done'],
    );
  }
  return sendId;
}
