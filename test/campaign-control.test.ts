import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CountingSink } from '../bench/counting-sink.ts';
import { cancelCampaign, pauseCampaign, resumeCampaign, retryFailed } from '../src/core/campaign-control.ts';
import { sendCampaign } from '../src/core/campaigns.ts';
import { suppress } from '../src/core/suppressions.ts';
import { expandCampaign } from '../src/engine/expand.ts';
import { LETTER, people, statusOf, TestWorkers, untilState } from './helpers/campaign.ts';
import { openTestCore, type TestCore } from './helpers/core.ts';

/** What the contract allows from the answer to a pause or cancel to the last message. */
const HEEDED_MS = 2000;

describe('pausing, resuming and cancelling', () => {
  let test: TestCore;
  let sink: CountingSink;
  const workers = new TestWorkers();

  beforeEach(async () => {
    test = await openTestCore();
  });
  afterEach(async () => {
    await workers.stop(10_000);
    await test.close();
    await sink.close();
  });

  const start = async (count: number, replyDelayMs: number) => {
    sink = new CountingSink(replyDelayMs);
    await test.addAccount(await sink.listen());
    await workers.start(test, count);
  };
  const untilAccepted = (count: number) =>
    expect.poll(() => sink.accepted, { timeout: 20_000, interval: 5 }).toBeGreaterThanOrEqual(count);
  const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  const countsOf = async (id: string) => (await statusOf(test, id)).counts;
  const ledger = async (where: string) => {
    const { rows } = await test.database.pool.query(`select * from email_send_states where ${where} order by seq`);
    return rows;
  };

  it('is heeded by every worker within two seconds, however slow the server, and loses nobody', async () => {
    await start(3, 2500); // messages wait in pipelines: without being taken back they would leave with each reply
    const campaign = await sendCampaign(test.core, test.caller, { ...LETTER, audience: people(1500) });
    await untilAccepted(20);
    await pauseCampaign(test.core, test.caller, campaign.id);
    await sleep(HEEDED_MS);
    const heeded = sink.accepted;
    await expect.poll(async () => (await countsOf(campaign.id)).sending, { timeout: 15_000 }).toBe(0);
    await sleep(500);
    expect(sink.accepted).toBe(heeded);
    const paused = await countsOf(campaign.id);
    expect(paused).toMatchObject({ sent: heeded, pending: 1500 - heeded, deferred: 0, failed: 0, unknown: 0 });
    expect(Math.max(...(await ledger("state = 'pending'")).map((row) => row.attempts))).toBe(0);

    await resumeCampaign(test.core, test.caller, campaign.id);
    await untilAccepted(heeded + 20);
    await cancelCampaign(test.core, test.caller, campaign.id);
    await sleep(HEEDED_MS);
    const last = sink.accepted;
    await expect
      .poll(async () => countsOf(campaign.id), { timeout: 15_000 })
      .toMatchObject({ sending: 0, pending: 0, deferred: 0 });
    expect(sink.accepted).toBe(last);
    const counts = await countsOf(campaign.id);
    expect(counts).toMatchObject({ sent: last, cancelled: 1500 - last });
    expect([...sink.copies.values()].filter((copies) => copies > 1)).toEqual([]);
  });

  it('cancels also those who are put off after the cancel', async () => {
    await start(1, 0);
    const cancels: Array<Promise<unknown>> = [];
    sink.refuse = (recipient) => {
      if (recipient === 'person0@example.test') cancels.push(cancelCampaign(test.core, test.caller, campaign.id));
      return '451 4.3.0 Later';
    };
    const campaign = await sendCampaign(test.core, test.caller, { ...LETTER, audience: people(200) });
    await expect.poll(() => cancels.length, { timeout: 10_000 }).toBe(1);
    await Promise.all(cancels);
    await expect
      .poll(async () => countsOf(campaign.id), { timeout: 10_000 })
      .toMatchObject({ cancelled: 200, deferred: 0, pending: 0, sending: 0 });
    const { rows } = await test.database.pool.query('select count(*)::int as jobs from email_retry_jobs');
    expect(rows[0].jobs).toBe(0);
  });

  it('settles what a lost worker had in flight when the campaign was cancelled', async () => {
    await start(0, 0);
    const { pool } = test.database;
    const campaign = await sendCampaign(test.core, test.caller, { ...LETTER, audience: people(700) });
    await expandCampaign(test.core.db, campaign.id, { onBatchesReady: async () => {} });
    await pool.query(
      `update campaign_send_batches set state = 'leased', fence = 1, lease_until = now(), worker_id = new_id() where batch_no = 1`,
    );
    await pool.query('update email_sends set state = 1, fence = 1, attempts = 1 where seq <= 7');
    await cancelCampaign(test.core, test.caller, campaign.id);
    await workers.start(test);
    await expect
      .poll(async () => countsOf(campaign.id), { timeout: 10_000 })
      .toMatchObject({ unknown: 7, cancelled: 693, sending: 0 });
    await expect
      .poll(async () => (await pool.query('select settled_at from campaigns')).rows[0].settled_at, { timeout: 5000 })
      .not.toBeNull();
  });

  it('does not send a retry to somebody who was suppressed or unsubscribed while they waited for it', async () => {
    await start(1, 0);
    sink.refuse = (recipient) => (/person[12]@/.test(recipient) ? '451 4.3.0 Later' : null);
    const campaign = await sendCampaign(test.core, test.caller, { ...LETTER, audience: people(10) });
    await expect.poll(async () => countsOf(campaign.id), { timeout: 10_000 }).toMatchObject({ deferred: 2, sent: 8 });
    await suppress(test.core, test.caller, { email: 'person1@example.test' });
    // Another process, or an import, without telling anybody: the gate finds it.
    await test.database.pool.query(
      `insert into suppressions (workspace_id, email, email_key, reason) values ($1, 'person2@example.test', 'person2@example.test', 'complaint')`,
      [test.caller.workspaceId],
    );
    sink.refuse = () => null;
    await test.database.pool.query(`update email_retry_jobs set due_at = now()`);
    await test.database.pool.query(`update campaign_send_batches set wake_at = now() where state = 'waiting'`);
    const { counts } = await untilState(test, campaign.id, 'completed');
    expect(counts).toMatchObject({ sent: 8, excluded: 2 });
    expect(sink.accepted).toBe(8);
  });

  it('tries failed recipients again by reply code, class and account, but not those whose address is suppressed', async () => {
    await start(1, 0);
    sink.refuse = (recipient) => {
      if (recipient === 'person0@example.test') return '550 5.1.1 User unknown';
      if (recipient === 'person1@example.test') return '550 5.7.1 Not today';
      return recipient === 'person2@example.test' ? '554 5.7.1 Message refused by policy' : null;
    };
    const campaign = await sendCampaign(test.core, test.caller, { ...LETTER, audience: people(5) });
    await untilState(test, campaign.id, 'completed');
    const failed = await ledger("state = 'failed'");
    expect(failed.map(({ class: name, attempts, code }) => [name, attempts, code])).toEqual([
      ['mailbox-unknown', 1, 550],
      ['policy-refused', 1, 550],
      ['policy-refused', 1, 554],
    ]);
    const retry = async (filter: object) => (await retryFailed(test.core, test.caller, campaign.id, filter)).retried;
    expect(await retry({ classes: ['greylisted'] })).toBe(0);
    expect(await retry({ codes: [421] })).toBe(0);
    expect(await retry({ states: ['unknown'] })).toBe(0);
    expect(await retry({ accountIds: [campaign.id] })).toBe(0);
    expect(await retry({ classes: ['mailbox-unknown'] })).toBe(0); // its refusal suppressed the address
    sink.refuse = () => null;
    expect(await retry({ codes: [554], classes: ['policy-refused'], accountIds: [failed[0].account_id] })).toBe(1);
    await untilState(test, campaign.id, 'completed');
    expect(await retry({})).toBe(1);
    expect((await untilState(test, campaign.id, 'completed')).counts).toMatchObject({ sent: 4, failed: 1 });
    expect(await ledger("state = 'failed'")).toMatchObject([
      { email: 'person0@example.test', class: 'mailbox-unknown' },
    ]);
  });
});
