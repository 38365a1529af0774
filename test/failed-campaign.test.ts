import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CountingSink } from '../bench/counting-sink.ts';
import { cancelCampaign, resumeCampaign } from '../src/core/campaign-control.ts';
import { listCampaignJobs } from '../src/core/campaign-jobs.ts';
import { sendCampaign } from '../src/core/campaigns.ts';
import { createList, removeList, subscribe } from '../src/core/lists.ts';
import { LETTER, people, statusOf, TestWorkers, untilState } from './helpers/campaign.ts';
import { openTestCore, type TestCore } from './helpers/core.ts';

/** Refuses rows of the ledger behind the first chunk, as a disk that is full of rows would. */
const REFUSE_SECOND_CHUNK = `
create function refuse_row() returns trigger language plpgsql as $$ begin raise exception 'no more rows'; end $$;
create trigger refuse_row before insert on email_sends for each row when (new.seq > 5000) execute function refuse_row()`;

describe('a campaign that cannot be carried out', () => {
  let test: TestCore;
  let sink: CountingSink;
  const workers = new TestWorkers();

  beforeEach(async () => {
    test = await openTestCore();
    sink = new CountingSink(0);
    await test.addAccount(await sink.listen());
  });
  afterEach(async () => {
    await workers.stop(10_000);
    await test.close();
    await sink.close();
  });

  it('fails when a list of its audience is gone before its time, and sends to nobody', async () => {
    const kept = await createList(test.core, test.caller, 'Readers');
    const gone = await createList(test.core, test.caller, 'Those who asked us not to');
    await subscribe(test.core, test.caller, kept.id, { emails: ['ana@example.test', 'bo@example.test'] });
    const scheduledAt = new Date(Date.now() + 1500).toISOString();
    const audience = { listIds: [kept.id], excludeListIds: [gone.id] };
    const { id } = await sendCampaign(test.core, test.caller, { ...LETTER, audience, scheduledAt });
    await removeList(test.core, test.caller, gone.id);
    await workers.start(test, 1);

    await untilState(test, id, 'failed');
    const { waitingFor, counts, total } = await statusOf(test, id);
    expect(waitingFor).toContain(`The list ${gone.id} of its audience was deleted`);
    expect({ total, accepted: sink.accepted, sent: counts.sent }).toEqual({ total: 0, accepted: 0, sent: 0 });
    const { jobs } = await listCampaignJobs(test.core, test.caller, { status: 'failed' });
    expect(jobs.map(({ state, result }) => ({ state, result }))).toEqual([
      { state: 'failed', result: { success: 0, failed: 0, excluded: 0, unknown: 0, errors: [] } },
    ]);

    await cancelCampaign(test.core, test.caller, id);
    expect((await statusOf(test, id)).state).toBe('cancelled');
  });

  it('fails after five faults in a row, and sends to the rest, once, when it is resumed', async () => {
    await test.database.pool.query(REFUSE_SECOND_CHUNK);
    const { id } = await sendCampaign(test.core, test.caller, { ...LETTER, audience: people(6000) });
    await workers.start(test, 1);
    await untilState(test, id, 'failed', 60_000);
    expect((await statusOf(test, id)).waitingFor).toMatch(/could not be written out, in 5 tries/);

    await test.database.pool.query('drop function refuse_row cascade');
    await resumeCampaign(test.core, test.caller, id);
    await untilState(test, id, 'completed', 60_000);
    const { counts, total } = await statusOf(test, id);
    expect({ total, sent: counts.sent, copies: sink.copies.size, accepted: sink.accepted }).toEqual({
      total: 6000,
      sent: 6000,
      copies: 6000,
      accepted: 6000,
    });
  });
});
