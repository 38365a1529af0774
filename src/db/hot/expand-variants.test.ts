import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestCore, type TestCore } from '../../../test/helpers/core.ts';
import { splitBounds } from '../../domain/variant-split.ts';
import { expandChunk } from './expand-chunk.ts';

const PEOPLE = 700;
const BLOCKED = 20;

let test: TestCore;
beforeAll(async () => {
  test = await openTestCore();
  const { pool } = test.database;
  await pool.query(
    `insert into suppressions (workspace_id, email, email_key, reason)
     select $1, 'p' || g || '@x.test', 'p' || g || '@x.test', 'manual' from generate_series(1, ${BLOCKED}) g`,
    [test.caller.workspaceId],
  );
});
afterAll(() => test.close());

/** Who gets which, by address; null: the rest. */
async function divide(campaign: string | null, bounds: readonly number[]) {
  const { pool } = test.database;
  const { workspaceId } = test.caller;
  const one = async (text: string, values: unknown[]) => (await pool.query(text, values)).rows[0]?.id as string;
  const campaignId =
    campaign ??
    (await one(`insert into campaigns (workspace_id, name, state) values ($1, 'c', 'active') returning id`, [
      workspaceId,
    ]));
  await pool.query(
    `insert into campaign_audience_rows (campaign_id, row_no, email, email_key, data)
     select $1, g, 'p' || g || '@x.test', 'p' || g || '@x.test', '{}' from generate_series(1, ${PEOPLE}) g on conflict do nothing`,
    [campaignId],
  );
  await pool.query('delete from email_sends where send_id = (select id from campaign_sends where campaign_id = $1)', [
    campaignId,
  ]);
  await pool.query('delete from campaign_sends where campaign_id = $1', [campaignId]);
  const sendId = await one('insert into campaign_sends (workspace_id, campaign_id) values ($1, $2) returning id', [
    workspaceId,
    campaignId,
  ]);
  const client = await pool.connect();
  const audience = { kind: 'inline' } as const;
  await expandChunk(client, {
    sendId,
    campaignId,
    workspaceId,
    audience,
    segments: null,
    clock: null,
    splitBounds: bounds,
  });
  client.release();
  const { rows } = await pool.query(
    `select e.email, e.state, b.variant from email_sends e
     join campaign_send_batches b on b.send_id = e.send_id and e.seq between b.first_seq and b.last_seq where e.send_id = $1`,
    [sendId],
  );
  expect(rows).toHaveLength(PEOPLE);
  return { campaignId, given: new Map(rows.map((row) => [row.email as string, row])) };
}

it('divides an audience evenly among variants, the same each time, and otherwise in another campaign', async () => {
  const rules = fc.record({
    weights: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 10 }),
    samplePercent: fc.integer({ min: 1, max: 100 }),
  });
  await fc.assert(
    fc.asyncProperty(rules, async (split) => {
      const bounds = splitBounds(split);
      const { campaignId, given } = await divide(null, bounds);
      const sent = [...given.values()].filter(({ state }) => state === 0);
      expect(sent).toHaveLength(PEOPLE - BLOCKED);
      const all = split.weights.reduce((sum, weight) => sum + weight, 0);
      for (const [variant, weight] of split.weights.entries()) {
        const share = (sent.length * split.samplePercent * weight) / (100 * all);
        expect(Math.abs(sent.filter((row) => row.variant === variant).length - share)).toBeLessThanOrEqual(1);
      }
      if (split.samplePercent === 100) expect(sent.every(({ variant }) => variant !== null)).toBe(true);
      expect((await divide(campaignId, bounds)).given).toEqual(given);
    }),
    { numRuns: 8, seed: 31, examples: [[{ weights: [1, 1], samplePercent: 100 }]] },
  );
  // Two campaigns: of half of the people each about half are the same.
  const [one, two] = [await divide(null, [0.5, 1]), await divide(null, [0.5, 1])];
  const both = [...one.given].filter(([email, { variant }]) => variant === 0 && two.given.get(email)?.variant === 0);
  expect(both.length).toBeGreaterThan(PEOPLE / 8);
  expect(both.length).toBeLessThan((PEOPLE * 3) / 8);
});
