import { createHmac } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CountingSink } from '../bench/counting-sink.ts';
import { pauseCampaign, resumeCampaign } from '../src/core/campaign-control.ts';
import { sendCampaign } from '../src/core/campaigns.ts';
import { takeFeedback } from '../src/core/feedback.ts';
import { deliverWebhook } from '../src/core/webhook-delivery.ts';
import { feedWebhooks } from '../src/core/webhook-feed.ts';
import { listDueWebhooks } from '../src/db/webhook-deliveries.ts';
import { uuid7 } from '../src/lib/uuid7.ts';
import { WebhookWatch } from '../src/workers/webhook-watch.ts';
import { openTestApp, type TestApp } from './helpers/app.ts';
import { LETTER, people, TestWorkers, untilState } from './helpers/campaign.ts';
import { WebhookReceiver } from './helpers/webhook-receiver.ts';

interface Told {
  readonly id: string;
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever was posted
  readonly data: any;
}

let test: TestApp;
let receiver: WebhookReceiver;

beforeAll(async () => {
  test = await openTestApp();
});
afterAll(() => test.close());
beforeEach(async () => {
  receiver = await WebhookReceiver.start();
});
afterEach(async () => {
  receiver.close();
  await test.database.pool.query('delete from webhooks');
});

/** An endpoint on this machine, which an owner may have. */
async function make(types: readonly string[], more: object = {}) {
  const made = await test.call('POST', '/api/webhooks', {
    url: receiver.url,
    types,
    allowPrivateAddresses: true,
    ...more,
  });
  expect(made).toMatchObject({ status: 201 });
  return made.body as { id: string; secret: string };
}

/** Everything that is due now, once; what failed waits. */
async function deliver(): Promise<void> {
  for (const id of await listDueWebhooks(test.core.db.sql)) while ((await deliverWebhook(test.core, id)) > 0);
}

/** Rows are told a second after they were written: the oldest transaction may still be about to commit. */
async function feedUntil(count: number): Promise<void> {
  let fed = 0;
  await expect
    .poll(
      async () => {
        fed += await feedWebhooks(test.core);
        return fed;
      },
      { timeout: 15_000, interval: 100 },
    )
    .toBe(count);
}

function told(): Told[] {
  return receiver.received.map(({ headers, body }) => ({ id: String(headers['webhook-id']), ...JSON.parse(body) }));
}

const makeDue = () =>
  test.database.pool.query(`update webhook_deliveries set next_attempt_at = now() where state = 'pending'`);
const log = async (id: string) => (await test.call('GET', `/api/webhooks/${id}/deliveries`)).body.items;

/** One delivery that waits, without a campaign. */
async function wait(webhookId: string, count = 1): Promise<void> {
  await test.database.pool.query(
    `insert into webhook_deliveries (webhook_id, event_id, type, body) select $1, 'event_' || i || gen_random_uuid(), 'email.opened', '{"n":' || i || '}'
     from generate_series(1, $2) i`,
    [webhookId, count],
  );
}

function isSigned(secret: string, at = receiver.received.length - 1): boolean {
  const { headers, body } = receiver.received[at]!;
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  const wanted = `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
  return String(headers['webhook-signature']).split(' ').includes(wanted);
}

describe('webhooks by the API', () => {
  it('show their secret once, when they are made and when it is changed, and both sign for a while', async () => {
    const { id, secret } = await make(['email.bounced']);
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const shown = await test.call('GET', `/api/webhooks/${id}`);
    expect(shown.body).toMatchObject({ id, types: ['email.bounced'], state: 'active', pending: 0, failingSince: null });
    expect(shown.text + (await test.call('GET', '/api/webhooks')).text).not.toContain(secret);
    const { body: rotated } = await test.call('POST', `/api/webhooks/${id}/rotate-secret`, {});
    expect(rotated.secret).not.toBe(secret);
    expect(rotated.oldSecretUntil).not.toBeNull();
    await test.call('POST', `/api/webhooks/${id}/test`);
    expect([isSigned(secret), isSigned(rotated.secret)]).toEqual([true, true]);
    const { body: last } = await test.call('POST', `/api/webhooks/${id}/rotate-secret`, { overlapHours: 0 });
    await test.call('POST', `/api/webhooks/${id}/test`);
    expect([isSigned(rotated.secret), isSigned(last.secret)]).toEqual([false, true]);
  });

  it('are for administrators to change, for viewers to see, and for nobody of another workspace', async () => {
    const { id } = await make(['email.sent']);
    expect((await test.as('viewer')('GET', `/api/webhooks/${id}`)).status).toBe(200);
    expect((await test.as('editor')('PATCH', `/api/webhooks/${id}`, { name: 'x' })).status).toBe(403);
    const calls = [
      ['GET', ''],
      ['PATCH', '', { name: 'x' }],
      ['DELETE', ''],
      ['GET', '/deliveries'],
      ['POST', '/test'],
      ['POST', '/rotate-secret', {}],
      ['POST', '/replay', { since: new Date(0).toISOString() }],
      ['POST', `/deliveries/msg_${uuid7()}/replay`],
    ] as const;
    for (const [method, rest, body] of calls)
      expect((await test.stranger(method, `/api/webhooks/${id}${rest}`, body)).status, `${method} ${rest}`).toBe(404);
    expect((await test.stranger('GET', '/api/webhooks')).body.items).toEqual([]);
    expect((await test.call('DELETE', `/api/webhooks/${id}`)).status).toBe(204);
    expect((await test.call('GET', `/api/webhooks/${id}`)).status).toBe(404);
  });

  it('lead to web addresses only, and into the private network only if an owner says so', async () => {
    const types = ['email.sent'];
    for (const url of ['ftp://example.com', 'nonsense', 'https://a:b@example.com/'])
      expect((await test.call('POST', '/api/webhooks', { url, types })).body.errors[0].path).toBe('url');
    const asAdmin = await test.as('admin')('POST', '/api/webhooks', {
      url: receiver.url,
      types,
      allowPrivateAddresses: true,
    });
    expect(asAdmin.status).toBe(403);
    const { id } = await make(types, { allowPrivateAddresses: false });
    const tried = await test.call('POST', `/api/webhooks/${id}/test`);
    expect(tried.body).toMatchObject({
      state: 'failed',
      tries: [{ status: null, error: expect.stringContaining('private network') }],
    });
    expect(receiver.received).toEqual([]);
  });

  it('are tested by a message that is tried once, and the log says how it went', async () => {
    const { id } = await make(['email.sent']);
    receiver.status = 500;
    const failed = (await test.call('POST', `/api/webhooks/${id}/test`)).body;
    expect(failed).toMatchObject({ type: 'webhook.test', state: 'failed', attempts: 1, tries: [{ status: 500 }] });
    receiver.status = 204;
    const delivered = (await test.call('POST', `/api/webhooks/${id}/test`)).body;
    expect(delivered).toMatchObject({ state: 'delivered', tries: [{ status: 204, error: null }] });
    expect(await log(id)).toEqual([delivered, failed]);
    expect(told().map(({ type }) => type)).toEqual(['webhook.test', 'webhook.test']);
    expect(told()[1]?.id).toBe(delivered.id);
  });
});

describe('deliveries', () => {
  it('are repeated with growing pauses under one id, until one goes well', async () => {
    const { id } = await make(['email.opened']);
    await wait(id);
    receiver.status = 503;
    await deliver();
    await deliver(); // not due yet
    expect(told()).toHaveLength(1);
    const [first] = await log(id);
    expect(first).toMatchObject({
      state: 'pending',
      attempts: 1,
      tries: [{ status: 503, error: 'The endpoint answered 503.' }],
    });
    expect((await test.call('GET', `/api/webhooks/${id}`)).body.failingSince).not.toBeNull();
    receiver.status = 200;
    await makeDue();
    await deliver();
    const [again] = await log(id);
    expect(again).toMatchObject({ state: 'delivered', attempts: 2, tries: [{ status: 503 }, { status: 200 }] });
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(receiver.received[0]?.body).toBe(receiver.received[1]?.body);
    expect((await test.call('GET', `/api/webhooks/${id}`)).body.failingSince).toBeNull();
  });

  it('end after the tenth attempt, and can be replayed: one, or all that failed since', async () => {
    const { id } = await make(['email.opened']);
    await wait(id, 2);
    receiver.status = 500;
    await test.database.pool.query('update webhook_deliveries set attempts = 9');
    await deliver();
    expect((await log(id)).map(({ state }: { state: string }) => state)).toEqual(['failed', 'failed']);
    receiver.status = 200;
    const [{ id: one }] = await log(id);
    expect((await test.call('POST', `/api/webhooks/${id}/deliveries/${one}/replay`)).body).toMatchObject({
      id: one,
      state: 'pending',
      attempts: 0,
    });
    await deliver();
    expect(told().at(-1)?.id).toBe(one);
    const since = new Date(Date.now() - 60_000).toISOString();
    expect((await test.call('POST', `/api/webhooks/${id}/replay`, { since })).body).toEqual({ replayed: 1 });
    await deliver();
    expect((await log(id)).map(({ state }: { state: string }) => state)).toEqual(['delivered', 'delivered']);
  });

  it('stop at once when the endpoint says that it is gone', async () => {
    const { id } = await make(['email.opened']);
    await wait(id, 30);
    receiver.status = 410;
    await deliver();
    expect(told().length).toBeLessThanOrEqual(10);
    expect((await test.call('GET', `/api/webhooks/${id}`)).body).toMatchObject({
      state: 'disabled',
      stateReason: expect.stringContaining('410'),
      pending: 0,
    });
    const since = new Date(0).toISOString();
    expect(await test.call('POST', `/api/webhooks/${id}/replay`, { since })).toMatchObject({
      status: 409,
      body: { code: 'WEBHOOK_DISABLED' },
    });
    receiver.status = 200;
    await test.call('PATCH', `/api/webhooks/${id}`, { enabled: true });
    expect((await test.call('POST', `/api/webhooks/${id}/replay`, { since })).body).toEqual({ replayed: 30 });
    await deliver();
    expect(
      new Set(
        told()
          .slice(10)
          .map((one) => one.id),
      ).size,
    ).toBe(30);
  });

  it('stop when an endpoint took nothing for days, and an alert says so', async () => {
    const { id } = await make(['email.opened']);
    await wait(id);
    receiver.status = 500;
    await test.database.pool.query(`update webhooks set failing_since = now() - interval '6 days'`);
    await deliver();
    expect((await test.call('GET', `/api/webhooks/${id}`)).body).toMatchObject({ state: 'disabled' });
    const { evaluateAlerts } = await import('../src/core/alert-evaluation.ts');
    await evaluateAlerts(test.core);
    const alerts = (await test.call('GET', '/api/alerts?state=open')).body.items;
    expect(alerts).toMatchObject([{ kind: 'webhook-disabled', subject: id }]);
  });

  it('of one endpoint that hangs do not hold up those of another', async () => {
    const other = await WebhookReceiver.start();
    const { id: slow } = await make(['email.opened'], { url: 'http://127.0.0.1:9/' });
    const { id: quick } = await make(['email.opened'], { url: other.url });
    await wait(slow, 25);
    await wait(quick, 25);
    const watch = new WebhookWatch(test.core);
    watch.start(20);
    await expect.poll(() => other.received.length, { timeout: 15_000, interval: 20 }).toBe(25);
    await watch.close();
    other.close();
  });

  it('taken by somebody who was killed are posted again under the same id', async () => {
    const { id } = await make(['email.opened']);
    await wait(id, 3);
    await test.database.pool.query('update webhook_deliveries set attempts = 1');
    await deliver();
    expect(new Set(told().map((one) => one.id)).size).toBe(3);
    expect(await log(id)).toMatchObject([{ attempts: 2 }, { attempts: 2 }, { attempts: 2 }]);
  });
});

describe('what webhooks are told', () => {
  const workers = new TestWorkers();
  let sink: CountingSink;

  beforeEach(async () => {
    sink = new CountingSink(2);
    await test.addAccount(await sink.listen());
  });
  afterEach(async () => {
    await workers.stop();
    await sink.close();
    await test.database.pool.query(`update sending_accounts set state = 'paused'`);
  });

  it('single emails, each recipient once, with what was said of the email when it was sent', async () => {
    await make(['email.sent', 'email.failed', 'campaign.finished']);
    await workers.start(test);
    sink.refuse = (recipient) => (recipient.startsWith('no') ? '550 5.1.1 nobody' : null);
    const emails = Array.from({ length: 250 }, (_, i) => ({
      to: i === 7 ? 'no@example.test' : `single${i}@example.test`,
      subject: 'Code',
      textContent: 'x',
      metadata: { order: String(i) },
    }));
    for (const at of [0, 100, 200])
      await test.call('POST', '/api/emails/batch', { emails: emails.slice(at, at + 100) });
    await feedUntil(250);
    expect(await feedWebhooks(test.core)).toBe(0);
    await deliver();
    const of = (to: string) => told().filter(({ data }) => data.email === to);
    expect(of('single3@example.test')).toMatchObject([
      { type: 'email.sent', data: { subject: 'Code', tags: [], metadata: { order: '3' }, attempts: 1 } },
    ]);
    expect(of('no@example.test')).toMatchObject([{ type: 'email.failed', data: { code: 550 } }]);
    const { emailId } = told()[0]!.data;
    expect((await test.call('GET', `/api/emails/${emailId}`)).status).toBe(200);
    expect(told().every(({ data }) => data.campaignId === undefined)).toBe(true);
  });

  it('a campaign, its recipients and their events, each once', async () => {
    const all = [
      'campaign.started',
      'campaign.finished',
      'email.sent',
      'email.bounced',
      'email.opened',
      'contact.unsubscribed',
    ];
    const { id } = await make(all);
    await make(['email.clicked']); // is told none of it
    await workers.start(test);
    const campaign = await sendCampaign(test.core, test.caller, { ...LETTER, name: 'Sale', audience: people(120) });
    await untilState(test, campaign.id, 'completed');
    const { rows } = await test.database.pool.query('select id from campaign_sends where campaign_id = $1', [
      campaign.id,
    ]);
    const ref = (seq: number) => ({ sendId: rows[0].id, seq });
    const event = { source: 'test', occurredAt: new Date(), messageId: null, recipient: null, trusted: true } as const;
    const reason = { class: 'mailbox-unknown', status: '5.1.1', reply: 550, response: '550 5.1.1 nobody', hard: true };
    const none = { class: null, status: null, reply: null, response: null, hard: false };
    await takeFeedback(test.core, test.caller.workspaceId, [
      { ...event, ...reason, type: 'bounced', eventId: uuid7(), ref: ref(1) },
      { ...event, ...none, type: 'opened', eventId: uuid7(), ref: ref(2), data: { userAgent: 'Mail' } },
      { ...event, ...none, type: 'delayed', eventId: uuid7(), ref: ref(3) },
    ]);
    await feedUntil(124);
    expect(await feedWebhooks(test.core)).toBe(0);
    await deliver();
    const by = (type: string) => told().filter((one) => one.type === type);
    expect(by('campaign.started')).toMatchObject([{ data: { campaignId: campaign.id, campaign: 'Sale' } }]);
    expect(by('campaign.finished')).toHaveLength(1);
    expect(new Set(by('email.sent').map(({ data }) => data.email)).size).toBe(120);
    expect(by('email.sent')).toHaveLength(120);
    expect(by('email.bounced')).toMatchObject([
      {
        data: {
          campaignId: campaign.id,
          seq: 1,
          hard: true,
          class: 'mailbox-unknown',
          response: '550 5.1.1 nobody',
          source: 'test',
        },
      },
    ]);
    expect(by('email.opened')).toMatchObject([{ data: { seq: 2, userAgent: 'Mail' } }]);
    expect(told()).toHaveLength(124);
    expect((await test.call('GET', `/api/webhooks/${id}`)).body.pending).toBe(0);
  });

  it('pause and resume; and nothing of before it was made or while it was disabled', async () => {
    const draft = await sendCampaign(test.core, test.caller, { ...LETTER, audience: people(10) });
    const { id } = await make(['campaign.paused', 'campaign.resumed', 'campaign.finished', 'email.sent']);
    await pauseCampaign(test.core, test.caller, draft.id);
    await feedUntil(1);
    await resumeCampaign(test.core, test.caller, draft.id);
    await feedUntil(1);
    await test.call('PATCH', `/api/webhooks/${id}`, { enabled: false });
    await workers.start(test);
    await untilState(test, draft.id, 'completed');
    expect(await feedWebhooks(test.core)).toBe(0);
    await test.call('PATCH', `/api/webhooks/${id}`, { enabled: true });
    expect(await feedWebhooks(test.core)).toBe(0);
    expect((await log(id)).map(({ type }: { type: string }) => type)).toEqual(['campaign.resumed', 'campaign.paused']);
  });

  it('events of a transaction that commits late are not passed over', async () => {
    const { id } = await make(['email.opened']);
    const campaign = await sendCampaign(test.core, test.caller, { ...LETTER, audience: people(2) });
    await workers.start(test);
    await untilState(test, campaign.id, 'completed');
    const insert = `insert into email_events (workspace_id, send_id, seq, type) select workspace_id, id, $2, 'opened' from campaign_sends where campaign_id = $1`;
    const slow = await test.database.pool.connect();
    await slow.query('begin');
    await slow.query(insert, [campaign.id, 1]);
    await test.database.pool.query(insert, [campaign.id, 2]);
    for (let i = 0; i < 15; i++) {
      await feedWebhooks(test.core);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(await log(id)).toEqual([]);
    await slow.query('commit');
    slow.release();
    await feedUntil(2);
  });

  it('several processes that write it down at once leave out nothing and double nothing', async () => {
    const { id } = await make(['email.sent']);
    const campaign = await sendCampaign(test.core, test.caller, { ...LETTER, audience: people(61).slice(1) });
    await workers.start(test);
    await untilState(test, campaign.id, 'completed');
    const pending = async () => (await test.call('GET', `/api/webhooks/${id}`)).body.pending;
    const feed = () => Promise.all(Array.from({ length: 4 }, () => feedWebhooks(test.core)));
    await expect.poll(async () => [await feed(), await pending()][1], { timeout: 15_000, interval: 50 }).toBe(60);
    await feed();
    expect(await pending()).toBe(60);
  });
});
