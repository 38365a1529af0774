import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestCore, type TestCore } from '../../test/helpers/core.ts';
import { freshCampaign } from '../../test/helpers/progress-campaign.ts';
import { deleteExpired } from '../db/housekeeping.ts';
import type { EventBus, LiveEvent } from '../events/bus.ts';
import { pauseCampaign } from './campaign-control.ts';
import type { Core } from './context.ts';
import { getOperation, listOperations } from './progress.ts';
import { ProgressFeed, type ProgressUpdate } from './progress-feed.ts';
import { ProgressProjector } from './progress-projector.ts';
import { dismiss, trackOperations } from './progress-tracking.ts';

/** Passes events on inside this process, and remembers them. */
class LocalBus implements EventBus {
  readonly published: LiveEvent[] = [];
  readonly #listeners = new Set<(event: LiveEvent) => void>();

  publish(event: LiveEvent): void {
    this.published.push(event);
    this.deliver(event);
  }

  deliver(event: LiveEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  subscribe(listener: (event: LiveEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {}
}

let test: TestCore;
let bus: LocalBus;
let core: Core;
let feed: ProgressFeed;
const updates: ProgressUpdate[] = [];
const track = (id: string) => trackOperations(core, [{ id, intervalMs: 0, dirtyAt: null }]);

beforeEach(async () => {
  test = await openTestCore();
  bus = new LocalBus();
  core = { ...test.core, events: bus };
  feed = new ProgressFeed(core);
  updates.length = 0;
});
afterEach(async () => {
  await feed.close();
  await test.close();
});

describe('the progress feed', () => {
  it('tells of a change, with what the list of operations tells', async () => {
    const { id } = await freshCampaign(test);
    feed.subscribe(test.caller.workspaceId, (update) => updates.push(update));
    await feed.open(test.caller.workspaceId, null);
    await pauseCampaign(core, test.caller, id);
    await expect.poll(() => updates.at(-1)?.operation.state).toBe('paused');
    const [listed] = await listOperations(core, test.caller.workspaceId, [id]);
    const { updatedAt: _, ...told } = updates.at(-1)!.operation;
    expect(listed).toMatchObject(told);
    expect(JSON.parse(updates.at(-1)!.json)).toEqual(updates.at(-1)!.operation);
  });

  it('never tells an older version behind a newer one, nor one version twice', async () => {
    const { id } = await freshCampaign(test);
    const { workspaceId } = test.caller;
    feed.subscribe(workspaceId, (update) => updates.push(update));
    const { updates: first } = await feed.open(workspaceId, null);
    const [{ operation, version }] = first as [ProgressUpdate];
    updates.length = 0;
    const event = (of: number) => bus.deliver({ kind: 'progress', id, workspaceId, version: of, operation });
    for (const of of [version, version + 3, version + 2, version + 3, version + 4, version - 1]) event(of);
    expect(updates.map((update) => update.version)).toEqual([version + 3, version + 4]);
    bus.deliver({ kind: 'progress', id, workspaceId: id, version: version + 9, operation });
    expect(updates).toHaveLength(2);
  });

  it('reads the row of an operation that was too large for the bus', async () => {
    const { id } = await freshCampaign(test);
    const { workspaceId } = test.caller;
    await track(id);
    feed.subscribe(workspaceId, (update) => updates.push(update));
    bus.deliver({ kind: 'progress', id, workspaceId, version: 1 });
    await expect.poll(() => updates.map(({ operation }) => operation.id)).toEqual([id]);
  });

  it('makes up for events that were lost', async () => {
    const { id } = await freshCampaign(test);
    feed.subscribe(test.caller.workspaceId, (update) => updates.push(update));
    await feed.open(test.caller.workspaceId, null);
    const silent = { ...core, events: { ...bus, publish: () => {} } as unknown as EventBus };
    await pauseCampaign(silent, test.caller, id);
    await trackOperations(silent, [{ id, intervalMs: 0, dirtyAt: null }]);
    await expect.poll(() => updates.at(-1)?.operation.state, { timeout: 20_000 }).toBe('paused');
  });

  it('opens with what has changed since a version, and with everything when the version is unknown', async () => {
    const { workspaceId } = test.caller;
    const first = await freshCampaign(test);
    const second = await freshCampaign(test);
    feed.subscribe(workspaceId, () => {});
    const { kind, updates: all, version } = await feed.open(workspaceId, null);
    expect(kind).toBe('snapshot');
    expect(all.map(({ operation }) => operation.id).sort()).toEqual([first.id, second.id].sort());
    expect(await feed.open(workspaceId, version)).toMatchObject({ kind: 'changes', updates: [] });
    await pauseCampaign(core, test.caller, first.id);
    await track(first.id);
    const changes = await feed.open(workspaceId, version);
    expect(changes).toMatchObject({ kind: 'changes', updates: [{ operation: { id: first.id, state: 'paused' } }] });
    expect((await feed.open(workspaceId, changes.version + 1)).kind).toBe('snapshot');
  });

  it('forgets what was taken off the list until it goes on, and what ended 30 days ago', async () => {
    const { id } = await freshCampaign(test);
    const { workspaceId } = test.caller;
    const { pool } = test.database;
    const listed = async () => (await feed.open(workspaceId, null)).updates.map(({ operation }) => operation.id);
    await expect(dismiss(core, test.caller, id)).rejects.toMatchObject({ code: 'OPERATION_RUNNING' });
    await pool.query(`update campaigns set state = 'failed', finished_at = now() where id = $1`, [id]);
    expect(await listed()).toEqual([id]);
    await dismiss(core, test.caller, id);
    expect(await listed()).toEqual([]);
    expect(await listOperations(core, workspaceId)).toEqual([]);
    expect(await getOperation(core, test.caller, id)).toMatchObject({ state: 'failed' });
    await pool.query(`update campaigns set state = 'active', finished_at = null where id = $1`, [id]);
    await track(id);
    expect(await listed()).toEqual([id]);
    await pool.query(`update progress_tracking set updated_at = now() - interval '31 days'`);
    await deleteExpired(core.db.sql);
    expect((await pool.query('select id from progress_tracking')).rows).toHaveLength(1);
    await pool.query(`update progress_tracking set ended = true`);
    await deleteExpired(core.db.sql);
    expect((await pool.query('select id from progress_tracking')).rows).toHaveLength(0);
  });
});

it('the progress feed has nothing of a campaign that was deleted', async () => {
  const { id } = await freshCampaign(test);
  await track(id);
  expect((await feed.open(test.caller.workspaceId, null)).updates).toHaveLength(1);
  await test.database.pool.query('delete from campaigns where id = $1', [id]);
  expect((await feed.open(test.caller.workspaceId, null)).updates).toEqual([]);
});

describe('the progress projector', () => {
  it('is one of all nodes that looks at an operation in an interval, and the last change is told', async () => {
    const { id } = await freshCampaign(test);
    const { pool } = test.database;
    const projectors = [1, 2, 3].map(() => new ProgressProjector(core, () => true));
    for (const projector of projectors) projector.start();
    await pool.query('create table looks (claimed_at timestamptz)');
    await pool.query(`create function note_look() returns trigger language plpgsql as $$
      begin insert into looks values (new.snapshot_at); return null; end $$`);
    await pool.query(`create trigger looks after update of snapshot_at on progress_tracking
      for each row when (old.snapshot_at is distinct from new.snapshot_at) execute function note_look()`);
    for (let change = 1; change <= 60; change++) {
      await pool.query('update campaign_send_batches set sent = $1', [change]);
      bus.publish({ kind: 'campaign', id });
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
    const told = () => bus.published.findLast((event) => event.kind === 'progress')?.operation?.succeeded;
    await expect.poll(told).toBe(60);
    await Promise.all(projectors.map((projector) => projector.close()));
    const { rows } = await pool.query<{ gap: number }>(
      `select extract(epoch from claimed_at - lag(claimed_at) over (order by claimed_at)) * 1000 as gap from looks`,
    );
    const gaps = rows.flatMap(({ gap }) => (gap === null ? [] : [Number(gap)]));
    expect(gaps.length).toBeGreaterThan(0);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(100);
  });

  it('lets nothing older overwrite what was seen later', async () => {
    const { id } = await freshCampaign(test);
    await track(id);
    const { pool } = test.database;
    const slow = { ...core, db: { ...core.db, pool: holdingBack(core) } };
    const late = trackOperations(slow, [{ id, intervalMs: 0, dirtyAt: null }]);
    await slow.db.pool.counted;
    await pool.query('update campaign_send_batches set sent = 7');
    await track(id);
    slow.db.pool.goOn();
    await late;
    const { rows } = await pool.query('select succeeded from progress_tracking where id = $1', [id]);
    expect(rows).toEqual([{ succeeded: 7 }]);
    expect(
      bus.published.filter((event) => event.kind === 'progress').map((event) => event.operation?.succeeded),
    ).toEqual([0, 7]);
  });
});

/** A pool on which storing waits until it is let go. */
function holdingBack(core: Core): Core['db']['pool'] & { counted: Promise<void>; goOn(): void } {
  let goOn = () => {};
  let reached = () => {};
  const held = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const counted = new Promise<void>((resolve) => {
    reached = resolve;
  });
  const query = async (statement: { name?: string }) => {
    if (statement.name === 'store-operations') {
      reached();
      await held;
    }
    return core.db.pool.query(statement as never);
  };
  return { query, counted, goOn } as unknown as Core['db']['pool'] & { counted: Promise<void>; goOn(): void };
}
