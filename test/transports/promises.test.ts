import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SeededRandom } from '../../bench/chaos/seeded-random.ts';
import { FakeProvider, type ProviderFault } from '../../bench/providers/fake-provider.ts';
import { PROVIDER_KINDS } from '../../bench/providers/provider-kinds.ts';

import { createAccount, getAccount } from '../../src/core/accounts.ts';
import { sendCampaign } from '../../src/core/campaigns.ts';
import { listRecipients } from '../../src/core/recipients.ts';
import { referenceOfTag } from '../../src/mail/http/reference-tag.ts';
import { LETTER, people, TestWorkers, untilState } from '../helpers/campaign.ts';
import { openTestCore, type TestCore } from '../helpers/core.ts';

const AUDIENCE = 400;
/** Faults of the provider alone: what it does to a request when nothing is wrong with the product. */
const FAULTS: readonly ProviderFault[] = [
  { kind: 'cut', isTaken: true },
  { kind: 'cut', isTaken: false, manner: 'rst' },
  { kind: 'cut-answer' },
  { kind: 'broken', status: 500, isTaken: true },
  { kind: 'broken', status: 503, isTaken: false },
  { kind: 'late', ms: 300 },
  { kind: 'stranger', status: 403 },
];

describe('the promises, with a provider that fails', { timeout: 120_000 }, () => {
  let test: TestCore;
  let provider: FakeProvider;
  const workers = new TestWorkers();
  beforeEach(async () => {
    test = await openTestCore();
  });
  afterEach(async () => {
    await workers.stop();
    await test.close();
    await provider.close();
  });

  const open = async (kind: (typeof PROVIDER_KINDS)[number]) => {
    provider = await new FakeProvider(kind.fake()).start();
    const { type, login } = kind;
    const settings = { name: type, type, endpoint: provider.url.href, from: 'a@sender.test' };
    return createAccount(test.core, test.caller, { ...settings, ...login, maxConnections: 2 });
  };
  const rowsOf = async (campaignId: string) =>
    (await listRecipients(test.core, test.caller, campaignId, { limit: 1000 })).items;

  it.each(PROVIDER_KINDS)('$type: nobody gets two copies, everybody has one true final state', async (kind) => {
    await open(kind);
    const random = new SeededRandom(kind.type.length);
    let left = 6;
    let requests = 0;
    provider.nextFault = () => {
      if (left === 0 || ++requests % 2 === 0) return null;
      left--;
      return FAULTS[random.between(0, FAULTS.length - 1)] ?? null;
    };
    await workers.start(test, 1);
    const campaign = await sendCampaign(test.core, test.caller, { ...LETTER, audience: people(AUDIENCE) });
    const { counts } = await untilState(test, campaign.id, 'completed', 90_000);
    expect(provider.mostCopies).toBe(1);
    expect(counts.sent + counts.unknown).toBe(AUDIENCE);
    if (kind.isIdempotent) expect(counts.unknown).toBe(0);
    else expect(counts.unknown).toBeLessThanOrEqual(6 * kind.maxBatch);
    const copies = new Map(provider.copies.map((mail) => [mail.recipient, mail]));
    for (const row of await rowsOf(campaign.id)) {
      const copy = copies.get(row.email);
      if (row.state === 'sent')
        expect(copy?.html).toContain(`Hello ${row.email.replace(/^person(\d+)@.*$/, 'Person $1')}`);
      // What the provider's events will name it by is the ledger's own Message-ID.
      if (copy) expect(row.messageId).toContain(referenceOfTag(copy.reference ?? '-'));
    }
  });

  it('puts everybody off, and pauses the account for as long as the provider asks', async () => {
    const kind = PROVIDER_KINDS[0];
    if (!kind) throw new Error('there is no provider');
    const account = await open(kind);
    provider.nextFault = () => ({ kind: 'too-many', retryAfterSeconds: 120 });
    await workers.start(test, 1);
    const campaign = await sendCampaign(test.core, test.caller, { ...LETTER, audience: people(150) });
    await expect
      .poll(async () => (await getAccount(test.core, test.caller, account.id)).health, { timeout: 20_000 })
      .toMatchObject({ state: 'paused', message: expect.stringContaining('Too many requests') });
    const { until } = (await getAccount(test.core, test.caller, account.id)).health;
    expect(Date.parse(until ?? '') - Date.now()).toBeGreaterThan(60_000);
    await expect
      .poll(async () => (await rowsOf(campaign.id)).every(({ state }) => state !== 'sending'), { timeout: 20_000 })
      .toBe(true);
    expect((await rowsOf(campaign.id)).every(({ attempts }) => attempts === 0)).toBe(true);
    expect(provider.copies).toEqual([]);
  });

  it('disables the account of a revoked key', async () => {
    const kind = PROVIDER_KINDS[1];
    if (!kind) throw new Error('there is no provider');
    const account = await open(kind);
    provider.isKeyRevoked = true;
    await workers.start(test, 1);
    await sendCampaign(test.core, test.caller, { ...LETTER, audience: people(10) });
    await expect
      .poll(async () => (await getAccount(test.core, test.caller, account.id)).state, { timeout: 20_000 })
      .toBe('disabled');
    expect(provider.copies).toEqual([]);
  });
});
