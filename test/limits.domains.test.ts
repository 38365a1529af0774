import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CountingSink } from '../bench/counting-sink.ts';
import { changeAccount, createAccount } from '../src/core/accounts.ts';
import { sendCampaign } from '../src/core/campaigns.ts';
import { changeSettings } from '../src/core/settings.ts';
import { LETTER, statusOf, TestWorkers, untilState } from './helpers/campaign.ts';
import { openTestCore, type TestCore } from './helpers/core.ts';
import { mostWithin } from './helpers/rolling-windows.ts';

const PATIENCE = { timeout: 20_000, interval: 50 } as const;

/** Every second recipient at limited.test, the others elsewhere. */
function mixed(count: number): Array<{ email: string; firstName: string }> {
  return Array.from({ length: count }, (_, i) => ({
    email: `person${i}@${i % 2 === 0 ? 'Limited.test' : 'free.test'}`,
    firstName: `Person ${i}`,
  }));
}

describe('limits of a recipient domain', { timeout: 90_000 }, () => {
  let test: TestCore;
  let sink: CountingSink;
  const workers = new TestWorkers();
  /** When each copy for limited.test came. */
  let limited: number[] = [];

  beforeEach(async () => {
    test = await openTestCore();
    limited = [];
    sink = new CountingSink();
    sink.onKept = (recipient) => {
      if (recipient.endsWith('@limited.test')) limited.push(performance.now());
    };
  });
  afterEach(async () => {
    await workers.stop();
    await test.close();
    await sink.close();
  });

  it('hold in every window across workers, and do not hold up recipients elsewhere', async () => {
    await test.addAccount(await sink.listen());
    await changeSettings(test.core, test.caller, { domainLimits: [{ domain: 'limited.test', perSecond: 20 }] });
    await workers.start(test, 2);
    const campaign = await sendCampaign(test.core, test.caller, { ...LETTER, audience: mixed(200) });
    await expect.poll(() => sink.accepted - limited.length, PATIENCE).toBe(100);
    expect(limited.length).toBeLessThan(80);
    const { counts } = await untilState(test, campaign.id, 'completed', 60_000);
    expect(counts.sent).toBe(200);
    expect(limited.length).toBe(100);
    expect(mostWithin(limited, 1000)).toBeLessThanOrEqual(20);
    expect([...sink.copies.values()].every((copies) => copies === 1)).toBe(true);
  });

  it('are said to be waited for when nothing else is left, and hold for refused recipients that come back', async () => {
    await test.addAccount(await sink.listen());
    await changeSettings(test.core, test.caller, { domainLimits: [{ domain: 'limited.test', perDay: 30 }] });
    const refusedOnce = new Set<string>();
    sink.refuse = (recipient) => {
      if (!recipient.startsWith('person1@') || refusedOnce.has(recipient)) return null;
      refusedOnce.add(recipient);
      return '451 4.3.0 Try again';
    };
    await workers.start(test, 1);
    const retry = { delaysSeconds: [1] };
    const campaign = await sendCampaign(test.core, test.caller, { ...LETTER, retry, audience: mixed(100) });
    await expect
      .poll(async () => (await statusOf(test, campaign.id)).waitingFor ?? '', PATIENCE)
      .toContain('limit per day for limited.test');
    await expect
      .poll(async () => (await statusOf(test, campaign.id)).counts, PATIENCE)
      .toMatchObject({ sent: 80, pending: 20 });
    expect(limited.length).toBe(30);
    await changeSettings(test.core, test.caller, { domainLimits: null });
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await test.database.pool.query(`update campaign_send_batches set wake_at = now() where state = 'waiting'`);
    const done = await untilState(test, campaign.id, 'completed');
    expect(done.counts.sent).toBe(100);
  });

  it('may belong to one account: another one takes the rest', async () => {
    const other = new CountingSink();
    let throughOther = 0;
    other.onKept = () => throughOther++;
    const a = await test.addAccount(await sink.listen(), { name: 'A' });
    await test.addAccount(await other.listen(), { name: 'B' });
    await changeAccount(test.core, test.caller, a.id, { domainLimits: [{ domain: 'limited.test', perHour: 5 }] });
    await workers.start(test, 1);
    const campaign = await sendCampaign(test.core, test.caller, { ...LETTER, audience: mixed(200) });
    const { counts } = await untilState(test, campaign.id, 'completed');
    await other.close();
    expect(counts.sent).toBe(200);
    expect(limited.length).toBeLessThanOrEqual(5);
    expect(throughOther).toBeGreaterThanOrEqual(95);
  });

  it('are refused when they can never work, with words that say why', async () => {
    const account = { name: 'X', type: 'smtp', host: 'mx.test' } as const;
    const refused = (domainLimits: object[]) =>
      expect(createAccount(test.core, test.caller, { ...account, domainLimits: domainLimits as never })).rejects;
    await refused([{ domain: 'not a domain', perDay: 1 }]).toThrow(/not a domain/);
    await refused([{ domain: 'a.test' }]).toThrow(/has no limit/);
    await refused([
      { domain: 'a.test', perDay: 1 },
      { domain: 'A.test.', perHour: 1 },
    ]).toThrow(/named twice/);
    const made = await createAccount(test.core, test.caller, {
      ...account,
      domainLimits: [{ domain: '@Bücher.test', perDay: 7 }],
    });
    expect(made.domainLimits).toEqual([
      { domain: 'xn--bcher-kva.test', perDay: 7, perSecond: null, perMinute: null, perHour: null },
    ]);
  });
});
