import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { type TestDatabase, testDatabase, truncateAll } from '../../../test/helpers/database.ts';
import { uuid7 } from '../../lib/uuid7.ts';
import { type Database, openDatabase } from '../database.ts';
import { type ClaimedBatch, claimBatch, findClaimable } from './claim-batch.ts';

interface CampaignSketch {
  readonly workspace: string;
  readonly priority?: number;
  readonly concurrency?: number;
  readonly ready?: number;
  /** Batches that wait for tomorrow. */
  readonly waiting?: number;
}

describe('claiming a batch', () => {
  let database: TestDatabase;
  let db: Database;
  const names = new Map<string, string>();
  const all = { ready: true, woken: true };
  const claims = { workerId: uuid7(), leaseMs: 30_000, maxCampaigns: 5, ...all };

  beforeEach(async () => {
    await truncateAll();
    database = await testDatabase();
    db ??= openDatabase(database.config, () => {});
    names.clear();
  });
  afterAll(() => db.close());

  const query = async <T>(text: string, values: unknown[] = []) =>
    (await database.pool.query(text, values)).rows as T[];
  const workspaces = new Map<string, string>();

  /** Makes an active campaign called `name`; campaigns made later were launched later. */
  const campaign = async (name: string, sketch: CampaignSketch) => {
    const known = names.has(sketch.workspace) ? workspaces.get(sketch.workspace) : undefined;
    const [made] = known
      ? [{ id: known }]
      : await query<{ id: string }>("insert into workspaces (name) values ('x') returning id");
    names.set(sketch.workspace, sketch.workspace);
    workspaces.set(sketch.workspace, made?.id ?? '');
    const [row] = await query<{ id: string }>(
      `insert into campaigns (workspace_id, name, state, priority, concurrency, launched_at)
       values ($1, $2, 'active', $3, $4, clock_timestamp()) returning id`,
      [made?.id, name, sketch.priority ?? 0, sketch.concurrency ?? null],
    );
    await query(
      `with s as (insert into campaign_sends (workspace_id, campaign_id) values ($1, $2) returning id)
       insert into campaign_send_batches (send_id, batch_no, first_seq, last_seq, pending, state, wake_at)
       select s.id, g, g * 500 - 499, g * 500, 500, case when g <= $3 then 'ready' else 'waiting' end,
         case when g > $3 then now() + interval '1 day' end
       from s, generate_series(1, $3 + $4::int) g`,
      [made?.id, row?.id, sketch.ready ?? 0, sketch.waiting ?? 0],
    );
    names.set(row?.id ?? '', name);
  };
  const claim = async (options = {}) => claimBatch(db.pool, { ...claims, ...options });
  const nameOf = (batch: ClaimedBatch | null) => batch && (names.get(batch.campaignId) ?? null);
  const claimAll = async (count: number, options = {}) => {
    const taken: Array<string | null> = [];
    for (let i = 0; i < count; i++) taken.push(nameOf(await claim(options)));
    return taken;
  };
  const tally = (taken: ReadonlyArray<string | null>) => {
    const counts: Record<string, number> = {};
    for (const name of taken) counts[name ?? 'none'] = (counts[name ?? 'none'] ?? 0) + 1;
    return counts;
  };

  it('gives two workspaces the same share, whatever number of campaigns they have', async () => {
    for (let i = 0; i < 20; i++) await campaign(`many ${i}`, { workspace: 'A', ready: 10 });
    await campaign('one', { workspace: 'B', ready: 20 });
    expect(tally(await claimAll(20)).one).toBe(10);
  });

  it('does not let the campaigns one workspace may have at once keep another waiting', async () => {
    for (let i = 0; i < 7; i++) await campaign(`many ${i}`, { workspace: 'A', ready: 10, priority: 100 });
    await campaign('one', { workspace: 'B', ready: 10, priority: -100 });
    expect(tally(await claimAll(4, { maxCampaigns: 5 }))).toMatchObject({ one: 2 });
  });

  it('shares evenly between the campaigns of a workspace, as many as may send at once, the oldest first', async () => {
    for (const name of ['a', 'b', 'c', 'd']) await campaign(name, { workspace: 'A', ready: 10 });
    expect(tally(await claimAll(9, { maxCampaigns: 3 }))).toEqual({ a: 3, b: 3, c: 3 });
  });

  it('goes by priority inside a workspace, and takes a late campaign of a higher one first', async () => {
    await campaign('low', { workspace: 'A', ready: 10 });
    expect(await claimAll(2)).toEqual(['low', 'low']);
    await campaign('high', { workspace: 'A', ready: 2, priority: 5 });
    expect(await claimAll(3)).toEqual(['high', 'high', 'low']);
  });

  it('gives the place of a campaign of which everything waits to the next one', async () => {
    for (let i = 0; i < 5; i++) await campaign(`waits ${i}`, { workspace: 'A', waiting: 3 });
    await campaign('works', { workspace: 'A', ready: 1 });
    expect(await claimAll(2)).toEqual(['works', null]);
  });

  it('draws lots between equals, so that none is left out for ever', async () => {
    for (const name of ['a', 'b', 'c']) await campaign(name, { workspace: name, ready: 1 });
    const seen = new Set<string | null>();
    // One batch in hand at a time: every draw is between all three. 80 misses of one of them: once in 10^14 runs.
    for (let i = 0; i < 80; i++) {
      seen.add(nameOf(await claim()));
      await query(
        `update campaign_send_batches set state = 'ready', lease_until = null, worker_id = null where state = 'leased'`,
      );
    }
    expect([...seen].sort()).toEqual(['a', 'b', 'c']);
  });

  it('keeps to the concurrency of a campaign', async () => {
    await campaign('narrow', { workspace: 'A', ready: 5, concurrency: 2 });
    await campaign('wide', { workspace: 'A', ready: 5 });
    expect(tally(await claimAll(8))).toEqual({ narrow: 2, wide: 5, none: 1 });
  });

  it('takes over what was lost before what has waited, and that before what is new', async () => {
    await campaign('only', { workspace: 'A', ready: 3, waiting: 1 });
    await query(`update campaign_send_batches set wake_at = now() - interval '1 second' where state = 'waiting'`);
    await query(
      `update campaign_send_batches set state = 'leased', fence = 1, lease_until = now() - interval '1 second' where batch_no = 3`,
    );
    const taken = [await claim(), await claim(), await claim(), await claim(), await claim()];
    expect(taken.map((batch) => batch?.batchNo)).toEqual([3, 4, 1, 2, undefined]);
    expect(taken[0]).toMatchObject({ fence: 2, hadOwner: true });
    expect(taken[2]).toMatchObject({ fence: 1, hadOwner: false, timeZone: null });
  });

  it('never gives a batch to two claims at once, and finds one for each while there are any', async () => {
    for (const name of ['a', 'b']) await campaign(name, { workspace: name, ready: 10 });
    const taken = await Promise.all(Array.from({ length: 10 }, () => claim()));
    const keys = taken.map((batch) => `${batch?.sendId}/${batch?.batchNo}`);
    expect(taken).not.toContain(null);
    expect(new Set(keys).size).toBe(10);
  });

  it('counts what a claim would find', async () => {
    for (let i = 0; i < 4; i++) await campaign(`${i}`, { workspace: 'A', ready: 2, waiting: 5 });
    expect(await findClaimable(db.pool, 5, all)).toEqual({ ready: 8, woken: 0 });
    expect(await findClaimable(db.pool, 3, all)).toEqual({ ready: 6, woken: 0 });
    await query(`update campaign_send_batches set wake_at = now() where state = 'waiting' and batch_no = 3`);
    expect(await findClaimable(db.pool, 5, all)).toEqual({ ready: 8, woken: 4 });
    expect(await findClaimable(db.pool, 5, { ready: false, woken: true })).toEqual({ ready: 0, woken: 4 });
    await claimAll(12);
    expect(await findClaimable(db.pool, 5, all)).toEqual({ ready: 0, woken: 0 });
  });

  it('leaves what is kept back by a paused queue', async () => {
    await campaign('only', { workspace: 'A', ready: 1, waiting: 1 });
    await query(`update campaign_send_batches set wake_at = now() where state = 'waiting'`);
    expect(await claim({ ready: false, woken: false })).toBeNull();
    expect(await claim({ ready: false })).toMatchObject({ batchNo: 2 });
    expect(await claim({ ready: false })).toBeNull();
    expect(await claim({ woken: false })).toMatchObject({ batchNo: 1 });
  });

  it('leaves the workspaces that are named to others', async () => {
    await campaign('ours', { workspace: 'A', ready: 1 });
    await campaign('theirs', { workspace: 'B', ready: 1 });
    const heldBack = [workspaces.get('A') ?? ''];
    expect(await claimAll(2, { heldBack })).toEqual(['theirs', null]);
    expect(await claimAll(1)).toEqual(['ours']);
  });
});
