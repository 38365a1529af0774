import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestCore, type TestCore } from '../../test/helpers/core.ts';
import { retryFailed } from '../core/campaign-control.ts';
import { createCampaign, launchCampaign } from '../core/campaigns.ts';
import { changeSettings } from '../core/settings.ts';
import { suppress } from '../core/suppressions.ts';
import { expandCampaign } from './expand.ts';

interface BatchRow {
  readonly state: string;
  readonly first_seq: number;
  readonly last_seq: number;
  readonly time_zone: string | null;
  readonly not_before: Date | null;
  readonly wake_at: Date | null;
  readonly waiting_for: string | null;
  readonly pending: number;
  readonly excluded: number;
}

const LETTER = { subject: 'x', textContent: 'x' } as const;
/** Far enough for every zone to be in the future. */
const TOMORROW = new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10);

describe('writing out an audience by the clocks of its recipients', () => {
  let test: TestCore;
  beforeAll(async () => {
    test = await openTestCore();
    await test.addAccount(25);
  });
  afterAll(() => test.close());

  /** Launches, and writes the audience out as if the time for it had come. */
  const expand = async (body: object): Promise<{ id: string; batches: BatchRow[] }> => {
    const { id } = await createCampaign(test.core, test.caller, { ...LETTER, ...body });
    await launchCampaign(test.core, test.caller, id);
    await test.database.pool.query(`update campaigns set state = 'active', launched_at = now() where id = $1`, [id]);
    await expandCampaign(test.core.db, id, { onBatchesReady: async () => {} });
    return { id, batches: await batchesOf(id) };
  };
  const batchesOf = async (id: string): Promise<BatchRow[]> => {
    const { rows } = await test.database.pool.query(
      `select b.* from campaign_send_batches b join campaign_sends s on s.id = b.send_id where s.campaign_id = $1 order by batch_no`,
      [id],
    );
    return rows;
  };
  const zones = (batches: readonly BatchRow[]) =>
    batches.map((batch) => [batch.time_zone, batch.last_seq - batch.first_seq + 1]);
  const people = (count: number, name: string, data: object) =>
    Array.from({ length: count }, (_, i) => ({ email: `${name}${i}@example.test`, ...data }));

  it('gives every zone batches of its own, the earliest first, with numbers without a gap', async () => {
    const audience = [
      ...people(3, 'ny', { timezone: 'America/New_York' }),
      ...people(601, 'berlin', { timeZone: 'europe/berlin' }),
      ...people(2, 'line', { time_zone: ' Pacific/Kiritimati ' }),
      ...people(4, 'nowhere', { timezone: 'Mars/Olympus' }),
      ...people(2, 'silent', {}),
      { email: 'not an address', timezone: 'America/New_York' },
    ];
    const { id, batches } = await expand({ audience, scheduledAt: `${TOMORROW}T09:00:00Z`, timezone: 'recipient' });
    expect(zones(batches)).toEqual([
      ['Pacific/Kiritimati', 2],
      ['Europe/Berlin', 500],
      ['Europe/Berlin', 101],
      ['UTC', 6],
      ['America/New_York', 4],
    ]);
    expect(batches.map((batch) => batch.first_seq)).toEqual([1, 3, 503, 604, 610]);
    expect(batches[0]).toMatchObject({
      state: 'waiting',
      not_before: new Date(Date.parse(`${TOMORROW}T09:00:00Z`) - 14 * 3_600_000),
      waiting_for: `09:00 on ${TOMORROW} in Pacific/Kiritimati`,
    });
    for (const batch of batches) expect(batch.wake_at).toEqual(batch.not_before);
    const { rows } = await test.database.pool.query(
      `select count(*)::int as rows, max(seq) as last, count(distinct e.email_key)::int as people
       from email_sends e join campaign_sends s on s.id = e.send_id where s.campaign_id = $1`,
      [id],
    );
    expect(rows[0]).toEqual({ rows: 613, last: 613, people: 612 });
  });

  it('sends at once where the moment has passed', async () => {
    const yesterday = new Date(Date.now() - 2 * 86_400_000).toISOString().slice(0, 10);
    const audience = people(2, 'late', { timezone: 'Asia/Tokyo' });
    const { batches } = await expand({ audience, scheduledAt: `${yesterday}T09:00`, timezone: 'recipient' });
    expect(batches).toMatchObject([{ state: 'ready', time_zone: 'Asia/Tokyo', wake_at: null, waiting_for: null }]);
  });

  it('takes the zone of the workspace for who names none, and cuts by zone for quiet hours alone', async () => {
    await changeSettings(test.core, test.caller, { timezone: 'America/Sao_Paulo' });
    const audience = [...people(2, 'silent', {}), ...people(1, 'tokyo', { timezone: 'Asia/Tokyo' })];
    const { batches } = await expand({ audience, quietHours: { from: '21:00', to: '08:00', timezone: 'recipient' } });
    expect(zones(batches)).toEqual([
      ['America/Sao_Paulo', 2],
      ['Asia/Tokyo', 1],
    ]);
    expect(batches).toMatchObject([{ state: 'ready', not_before: null }, { state: 'ready' }]);
    await changeSettings(test.core, test.caller, { timezone: null });
  });

  it('asks contacts of a list for their zone, over several chunks', async () => {
    const { pool } = test.database;
    const { rows } = await pool.query(
      `with l as (insert into lists (workspace_id, name) values ($1, 'zones') returning id),
       c as (insert into contacts (workspace_id, email, email_key, attributes)
         select $1, 'z' || g || '@x.test', 'z' || g || '@x.test',
           case g % 3 when 0 then '{"timezone": "Europe/Berlin"}' when 1 then '{"timezone": 7}' else '{}' end::jsonb
         from generate_series(1, 6000) g returning id)
       insert into list_subscriptions (list_id, contact_id) select l.id, c.id from l, c returning list_id`,
      [test.caller.workspaceId],
    );
    const audience = { listIds: [rows[0].list_id] };
    const { batches } = await expand({ audience, scheduledAt: `${TOMORROW}T18:30`, timezone: 'recipient' });
    const sum = (zone: string) =>
      batches.filter((batch) => batch.time_zone === zone).reduce((all, b) => all + b.last_seq - b.first_seq + 1, 0);
    expect([sum('Europe/Berlin'), sum('UTC')]).toEqual([2000, 4000]);
    const ends = batches.map((batch) => batch.last_seq);
    expect(batches.map((batch) => batch.first_seq)).toEqual([1, ...ends.slice(0, -1).map((end) => end + 1)]);
    expect(ends.at(-1)).toBe(6000);
  });

  it('keeps a batch waiting for its moment when some of its rows change before', async () => {
    const audience = people(3, 'early', { timezone: 'Europe/Berlin' });
    const { id, batches } = await expand({ audience, scheduledAt: `${TOMORROW}T09:00`, timezone: 'recipient' });
    await suppress(test.core, test.caller, { email: 'early1@example.test' });
    expect(await batchesOf(id)).toMatchObject([
      {
        state: 'waiting',
        wake_at: batches[0]?.not_before,
        waiting_for: batches[0]?.waiting_for,
        pending: 2,
        excluded: 1,
      },
    ]);
    await test.database.pool.query(`update email_sends set state = 4 where email = 'early2@example.test'`);
    expect((await retryFailed(test.core, test.caller, id, {})).retried).toBe(1);
    expect(await batchesOf(id)).toMatchObject([{ state: 'waiting', wake_at: batches[0]?.not_before, pending: 2 }]);
  });

  it('lets no zone play a part when nothing goes by it', async () => {
    const audience = [...people(501, 'plain', { timezone: 'Asia/Tokyo' })];
    const { batches } = await expand({ audience });
    expect(zones(batches)).toEqual([
      [null, 500],
      [null, 1],
    ]);
  });
});
