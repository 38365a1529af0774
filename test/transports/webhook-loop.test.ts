import { createHmac, randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FakeMail } from '../../bench/providers/fake-mail.ts';
import { FakeProvider } from '../../bench/providers/fake-provider.ts';
import { PROVIDER_KINDS } from '../../bench/providers/provider-kinds.ts';
import { createAccount } from '../../src/core/accounts.ts';
import { sendCampaign } from '../../src/core/campaigns.ts';
import { openTestApp, type TestApp } from '../helpers/app.ts';
import { LETTER, people, statusOf, TestWorkers, untilState } from '../helpers/campaign.ts';

const AUDIENCE = 90;
const SECRET = 'a secret that only both of us know';

interface Signed {
  readonly headers: Record<string, string>;
  readonly body: object;
}

/** What these providers post when they have delivered a copy. */
const DELIVERED: Readonly<Record<string, (mail: FakeMail) => Signed>> = {
  postmark: ({ id, recipient, reference }) => ({
    headers: { authorization: `Basic ${Buffer.from(`hook:${SECRET}`).toString('base64')}` },
    body: {
      RecordType: 'Delivery',
      MessageID: id,
      Recipient: recipient,
      DeliveredAt: new Date().toISOString(),
      Metadata: { postrider_ref: reference },
    },
  }),
  mailgun: ({ id, recipient, reference }) => {
    const timestamp = String(Math.floor(Date.now() / 1000));
    const token = randomUUID();
    const signature = createHmac('sha256', SECRET)
      .update(timestamp + token)
      .digest('hex');
    const data = { event: 'delivered', id: randomUUID(), timestamp: Number(timestamp), recipient };
    const message = { headers: { 'message-id': id } };
    return {
      headers: {},
      body: {
        signature: { timestamp, token, signature },
        'event-data': { ...data, message, 'user-variables': { postrider_ref: reference } },
      },
    };
  },
};
const KINDS = PROVIDER_KINDS.filter(({ type }) => type in DELIVERED);

describe('a provider whose answers are lost and whose webhooks arrive', { timeout: 120_000 }, () => {
  let test: TestApp;
  let provider: FakeProvider;
  const workers = new TestWorkers();
  beforeEach(async () => {
    test = await openTestApp();
  });
  afterEach(async () => {
    await workers.stop();
    await provider.close();
    await test.close();
  });

  it.each(KINDS)('$type: nobody stays unknown who got a copy, whenever the webhook comes', async (kind) => {
    provider = await new FakeProvider(kind.fake()).start();
    const { type, login } = kind;
    const settings = { name: type, type, endpoint: provider.url.href, from: 'a@sender.test', webhookSecret: SECRET };
    const account = await createAccount(test.core, test.caller, {
      ...settings,
      ...login,
      maxConnections: 2,
      batchSize: 10,
    });
    const url = account.webhook?.url.replace(test.core.baseUrl, '') ?? '';
    const tell = async (mail: FakeMail) => {
      const { headers, body } = DELIVERED[type]!(mail);
      const response = await test.inject({ method: 'POST', url, headers, payload: body });
      expect(response.statusCode).toBe(200);
    };
    let requests = 0;
    // Some answers are lost, of what was taken; more would have the account rest for longer than a test should take.
    provider.nextFault = () => (++requests % 2 === 0 && requests <= 6 ? { kind: 'cut', isTaken: true } : null);
    const early: Array<Promise<void>> = [];
    const late: FakeMail[] = [];
    // A third of the webhooks comes before anybody can know what became of the answer.
    provider.onCopy = (mail) => {
      if (provider.copies.length % 3 === 0) early.push(tell(mail));
      else late.push(mail);
    };
    await workers.start(test, 1);
    const campaign = await sendCampaign(test.core, test.caller, { ...LETTER, audience: people(AUDIENCE) });
    await untilState(test, campaign.id, 'completed', 90_000);
    await Promise.all(early);
    expect((await statusOf(test, campaign.id)).counts.unknown).toBeGreaterThan(0);
    await Promise.all(late.reverse().map(tell));
    await expect
      .poll(async () => (await statusOf(test, campaign.id)).counts, { timeout: 20_000, interval: 100 })
      .toMatchObject({ sent: AUDIENCE, unknown: 0 });
    expect(provider.mostCopies).toBe(1);
    const { rows } = await test.database.pool.query(
      `select count(*)::int as events, count(distinct seq)::int as rows from email_events where type = 'delivered' and source = $1`,
      [type],
    );
    expect(rows).toEqual([{ events: AUDIENCE, rows: AUDIENCE }]);
  });
});
