import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LETTER, people } from '../../test/helpers/campaign.ts';
import { openTestCore, type TestCore } from '../../test/helpers/core.ts';
import type { CampaignStatus } from '../contract/campaigns.ts';
import type { RecipientCounts } from '../contract/states.ts';
import { expandCampaign } from '../engine/expand.ts';
import { findCampaignStatus, jobIdOf } from './campaign-status.ts';
import { sendCampaign } from './campaigns.ts';

const CHUNK = 5000;

describe('progress of a campaign whose audience is being written out', () => {
  let test: TestCore;
  beforeAll(async () => {
    test = await openTestCore();
    await test.addAccount(25);
  });
  afterAll(() => test.close());

  const statusOf = async (id: string): Promise<CampaignStatus> => {
    const status = await findCampaignStatus(test.core.db, test.caller.workspaceId, jobIdOf(id));
    if (!status) throw new Error('no such campaign');
    return status;
  };

  /** As if all that is written so far had been sent, which is the fastest that sending can be. */
  const sendWritten = (id: string) =>
    test.database.pool.query(
      `update campaign_send_batches b set state = 'done', sent = b.sent + b.pending, pending = 0
       from campaign_sends s where s.id = b.send_id and s.campaign_id = $1`,
      [id],
    );

  /** What is told before and after each chunk is sent, and when everything is. */
  const tellWhileExpanding = async (audience: object): Promise<CampaignStatus[]> => {
    const { id } = await sendCampaign(test.core, test.caller, { ...LETTER, audience } as never);
    const told = [await statusOf(id)];
    await expandCampaign(test.core.db, id, {
      onBatchesReady: async () => {
        told.push(await statusOf(id));
        await sendWritten(id);
        told.push(await statusOf(id));
      },
    });
    told.push(await statusOf(id));
    for (const { counts, total } of told) expect(sum(counts)).toBe(total);
    return told;
  };

  const listOf = async (name: string, from: number, to: number): Promise<string> => {
    const { rows } = await test.database.pool.query<{ id: string }>(
      `with l as (insert into lists (workspace_id, name) values ($1, $2) returning id),
       c as (insert into contacts (workspace_id, email, email_key)
         select $1, 'p' || g || '@x.test', 'p' || g || '@x.test' from generate_series($3::int, $4::int) g
         on conflict (workspace_id, email_key) do update set updated_at = now() returning id),
       m as (insert into list_subscriptions (list_id, contact_id) select l.id, c.id from l, c)
       select id from l`,
      [test.caller.workspaceId, name, from, to],
    );
    return rows[0]?.id ?? '';
  };

  it('is a share of all of them from the first chunk on, and never goes down', async () => {
    const told = await tellWhileExpanding(people(2 * CHUNK + 2500));
    expect(told.map(({ progress }) => progress)).toEqual([0, 0, 40, 40, 80, 80, 100, 100]);
    expect(told.map(({ total }) => total)).toEqual([0, 5000, 5000, 10_000, 10_000, 12_500, 12_500, 12_500]);
  });

  it('is 100 only when it is certain that no more come', async () => {
    const told = await tellWhileExpanding(people(2 * CHUNK));
    expect(told.map(({ progress }) => progress)).toEqual([0, 0, 50, 50, 99.9, 100, 100, 100]);
  });

  it('never goes down where lists overlap and exclude each other', async () => {
    const [all, half, out] = [
      await listOf('all', 1, 12_000),
      await listOf('half', 1, 6000),
      await listOf('out', 11_001, 13_000),
    ];
    const told = await tellWhileExpanding({ listIds: [all, half], excludeListIds: [out] });
    const shares = told.map(({ progress }) => progress);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.slice(0, 3)).toEqual([0, 0, 27.7]); // 5,000 of 18,000: an estimate that is never too low
    expect(shares.filter((share) => share === 100)).toHaveLength(2);
    expect(told.at(-1)).toMatchObject({ progress: 100, total: 11_000 });
  });

  it('keeps what was expected when writing it out goes on after a crash', async () => {
    const { id } = await sendCampaign(test.core, test.caller, { ...LETTER, audience: people(2 * CHUNK) });
    const stop = new AbortController();
    await expandCampaign(test.core.db, id, { onBatchesReady: async () => stop.abort() }, stop.signal);
    await sendWritten(id);
    expect((await statusOf(id)).progress).toBe(50);
    await expandCampaign(test.core.db, id, { onBatchesReady: async () => {} });
    expect(await statusOf(id)).toMatchObject({ progress: 50, total: 2 * CHUNK });
  });
});

function sum(counts: RecipientCounts): number {
  return Object.values(counts).reduce((all, count) => all + count, 0);
}
