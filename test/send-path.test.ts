import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CountingSink } from '../bench/counting-sink.ts';
import { cancelCampaign, pauseCampaign, resumeCampaign, retryFailed } from '../src/core/campaign-control.ts';
import { sendCampaign } from '../src/core/campaigns.ts';
import { openOf } from '../src/domain/recipient-state.ts';
import { expandCampaign } from '../src/engine/expand.ts';
import { LETTER, people, statusOf, TestWorkers, untilState } from './helpers/campaign.ts';
import { openTestCore, type TestCore } from './helpers/core.ts';

describe('the send path', () => {
  let test: TestCore;
  let sink: CountingSink;
  const workers = new TestWorkers();

  const secondCopies = () => [...sink.copies.values()].filter((copies) => copies > 1).length;

  beforeEach(async () => {
    test = await openTestCore();
    sink = new CountingSink(2);
    await test.addAccount(await sink.listen());
  });
  afterEach(async () => {
    await workers.stop();
    await test.close();
    await sink.close();
  });

  it('sends one personalised copy to each recipient and accounts for all of them', async () => {
    await workers.start(test);
    const audience = [...people(1200), { email: 'PERSON1@example.test' }, { email: 'not an address' }];
    const campaign = await sendCampaign(test.core, test.caller, { ...LETTER, audience });
    const status = await untilState(test, campaign.id, 'completed');
    expect(status.counts).toEqual({
      sent: 1200,
      excluded: 2,
      pending: 0,
      sending: 0,
      deferred: 0,
      failed: 0,
      unknown: 0,
      cancelled: 0,
    });
    expect(status).toMatchObject({ total: 1202, progress: 100, result: { success: 1200, excluded: 2 } });
    expect(sink.copies.size).toBe(1200);
    expect(sink.accepted).toBe(1200);
  });

  it('shares a campaign between workers without a second copy', async () => {
    await workers.start(test, 3);
    const campaign = await sendCampaign(test.core, test.caller, { ...LETTER, audience: people(3000) });
    await untilState(test, campaign.id, 'completed');
    expect(sink.copies.size).toBe(3000);
    expect(secondCopies()).toBe(0);
  });

  it('hands nothing over while paused, goes on when resumed', async () => {
    await workers.start(test);
    const campaign = await sendCampaign(test.core, test.caller, { ...LETTER, audience: people(4000) });
    await expect.poll(() => sink.accepted, { timeout: 10_000, interval: 5 }).toBeGreaterThan(300);
    await pauseCampaign(test.core, test.caller, campaign.id);
    await expect.poll(async () => (await statusOf(test, campaign.id)).counts.sending, { timeout: 5000 }).toBe(0);
    const whilePaused = sink.accepted;
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(sink.accepted).toBe(whilePaused);
    await resumeCampaign(test.core, test.caller, campaign.id);
    const status = await untilState(test, campaign.id, 'completed');
    expect(status.counts.sent).toBe(4000);
    expect(secondCopies()).toBe(0);
  });

  it('cancels what no server was asked about, and the counts still add up', async () => {
    await workers.start(test);
    const campaign = await sendCampaign(test.core, test.caller, { ...LETTER, audience: people(4000) });
    await expect.poll(() => sink.accepted, { timeout: 10_000, interval: 5 }).toBeGreaterThan(300);
    await cancelCampaign(test.core, test.caller, campaign.id);
    // What was recalled from a connection is pending for the moment until the next look.
    const open = async () => openOf((await statusOf(test, campaign.id)).counts);
    await expect.poll(open, { timeout: 15_000 }).toBe(0);
    const { counts } = await statusOf(test, campaign.id);
    expect(counts.sent).toBe(sink.accepted);
    expect(counts.sent + counts.cancelled).toBe(4000);
    expect(counts.cancelled).toBeGreaterThan(0);
  });

  it('does not send to an address that is suppressed after the audience was written out', async () => {
    const campaign = await sendCampaign(test.core, test.caller, { ...LETTER, audience: people(2000) });
    await workers.start(test);
    await expect
      .poll(async () => (await statusOf(test, campaign.id)).total, { timeout: 10_000, interval: 5 })
      .toBe(2000);
    await test.database.pool.query(
      `insert into suppressions (workspace_id, email, email_key, reason)
       select $1, email, email_key, 'manual' from email_sends where seq > 1900`,
      [test.caller.workspaceId],
    );
    const { counts } = await untilState(test, campaign.id, 'completed');
    await workers.stop();
    expect(counts.sent + counts.excluded).toBe(2000);
    expect(counts.excluded).toBe(100);
    expect(sink.copies.has('person1950@example.test')).toBe(false);
  });

  it('loses nothing and repeats nothing when every database connection is cut again and again', {
    timeout: 120_000,
  }, async () => {
    await workers.start(test);
    const campaign = await sendCampaign(test.core, test.caller, { ...LETTER, audience: people(6000) });
    for (let cut = 0; cut < 8; cut++) {
      await new Promise((resolve) => setTimeout(resolve, 150 + Math.random() * 150));
      await test.database.pool.query(
        'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
      );
    }
    const { counts } = await untilState(test, campaign.id, 'completed', 110_000);
    expect(secondCopies()).toBe(0);
    expect(counts).toMatchObject({ sent: 6000, unknown: 0 });
    expect(sink.copies.size).toBe(6000);
  });

  it('settles what a lost worker had in flight as unknown, and sends the rest', async () => {
    const { pool } = test.database;
    const campaign = await sendCampaign(test.core, test.caller, { ...LETTER, audience: people(1000) });
    await expandCampaign(test.core.db, campaign.id, { onBatchesReady: async () => {} });
    // A worker that passed thirty rows through the gate and was then lost, with its lease.
    await pool.query(
      `update campaign_send_batches b set state = 'leased', fence = 1, lease_until = now(), worker_id = new_id()
       from campaign_sends s where s.id = b.send_id and s.campaign_id = $1 and b.batch_no = 1`,
      [campaign.id],
    );
    await pool.query(
      `update email_sends e set state = 1, fence = 1, attempts = 1 from campaign_sends s where s.id = e.send_id and s.campaign_id = $1 and e.seq <= 30`,
      [campaign.id],
    );
    await workers.start(test);
    const { counts } = await untilState(test, campaign.id, 'completed');
    expect(counts).toMatchObject({ unknown: 30, sent: 970 });
    expect(sink.copies.size).toBe(970);
    expect(secondCopies()).toBe(0);
  });

  it('tries refused recipients again when their time has come, and retries failed ones on request', async () => {
    await workers.start(test);
    sink.refuse = (recipient) =>
      /person1\d@/.test(recipient)
        ? '451 4.7.1 Greylisted, try again later'
        : /person2\d@/.test(recipient)
          ? '550 5.7.1 Not today'
          : null;
    const campaign = await sendCampaign(test.core, test.caller, { ...LETTER, audience: people(100) });
    await expect
      .poll(async () => (await statusOf(test, campaign.id)).counts, { timeout: 10_000 })
      .toMatchObject({ deferred: 10, failed: 10, sent: 80 });
    sink.refuse = () => null;
    await test.database.pool.query(`update email_retry_jobs set due_at = now()`);
    await test.database.pool.query(`update campaign_send_batches set wake_at = now() where state = 'waiting'`);
    const done = await untilState(test, campaign.id, 'completed');
    expect(done.counts).toMatchObject({ sent: 90, failed: 10 });
    expect(done.result?.errors[0]).toMatchObject({ code: 550 });
    const { retried } = await retryFailed(test.core, test.caller, campaign.id, {});
    expect(retried).toBe(10);
    await expect.poll(async () => (await statusOf(test, campaign.id)).counts.sent, { timeout: 10_000 }).toBe(100);
    expect(secondCopies()).toBe(0);
  });
});
