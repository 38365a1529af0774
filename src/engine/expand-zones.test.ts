import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestCore, type TestCore } from '../../test/helpers/core.ts';
import { createCampaign, launchCampaign } from '../core/campaigns.ts';
import { reckon } from '../core/forecast-input.ts';
import { findCampaign } from '../db/campaigns.ts';
import { countAudience } from '../db/forecast.ts';
import { expandCampaign } from './expand.ts';

const TOMORROW = new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10);
/** Who has a zone of their own goes by it; else by the attribute, however it is spelled. */
const PEOPLE: ReadonlyArray<readonly [zone: string | null, attributes: object, goesBy: string]> = [
  ['Asia/Tokyo', { timezone: 'Europe/Berlin', timeZone: 'America/New_York' }, 'Asia/Tokyo'],
  ['Asia/Tokyo', {}, 'Asia/Tokyo'],
  [null, { timeZone: 'America/New_York' }, 'America/New_York'],
  [null, { timezone: 'Europe/Berlin' }, 'Europe/Berlin'],
  [null, { time_zone: 'Europe/Berlin' }, 'Europe/Berlin'],
  [null, {}, 'UTC'],
];

let test: TestCore;
let listId: string;
beforeAll(async () => {
  test = await openTestCore();
  await test.addAccount(25);
  const { pool } = test.database;
  const { workspaceId } = test.caller;
  const { rows } = await pool.query(`insert into lists (workspace_id, name) values ($1, 'zones') returning id`, [
    workspaceId,
  ]);
  listId = rows[0].id;
  for (const [i, [zone, attributes]] of PEOPLE.entries())
    await pool.query(
      `with c as (insert into contacts (workspace_id, email, email_key, time_zone, locale, attributes, tags, notes)
         values ($1, $2, $2, $3, 'pt-BR', $4, '{secret-tag}', 'secret note') returning id)
       insert into list_subscriptions (list_id, contact_id) select $5, id from c`,
      [workspaceId, `z${i}@x.test`, zone, JSON.stringify(attributes), listId],
    );
});
afterAll(() => test.close());

const findIt = async (id: string) => {
  const campaign = await findCampaign(test.core.db.sql, test.caller.workspaceId, id);
  if (!campaign) throw new Error('there is no campaign');
  return campaign;
};

it('campaigns by recipients’ clocks and forecasts go by the zone of a contact before its attributes', async () => {
  const { id } = await createCampaign(test.core, test.caller, {
    subject: 'x',
    textContent: '{{timeZone}} {{locale}}',
    audience: { listIds: [listId] },
    scheduledAt: `${TOMORROW}T09:00`,
    timezone: 'recipient',
  });
  const campaign = await findIt(id);
  const audience = { kind: 'lists', listIds: [listId], excludeListIds: [] } as const;
  const { workspaceId } = test.caller;
  const { zones } = await countAudience(test.core.db.pool, { ...campaign, id, workspaceId, audience }, true);
  const expected = new Map<string, number>();
  for (const [, , goesBy] of PEOPLE) expected.set(goesBy, (expected.get(goesBy) ?? 0) + 1);
  expect(new Map(zones.map(({ zone, recipients }) => [zone ?? 'UTC', recipients]))).toEqual(expected);
  expect((await reckon(test.core.db, campaign)).recipients).toBe(PEOPLE.length);
  await launchCampaign(test.core, test.caller, id);
  const { pool } = test.database;
  await pool.query(`update campaigns set state = 'active', launched_at = now() where id = $1`, [id]);
  await expandCampaign(test.core.db, id, { onBatchesReady: async () => {} });
  const { rows } = await pool.query(
    `select b.time_zone, e.data->>'timeZone' as zone, e.data->>'locale' as locale, e.data::text as data from campaign_sends s
     join campaign_send_batches b on b.send_id = s.id join email_sends e on e.send_id = s.id and e.seq between b.first_seq and b.last_seq
     where s.campaign_id = $1 order by e.email`,
    [id],
  );
  expect(rows.map((row) => row.time_zone)).toEqual(PEOPLE.map(([, , goesBy]) => goesBy));
  const [asia] = rows;
  expect([asia.zone, asia.locale]).toEqual(['Asia/Tokyo', 'pt-BR']);
  expect(rows.some((row) => row.data.includes('secret'))).toBe(false);
});
