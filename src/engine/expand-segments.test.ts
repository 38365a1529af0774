import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestCore, type TestCore } from '../../test/helpers/core.ts';
import type { Audience } from '../contract/campaigns.ts';
import { createCampaign, launchCampaign } from '../core/campaigns.ts';
import { createSegment, removeSegment } from '../core/segments.ts';
import { changeSettings } from '../core/settings.ts';
import { unsubscribeByLink } from '../core/unsubscribe.ts';
import { updateSegment } from '../db/segments.ts';
import { expandCampaign } from './expand.ts';

const LETTER = { subject: 'x', textContent: 'x' } as const;
const NOBODY_LISTENS = { onBatchesReady: async () => {} };

describe('writing out an audience of segments', () => {
  let test: TestCore;
  let pool: pg.Pool;
  let workspaceId: string;
  beforeAll(async () => {
    test = await openTestCore();
    pool = test.database.pool;
    workspaceId = test.caller.workspaceId;
    await test.addAccount(25);
    await pool.query(
      `insert into contact_attributes (workspace_id, name, type) values ($1, 'city', 'string'), ($1, 'born', 'date')`,
      [workspaceId],
    );
  });
  afterAll(() => test.close());

  let names = 0;
  const segment = async (filter: object): Promise<string> => {
    const body = { name: `segment ${++names}`, filter };
    return (await createSegment(test.core, test.caller, body)).id;
  };
  const inCity = (city: string) => segment({ attribute: 'city', op: 'is', value: city });
  const addTo = async (city: string, count: number, born = '1990-05-01'): Promise<string[]> => {
    const { rows } = await pool.query<{ id: string }>(
      `insert into contacts (workspace_id, email, email_key, attributes)
       select $1, e, e, jsonb_build_object('city', $2::text, 'born', $4::text) from (select $2 || g || '@x.test' as e from generate_series(1, $3) g) x
       returning id`,
      [workspaceId, city, count, born],
    );
    return rows.map(({ id }) => id);
  };
  const list = async (status: string, ids: readonly string[]): Promise<string> => {
    const { rows } = await pool.query<{ id: string }>(
      'insert into lists (workspace_id, name) values ($1, $2) returning id',
      [workspaceId, `list ${++names}`],
    );
    const id = rows[0]?.id ?? '';
    await pool.query('insert into list_subscriptions (list_id, contact_id, status) select $1, unnest($2::uuid[]), $3', [
      id,
      ids,
      status,
    ]);
    return id;
  };
  const launch = async (audience: Audience, more: object = {}): Promise<string> => {
    const { id } = await createCampaign(test.core, test.caller, { ...LETTER, audience, ...more });
    await launchCampaign(test.core, test.caller, id);
    return id;
  };
  const start = (id: string) =>
    pool.query(`update campaigns set state = 'active', launched_at = now() where id = $1`, [id]);
  const expand = async (audience: Audience): Promise<Array<[string, string | null]>> => {
    const id = await launch(audience);
    await expandCampaign(test.core.db, id, NOBODY_LISTENS);
    return written(id);
  };
  const written = async (id: string): Promise<Array<[string, string | null]>> => {
    const { rows } = await pool.query<{ email: string; reason: string | null }>(
      `select e.email, e.reason from email_sends e join campaign_sends s on s.id = e.send_id where s.campaign_id = $1 order by e.email`,
      [id],
    );
    return rows.map(({ email, reason }) => [email, reason]);
  };
  const sentTo = (rows: Array<[string, string | null]>) =>
    rows.filter(([, reason]) => reason === null).map(([email]) => email);

  it('takes who is in a list or a segment once, and nobody who is in an excluded one', async () => {
    const [rome1 = '', rome2 = ''] = await addTo('rome', 3);
    const [oslo1 = '', oslo2 = '', oslo3 = ''] = await addTo('oslo', 4);
    const listIds = [await list('subscribed', [rome1, oslo1, oslo2])];
    const excludeListIds = [await list('subscribed', [oslo2]), await list('unsubscribed', [oslo1])];
    const excludeSegmentIds = [await segment({ field: 'email', op: 'is', value: 'rome2@x.test' })];
    const segmentIds = [await inCity('rome'), await segment({ attribute: 'city', op: 'contains', value: 'ROM' })];
    expect(rome2 && oslo3).toBeTruthy();
    const rows = await expand({ listIds, segmentIds, excludeListIds, excludeSegmentIds });
    expect(rows).toEqual([
      ['oslo1@x.test', null],
      ['rome1@x.test', null],
      ['rome3@x.test', null],
    ]);
    const without = await expand({ listIds, excludeSegmentIds: [await inCity('oslo')] });
    expect(without).toEqual([['rome1@x.test', null]]);
  });

  it('excludes with the reason who is suppressed, and who is in a list of it and subscribed in none', async () => {
    const [, left = '', asked = ''] = await addTo('bern', 5);
    await pool.query(
      `insert into suppressions (workspace_id, email, email_key, reason) values ($1, 'bern1@x.test', 'bern1@x.test', 'complaint')`,
      [workspaceId],
    );
    const listIds = [await list('unsubscribed', [left]), await list('unconfirmed', [asked])];
    const segmentIds = [await inCity('bern')];
    expect(await expand({ listIds, segmentIds })).toEqual([
      ['bern1@x.test', 'suppressed'],
      ['bern2@x.test', 'unsubscribed'],
      ['bern3@x.test', 'unconfirmed'],
      ['bern4@x.test', null],
      ['bern5@x.test', null],
    ]);
    // A segment alone asks for no subscription.
    expect(sentTo(await expand({ segmentIds }))).toHaveLength(4);
  });

  it('suppresses who unsubscribes and is in no list of it, and takes the others off its lists', async () => {
    const [member = ''] = await addTo('oran', 2);
    const segmentIds = [await inCity('oran')];
    const id = await launch({ segmentIds, listIds: [await list('subscribed', [member])] });
    await expandCampaign(test.core.db, id, NOBODY_LISTENS);
    const { rows } = await pool.query<{ sendId: string; seq: number }>(
      `select e.send_id as "sendId", e.seq from email_sends e join campaign_sends s on s.id = e.send_id where s.campaign_id = $1`,
      [id],
    );
    for (const ref of rows)
      await unsubscribeByLink(test.core, test.core.tokens.forRecipient(ref).unsubscribeToken, { method: 'page' });
    expect(await expand({ segmentIds })).toEqual([
      ['oran1@x.test', null],
      ['oran2@x.test', 'suppressed'],
    ]);
  });

  it('goes by the filter, the contacts and the day of the launch, whatever happens to the segment after it', async () => {
    await addTo('kyiv', 2);
    const id = await inCity('kyiv');
    const campaignId = await launch({ segmentIds: [id] });
    await updateSegment(test.core.db.sql, workspaceId, id, {
      filter: { attribute: 'city', op: 'is', value: 'nowhere' },
    });
    await removeSegment(test.core, test.caller, id);
    await pool.query(
      `insert into contacts (workspace_id, email, email_key, attributes) values ($1, 'late@x.test', 'late@x.test', '{"city":"kyiv"}')`,
      [workspaceId],
    );
    await expandCampaign(test.core.db, campaignId, NOBODY_LISTENS);
    expect(sentTo(await written(campaignId))).toEqual(['kyiv1@x.test', 'kyiv2@x.test']);
  });

  it('reckons relative dates from the time it was scheduled for, by the clocks of the workspace', async () => {
    await changeSettings(test.core, test.caller, { timezone: 'Pacific/Auckland' });
    await addTo('apia', 1, '1980-07-14');
    await addTo('suva', 1, '1980-07-15');
    const segmentIds = [await segment({ attribute: 'born', op: 'anniversaryInDays', value: 0 })];
    const scheduledAt = `${new Date().getUTCFullYear() + 1}-07-14T20:00:00Z`; // the 15th there
    for (const more of [
      { scheduledAt },
      { scheduledAt: scheduledAt.replace('14T20:00:00Z', '15T01:00:00'), timezone: 'recipient' },
    ]) {
      const id = await launch({ segmentIds }, more);
      await start(id);
      await expandCampaign(test.core.db, id, NOBODY_LISTENS);
      expect(sentTo(await written(id))).toEqual(['suva1@x.test']);
    }
    await changeSettings(test.core, test.caller, { timezone: null });
  });

  it('stops when a list that its segments ask about is deleted on the way', async () => {
    const [one = ''] = await addTo('lima', 2);
    const listId = await list('subscribed', [one]);
    const asks = [
      { attribute: 'city', op: 'is', value: 'lima' },
      { field: 'lists', op: 'notIn', value: [listId] },
    ];
    const id = await launch({ segmentIds: [await segment({ and: asks })] });
    await pool.query('delete from lists where id = $1', [listId]);
    await pool.query('delete from list_subscriptions where list_id = $1', [listId]);
    await expect(expandCampaign(test.core.db, id, NOBODY_LISTENS)).rejects.toThrow('was deleted');
    expect(await written(id)).toEqual([]);
  });

  it('finds the few of many without holding the campaign meanwhile, and counts what it expects', async () => {
    await addTo('many', 6000);
    const segmentIds = [await segment({ field: 'email', op: 'isOneOf', value: ['many1@x.test', 'many5999@x.test'] })];
    const id = await launch({ segmentIds });
    await expandCampaign(test.core.db, id, NOBODY_LISTENS);
    expect(sentTo(await written(id)).sort()).toEqual(['many1@x.test', 'many5999@x.test']);
    const { rows } = await pool.query(
      'select total, expected_total, expanded_at from campaign_sends where campaign_id = $1',
      [id],
    );
    expect(rows).toEqual([{ total: 2, expected_total: expect.any(Number), expanded_at: expect.any(Date) }]);
    expect(rows[0].expected_total).toBeGreaterThanOrEqual(2);
  });

  it('loses nobody and writes nobody twice, before whichever statement its connection is cut', {
    timeout: 120_000,
  }, async () => {
    const segmentIds = [await segment({ attribute: 'city', op: 'is', value: 'many' })];
    let cuts = 0;
    for (let at = 1; ; at++) {
      const id = await launch({ segmentIds });
      const wasCut = await expandCut(id, at);
      await expandCampaign(test.core.db, id, NOBODY_LISTENS);
      const { rows } = await pool.query(
        `select count(*)::int as rows, count(distinct e.email_key)::int as people, max(e.seq) as last, s.total,
           (select sum(last_seq - first_seq + 1)::int from campaign_send_batches b where b.send_id = s.id) as batched
         from email_sends e join campaign_sends s on s.id = e.send_id where s.campaign_id = $1 group by s.id`,
        [id],
      );
      expect(rows).toEqual([{ rows: 6000, people: 6000, last: 6000, total: 6000, batched: 6000 }]);
      if (!wasCut) break;
      cuts++;
      await pool.query(
        `delete from email_sends where send_id = (select id from campaign_sends where campaign_id = $1)`,
        [id],
      );
    }
    expect(cuts).toBeGreaterThan(12);
  });

  /** Expands on a connection that PostgreSQL ends before its statement number `at`; false when it has no more of them. */
  const expandCut = async (id: string, at: number): Promise<boolean> => {
    let statements = 0;
    const connect = async () => {
      const client = await test.core.db.pool.connect();
      const query = client.query.bind(client) as (...args: unknown[]) => Promise<unknown>;
      const pid = ((await query('select pg_backend_pid() as pid')) as pg.QueryResult<{ pid: number }>).rows[0]?.pid;
      const cutting = async (...args: unknown[]) => {
        if (++statements === at) await pool.query('select pg_terminate_backend($1, 10000)', [pid]);
        return query(...args);
      };
      return Object.assign(Object.create(client), { query: cutting, release: client.release.bind(client) });
    };
    const db = { ...test.core.db, pool: Object.assign(Object.create(test.core.db.pool), { connect }) };
    try {
      await expandCampaign(db, id, NOBODY_LISTENS);
      return false;
    } catch {
      return true;
    }
  };
});
