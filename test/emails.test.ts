import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CountingSink } from '../bench/counting-sink.ts';
import type { EmailBody } from '../src/contract/emails.ts';
import { pauseAccount, resumeAccount } from '../src/core/accounts.ts';
import { sendCampaign } from '../src/core/campaigns.ts';
import { EmailIntake } from '../src/core/email-intake.ts';
import { cancelEmail, describeEmail } from '../src/core/emails.ts';
import { suppress } from '../src/core/suppressions.ts';
import { uuid7 } from '../src/lib/uuid7.ts';
import { LETTER, people, statusOf, TestWorkers, untilState } from './helpers/campaign.ts';
import { openTestCore, type TestCore } from './helpers/core.ts';

describe('single emails', { timeout: 120_000 }, () => {
  let test: TestCore;
  let sink: CountingSink;
  let intake: EmailIntake;
  const workers = new TestWorkers();

  beforeEach(async () => {
    test = await openTestCore();
    intake = new EmailIntake(test.core);
  });
  afterEach(async () => {
    await workers.stop();
    await test.close();
    await sink.close();
  });

  const start = async (delayMs: number, count = 1, settings: Parameters<TestCore['addAccount']>[1] = {}) => {
    sink = new CountingSink(delayMs);
    const account = await test.addAccount(await sink.listen(), settings);
    await workers.start(test, count);
    return account;
  };
  const send = (to: EmailBody['to'], more: Partial<EmailBody> = {}) =>
    intake.accept(test.caller, { subject: 'Code {{code}}', textContent: 'Hi', to, ...more }, uuid7());
  const describeIt = (id: string) => describeEmail(test.core, test.caller, id);
  const untilOver = async (id: string) => {
    await expect.poll(async () => (await describeIt(id)).state, { timeout: 15_000, interval: 20 }).toBe('completed');
    return describeIt(id);
  };

  it('go out at once while campaigns fill every place and window of the worker', async () => {
    await start(40, 1, { maxConnections: 2 });
    const campaigns = await Promise.all(
      [1, 2, 3, 4, 5, 6].map(() => sendCampaign(test.core, test.caller, { ...LETTER, audience: people(3000) })),
    );
    await expect.poll(() => sink.accepted, { timeout: 20_000, interval: 10 }).toBeGreaterThan(100);
    const sent = [];
    for (let i = 0; i < 20; i++) sent.push(await send(`urgent${i}@example.test`));
    for (const { id } of sent) expect((await untilOver(id)).recipients).toMatchObject([{ state: 'sent', attempts: 1 }]);
    // By then next to nothing of the campaigns is out: 18,000 recipients at some 50 a second.
    for (const { id } of campaigns) expect((await statusOf(test, id)).counts.sent).toBeLessThan(1500);
    for (let i = 0; i < 20; i++) expect(sink.copies.get(`urgent${i}@example.test`)).toBe(1);
  });

  it('get the next permits of an account before campaigns do', async () => {
    await start(0, 1, { limitPerSecond: 5 });
    const campaign = await sendCampaign(test.core, test.caller, { ...LETTER, audience: people(500) });
    await expect.poll(() => sink.accepted, { timeout: 20_000, interval: 10 }).toBeGreaterThan(5);
    const { id } = await send(['a@example.test', 'b@example.test', 'c@example.test']);
    const before = (await statusOf(test, campaign.id)).counts.sent;
    await untilOver(id);
    expect((await statusOf(test, campaign.id)).counts.sent - before).toBeLessThan(20);
  });

  it('wait for their time, and for an account that is paused', async () => {
    const account = await start(0);
    await pauseAccount(test.core, test.caller, account.id);
    const { id } = await send('a@example.test', { scheduledAt: new Date(Date.now() + 1500).toISOString() });
    expect(await describeIt(id)).toMatchObject({ state: 'delayed', waitingFor: expect.stringContaining('its time') });
    await expect
      .poll(async () => (await describeIt(id)).waitingFor, { timeout: 10_000 })
      .toMatch(/a sending account that is active/);
    expect(sink.accepted).toBe(0);
    await resumeAccount(test.core, test.caller, account.id);
    expect((await untilOver(id)).recipients).toMatchObject([{ state: 'sent', subject: 'Code' }]);
  });

  it('heed who was suppressed after they were accepted, and a cancel; are tried again, and carry no way to unsubscribe', async () => {
    await start(0, 0);
    const gone = await send(['gone@example.test', 'wish@example.test'], { evenIfUnsubscribed: true });
    const mailing = await send('wish@example.test');
    const cancelled = await send('cancelled@example.test');
    await suppress(test.core, test.caller, { email: 'gone@example.test' });
    await suppress(test.core, test.caller, { email: 'wish@example.test', reason: 'unsubscribed' as never });
    await cancelEmail(test.core, test.caller, cancelled.id);
    let refusals = 0;
    sink.refuse = (recipient) => (recipient.startsWith('later') && refusals++ === 0 ? '451 4.3.0 Later' : null);
    await workers.start(test);
    expect((await untilOver(gone.id)).recipients).toMatchObject([
      { state: 'excluded', reason: 'suppressed' },
      { state: 'sent' },
    ]);
    expect((await untilOver(mailing.id)).recipients).toMatchObject([{ state: 'excluded', reason: 'suppressed' }]);
    const later = await send(['later@example.test', 'other@example.test']);
    await expect
      .poll(async () => (await describeIt(later.id)).recipients.map(({ state }) => state), { timeout: 10_000 })
      .toEqual(['deferred', 'sent']);
    await test.database.pool.query('update email_retry_jobs set due_at = now()');
    await test.database.pool.query(`update campaign_send_batches set wake_at = now() where state = 'waiting'`);
    expect((await untilOver(later.id)).recipients).toMatchObject([{ state: 'sent', attempts: 2 }, { attempts: 1 }]);
    expect([...sink.copies].sort()).toEqual([
      ['later@example.test', 1],
      ['other@example.test', 1],
      ['wish@example.test', 1],
    ]);
  });

  it('are taken over from a worker that is gone: what it had in flight is unknown, the rest is sent', async () => {
    await start(0, 0);
    const { id } = await send(['a@example.test', 'b@example.test']);
    await test.database.pool.query(
      `update campaign_send_batches set state = 'leased', fence = 1, wake_at = null, lease_until = now(), worker_id = new_id()`,
    );
    await test.database.pool.query('update email_sends set state = 1, fence = 1, attempts = 1 where seq = 1');
    await workers.start(test);
    expect((await untilOver(id)).recipients).toMatchObject([
      { email: 'a@example.test', state: 'unknown' },
      { email: 'b@example.test', state: 'sent' },
    ]);
  });

  it('go out beside a campaign without one being sent twice, by three workers', async () => {
    await start(1, 3);
    const campaign = await sendCampaign(test.core, test.caller, { ...LETTER, audience: people(2000) });
    const bodies = Array.from({ length: 300 }, (_, i) => ({
      subject: 's',
      textContent: 't',
      to: `single${i}@example.test`,
    }));
    await Promise.all([0, 100, 200].map((at) => intake.acceptAll(test.caller, bodies.slice(at, at + 100), uuid7())));
    await untilState(test, campaign.id, 'completed', 60_000);
    const open = async () =>
      (await test.database.pool.query(`select 1 from campaigns where kind = 'email' and state <> 'completed'`))
        .rowCount;
    await expect.poll(open, { timeout: 60_000 }).toBe(0);
    expect([...sink.copies.values()].filter((copies) => copies !== 1)).toEqual([]);
    expect(sink.copies.size).toBe(2300);
  });
});
