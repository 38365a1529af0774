import { createHmac, createSign, generateKeyPairSync, randomBytes, randomUUID, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STATE_CODE } from '../src/domain/recipient-state.ts';
import { signWebhook, webhookKey } from '../src/lib/standard-webhook.ts';
import { uuid7 } from '../src/lib/uuid7.ts';
import { tagOfReference } from '../src/mail/http/reference-tag.ts';
import { openTestApp, type TestApp } from './helpers/app.ts';

const FIXTURES = path.join(import.meta.dirname, 'fixtures');
const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:ses-events';
const CERTIFICATES = 'https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-';
const pem = readFileSync(path.join(FIXTURES, 'smtp-test-certificate.pem'), 'utf8');
const pemKey = readFileSync(path.join(FIXTURES, 'smtp-test-key.pem'), 'utf8');
const ec = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const whsec = `whsec_${randomBytes(32).toString('base64')}`;
const plain = 'a secret that only both of us know';

/** The clock of the server under test. */
const now = new Date();
/** What was asked for over the network. */
const fetched: string[] = [];
/** What a fetch answers instead of the certificate. */
let served: string | null = null;

interface Signed {
  readonly headers: Record<string, string>;
  readonly body: string;
}
interface Provider {
  readonly name: string;
  readonly account: Record<string, unknown>;
  readonly settings: Record<string, unknown>;
  sign(body: object, options?: { at?: Date; id?: string; secret?: string }): Signed;
}

function standard(prefix: string) {
  return (body: object, { at = now, id = `msg_${uuid7()}`, secret = whsec }: Parameters<Provider['sign']>[1] = {}) => {
    const text = JSON.stringify(body);
    const headers = signWebhook(webhookKey(secret) ?? Buffer.alloc(0), id, at, text);
    return {
      headers: Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name.replace('webhook-', prefix), value]),
      ),
      body: text,
    };
  };
}

/** As SNS signs: names and values in lines, in the order of their names. */
function snsSigned(message: Record<string, string>, version = '2'): Record<string, string> {
  const names = ['Message', 'MessageId', 'Subject', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'];
  const text = names.map((name) => (message[name] === undefined ? '' : `${name}\n${message[name]}\n`)).join('');
  const signature = createSign(version === '1' ? 'RSA-SHA1' : 'RSA-SHA256')
    .update(text)
    .sign(pemKey, 'base64');
  return {
    ...message,
    SignatureVersion: version,
    Signature: signature,
    SigningCertURL: `${CERTIFICATES}${randomUUID()}.pem`,
  };
}

function notification(body: object, { at = now, id = randomUUID() }: { at?: Date; id?: string } = {}) {
  return {
    Type: 'Notification',
    MessageId: id,
    TopicArn: TOPIC,
    Subject: 'Amazon SES Email Event Notification',
    Message: JSON.stringify(body),
    Timestamp: at.toISOString(),
  };
}

const PROVIDERS: readonly Provider[] = [
  {
    name: 'resend',
    account: { type: 'resend', password: 're_123' },
    settings: { webhookSecret: whsec },
    sign: standard('svix-'),
  },
  {
    name: 'generic',
    account: { type: 'smtp', host: '127.0.0.1', port: 2525, secure: 'none' },
    settings: { webhookSecret: whsec },
    sign: standard('webhook-'),
  },
  {
    name: 'ses',
    account: { type: 'ses', region: 'eu-west-1', username: 'AKIA', password: 'secret' },
    settings: { webhookTopic: TOPIC },
    sign: (body, options) => {
      const message = snsSigned(notification(body, options));
      // Another secret is another key: a signature that is not of this message.
      if (options?.secret !== undefined) message.Signature = snsSigned(notification({})).Signature ?? '';
      return { headers: { 'content-type': 'text/plain; charset=UTF-8' }, body: JSON.stringify(message) };
    },
  },
  {
    name: 'sendgrid',
    account: { type: 'sendgrid', password: 'SG.123' },
    settings: { webhookSecret: ec.publicKey.export({ type: 'spki', format: 'der' }).toString('base64') },
    sign: (body, { at = now, secret } = {}) => {
      const text = `${JSON.stringify(body)}\r\n`;
      const timestamp = String(Math.floor(at.getTime() / 1000));
      const key =
        secret === undefined ? ec.privateKey : generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey;
      const signature = sign('sha256', Buffer.from(timestamp + text), key).toString('base64');
      const name = 'x-twilio-email-event-webhook';
      return { headers: { [`${name}-timestamp`]: timestamp, [`${name}-signature`]: signature }, body: text };
    },
  },
  {
    name: 'mailgun',
    account: { type: 'mailgun', domain: 'mg.sender.test', password: 'key-1' },
    settings: { webhookSecret: plain },
    sign: (body, { at = now, id = randomBytes(25).toString('hex'), secret = plain } = {}) => {
      const timestamp = String(Math.floor(at.getTime() / 1000));
      const signature = createHmac('sha256', secret)
        .update(timestamp + id)
        .digest('hex');
      return { headers: {}, body: JSON.stringify({ signature: { timestamp, token: id, signature }, ...body }) };
    },
  },
  {
    name: 'postmark',
    account: { type: 'postmark', password: 'token' },
    settings: { webhookSecret: plain },
    sign: (body, { secret = plain } = {}) => ({
      headers: { authorization: `Basic ${Buffer.from(`postmark:${secret}`).toString('base64')}` },
      body: JSON.stringify(body),
    }),
  },
];

interface Row {
  readonly seq: number;
  readonly email: string;
  readonly remoteId: string;
}

let test: TestApp;
let sendId: string;
let lastSeq = 0;
const urls = new Map<string, string>();

beforeAll(async () => {
  const fetchText = async (url: URL) => {
    fetched.push(url.href);
    if (served === 'away') throw new Error('connection refused');
    return served ?? pem;
  };
  test = await openTestApp({ hooks: { now: () => now, fetchText } });
  for (const { name, account, settings } of PROVIDERS) {
    const made = await test.call('POST', '/api/accounts', { name, ...account, ...settings });
    expect(made).toMatchObject({ status: 201 });
    urls.set(name, made.body.webhook.url);
  }
  sendId = uuid7();
  const campaignId = uuid7();
  await test.database.pool.query(
    `insert into campaigns (id, workspace_id, name, state, audience) values ($1, $2, 'c', 'active', '{"kind":"inline"}')`,
    [campaignId, test.caller.workspaceId],
  );
  await test.database.pool.query(
    'insert into campaign_sends (id, workspace_id, campaign_id, expanded_at, total) values ($1, $2, $3, now(), 1000)',
    [sendId, test.caller.workspaceId, campaignId],
  );
  await test.database.pool.query(
    `insert into campaign_send_batches (send_id, batch_no, first_seq, last_seq, state, pending) values ($1, 1, 1, 1000, 'done', 0)`,
    [sendId],
  );
});
afterAll(() => test.close());

/** A message that was handed over: its answer named it, unless it was lost. */
async function row(state: 'sent' | 'unknown' = 'sent'): Promise<Row> {
  const seq = ++lastSeq;
  const email = `person${seq}@example.test`;
  const remoteId = randomUUID();
  await test.database.pool.query(
    `insert into email_sends (send_id, seq, email, email_key, data, state, attempts, response) values ($1, $2, $3, $3, '{}', $4, 1, $5)`,
    [sendId, seq, email, STATE_CODE[state], state === 'sent' ? `200 taken as ${remoteId}` : 'The connection broke.'],
  );
  return { seq, email, remoteId };
}

function tagOf({ seq }: Row): string {
  return tagOfReference(test.core.tokens.forRecipient({ sendId, seq }).messageIdLocalPart);
}

function fill(body: unknown, of: Row): object {
  const text = JSON.stringify(body)
    .replaceAll('{tag}', tagOf(of))
    .replaceAll(
      '{messageId}',
      `<${test.core.tokens.forRecipient({ sendId, seq: of.seq }).messageIdLocalPart}@sender.test>`,
    )
    .replaceAll('{remoteId}', of.remoteId)
    .replaceAll('{recipient}', of.email)
    .replaceAll('{id}', randomUUID())
    .replaceAll('{time}', new Date(now.getTime() - 1000).toISOString())
    .replaceAll('"{seconds}"', String(Math.floor(now.getTime() / 1000) - 1));
  return JSON.parse(text) as object;
}

async function post(provider: string, { headers, body }: Signed, url = urls.get(provider) ?? '') {
  const response = await test.inject({
    method: 'POST',
    url: url.replace(test.core.baseUrl, ''),
    headers: { 'content-type': 'application/json', ...headers },
    payload: body,
  });
  return { status: response.statusCode, body: response.json() };
}

async function eventsOf({ seq }: Row) {
  const { rows } = await test.database.pool.query(
    `select type, source, data from email_events where send_id = $1 and seq = $2 order by id`,
    [sendId, seq],
  );
  return rows.map(({ data, ...event }) => ({ ...event, ...data, data }));
}

interface Fixture {
  readonly name: string;
  readonly event: object | null;
  readonly body: unknown;
}

describe.each(PROVIDERS)('webhooks of $name', (provider) => {
  const { name } = provider;
  const fixtures = JSON.parse(readFileSync(path.join(FIXTURES, 'provider-hooks', `${name}.json`), 'utf8')) as Fixture[];
  const first = fixtures[0]?.body;
  const source = name === 'generic' ? 'webhook' : name;

  it.each(fixtures)('$name: is recorded as what it says, and once', async ({ event, body }) => {
    const of = await row();
    const message = provider.sign(fill(body, of));
    expect(await post(name, message)).toEqual({ status: 200, body: { recorded: event === null ? 0 : 1 } });
    const expected = event === null ? [] : [{ ...event, source }];
    expect(await eventsOf(of)).toMatchObject(expected);
    expect(await post(name, message)).toEqual({ status: 200, body: { recorded: 0 } });
    expect(await eventsOf(of)).toHaveLength(expected.length);
  });

  it('a message of a secret that is not the account’s is refused, and nothing is recorded', async () => {
    const of = await row();
    const secret = `whsec_${randomBytes(32).toString('base64')}`;
    expect(await post(name, provider.sign(fill(first, of), { secret }))).toMatchObject({
      status: 401,
      body: { code: 'WEBHOOK_SIGNATURE' },
    });
    expect(await eventsOf(of)).toEqual([]);
  });

  it('an account that does not exist, or is of another type or without a secret, takes nothing', async () => {
    const of = await row();
    const message = provider.sign(fill(first, of));
    const own = urls.get(name) ?? '';
    const nobody = own.replace(/[^/]+$/, uuid7());
    expect((await post(name, message, nobody)).status).toBe(404);
    expect((await post(name, message, own.replace(/[^/]+$/, 'nothing'))).status).toBe(404);
    const other = name === 'resend' ? 'postmark' : 'resend';
    expect((await post(name, message, own.replace(`/${name}/`, `/${other}/`))).status).toBe(404);
    const id = own.slice(own.lastIndexOf('/') + 1);
    await test.call('PATCH', `/api/accounts/${id}`, { webhookSecret: null, webhookTopic: null });
    expect((await post(name, message)).status).toBe(401);
    await test.call('PATCH', `/api/accounts/${id}`, provider.settings);
    expect(await eventsOf(of)).toEqual([]);
    expect(await post(name, message)).toMatchObject({ status: 200, body: { recorded: 1 } });
  });

  it('an unknown recipient becomes sent by what it says', async () => {
    const of = await row('unknown');
    const body = name === 'generic' ? { type: 'delivered', reference: '{tag}' } : withTag(name, first);
    expect((await post(name, provider.sign(fill(body, of)))).body).toEqual({ recorded: 1 });
    const { rows } = await test.database.pool.query(
      'select state, response from email_sends where send_id = $1 and seq = $2',
      [sendId, of.seq],
    );
    expect(rows[0]).toEqual({ state: STATE_CODE.sent, response: expect.stringContaining('its delivery was reported') });
  });
});

/** The classic notifications of SES carry no tags of their own; those of a configuration set do. */
function withTag(name: string, body: unknown): object {
  if (name !== 'ses') return body as object;
  const { mail, ...rest } = body as { mail: object };
  return { ...rest, mail: { ...mail, tags: { postrider_ref: ['{tag}'] } } };
}

describe('a signature', () => {
  const bodySigned = PROVIDERS.filter(({ name }) => name !== 'mailgun' && name !== 'postmark');

  it.each(bodySigned)('of $name covers the body: one letter more is refused', async (provider) => {
    const fixtures = JSON.parse(readFileSync(path.join(FIXTURES, 'provider-hooks', `${provider.name}.json`), 'utf8'));
    const of = await row();
    const { headers, body } = provider.sign(fill(fixtures[0].body, of));
    const tampered = body.replace(of.email, `x${of.email}`);
    expect((await post(provider.name, { headers, body: tampered })).status).toBe(401);
    expect(await eventsOf(of)).toEqual([]);
  });

  it.each(PROVIDERS.filter(({ name }) => name !== 'postmark'))(
    'of $name counts for a few minutes',
    async (provider) => {
      const fixtures = JSON.parse(readFileSync(path.join(FIXTURES, 'provider-hooks', `${provider.name}.json`), 'utf8'));
      const of = await row();
      // SNS tries for an hour, with the time of the first.
      const minutes = provider.name === 'ses' ? 66 : 6;
      for (const by of [-minutes, minutes]) {
        const at = new Date(now.getTime() + by * 60_000);
        expect((await post(provider.name, provider.sign(fill(fixtures[0].body, of), { at }))).status).toBe(401);
      }
      expect(await eventsOf(of)).toEqual([]);
    },
  );

  it('of Mailgun does not cover the body, so a token that was seen brings nothing new', async () => {
    const mailgun = PROVIDERS.find(({ name }) => name === 'mailgun')!;
    const [one, other] = [await row(), await row()];
    const fixtures = JSON.parse(readFileSync(path.join(FIXTURES, 'provider-hooks', 'mailgun.json'), 'utf8'));
    const id = randomBytes(25).toString('hex');
    expect((await post('mailgun', mailgun.sign(fill(fixtures[0].body, one), { id }))).body).toEqual({ recorded: 1 });
    expect(await post('mailgun', mailgun.sign(fill(fixtures[0].body, other), { id }))).toEqual({
      status: 200,
      body: { recorded: 0 },
    });
    expect(await eventsOf(other)).toEqual([]);
  });

  it('of Postmark is a secret alone, as basic authentication or as a header', async () => {
    const fixtures = JSON.parse(readFileSync(path.join(FIXTURES, 'provider-hooks', 'postmark.json'), 'utf8'));
    const of = await row();
    const body = JSON.stringify(fill(fixtures[0].body, of));
    expect((await post('postmark', { headers: {}, body })).status).toBe(401);
    expect((await post('postmark', { headers: { 'x-webhook-secret': plain }, body })).body).toEqual({ recorded: 1 });
  });
});

describe('messages of Amazon SNS', () => {
  const deliver = (message: Record<string, string>) => post('ses', { headers: {}, body: JSON.stringify(message) });
  const subscription = (over: Record<string, string> = {}) => ({
    Type: 'SubscriptionConfirmation',
    MessageId: randomUUID(),
    Token: 'token',
    TopicArn: TOPIC,
    Message: 'You have chosen to subscribe to the topic.',
    SubscribeURL: `https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=${TOPIC}&Token=token`,
    Timestamp: now.toISOString(),
    ...over,
  });

  it('a subscription of the account’s topic is confirmed, at the host of SNS', async () => {
    fetched.length = 0;
    const message = snsSigned(subscription());
    expect((await deliver(message)).status).toBe(200);
    expect(fetched).toEqual([message.SigningCertURL, message.SubscribeURL]);
  });

  it('no other topic is heard, and nothing is asked for', async () => {
    fetched.length = 0;
    const other = TOPIC.replace('ses-events', 'somebody-else');
    expect((await deliver(snsSigned(subscription({ TopicArn: other })))).status).toBe(401);
    expect((await deliver(snsSigned({ ...notification({}), TopicArn: other }))).status).toBe(401);
    expect(fetched).toEqual([]);
  });

  it.each([
    'https://evil.example/SimpleNotificationService.pem',
    'https://sns.eu-west-1.amazonaws.com.evil.example/SimpleNotificationService.pem',
    'https://sns.us-east-1.amazonaws.com/SimpleNotificationService.pem',
    'http://sns.eu-west-1.amazonaws.com/SimpleNotificationService.pem',
    'https://sns.eu-west-1.amazonaws.com:8443/SimpleNotificationService.pem',
    'https://user@sns.eu-west-1.amazonaws.com/SimpleNotificationService.pem',
    'https://sns.eu-west-1.amazonaws.com/upload?x=.pem',
  ])('a certificate from %s is not fetched', async (url) => {
    fetched.length = 0;
    expect((await deliver({ ...snsSigned(notification({})), SigningCertURL: url })).status).toBe(401);
    expect(fetched).toEqual([]);
  });

  it('a confirmation that would lead elsewhere is not called', async () => {
    fetched.length = 0;
    const message = snsSigned(subscription({ SubscribeURL: 'https://evil.example/?Token=x' }));
    expect((await deliver(message)).status).toBe(401);
    expect(fetched).toEqual([message.SigningCertURL]);
  });

  it('both versions of signatures are checked, and no third', async () => {
    const of = await row();
    const body = fill(
      { eventType: 'Open', mail: { destination: ['{recipient}'], messageId: '{remoteId}' }, open: {} },
      of,
    );
    expect((await deliver(snsSigned(notification(body), '1'))).body).toEqual({ recorded: 1 });
    expect((await deliver(snsSigned(notification(body), '2'))).body).toEqual({ recorded: 1 });
    expect((await deliver({ ...snsSigned(notification(body)), SignatureVersion: '3' })).status).toBe(401);
  });

  it('a certificate is fetched once for many messages, and again after it could not be fetched', async () => {
    fetched.length = 0;
    const SigningCertURL = `${CERTIFICATES}shared.pem`;
    const signed = () => ({ ...snsSigned(notification({})), SigningCertURL });
    served = 'away';
    expect((await deliver(signed())).status).toBe(502);
    served = null;
    for (let i = 0; i < 3; i++) expect((await deliver(signed())).status).toBe(200);
    expect(fetched).toEqual([SigningCertURL, SigningCertURL]);
  });

  it('what is no certificate proves nothing', async () => {
    served = '<html>not found</html>';
    expect((await deliver(snsSigned(notification({})))).status).toBe(401);
    served = null;
  });
});

describe('events by webhook', () => {
  const resend = PROVIDERS[0]!;
  const event = (type: string, of: Row, tag = true, remoteId = of.remoteId) =>
    fill(
      {
        type: `email.${type}`,
        created_at: '{time}',
        data: { email_id: remoteId, to: ['{recipient}'], ...(tag ? { tags: { postrider_ref: '{tag}' } } : {}) },
      },
      of,
    );

  it('a rejection makes failed of unknown, and later evidence of a delivery does not turn it round', async () => {
    const of = await row('unknown');
    const stateOf = async () =>
      (
        await test.database.pool.query('select state, class from email_sends where send_id = $1 and seq = $2', [
          sendId,
          of.seq,
        ])
      ).rows[0];
    await post('resend', resend.sign(event('failed', of)));
    expect(await stateOf()).toEqual({ state: STATE_CODE.failed, class: 'refused' });
    await post('resend', resend.sign(event('delivered', of)));
    expect(await stateOf()).toEqual({ state: STATE_CODE.failed, class: 'refused' });
  });

  it('a message of somebody else on the same account proves nothing, but its bounce counts for the address', async () => {
    const of = await row('unknown');
    expect((await post('resend', resend.sign(event('delivered', of, false, randomUUID())))).body).toEqual({
      recorded: 0,
    });
    expect((await post('resend', resend.sign(event('bounced', of, false, randomUUID())))).body).toEqual({
      recorded: 1,
    });
    const { rows } = await test.database.pool.query('select state from email_sends where send_id = $1 and seq = $2', [
      sendId,
      of.seq,
    ]);
    expect(rows).toEqual([{ state: STATE_CODE.unknown }]);
  });

  it('a tag that was not made here names nobody', async () => {
    const of = await row();
    const body = JSON.parse(
      JSON.stringify(event('opened', of)).replace(tagOf(of), tagOf({ ...of, seq: 999 }).replace(/.$/, 'x')),
    );
    body.data.email_id = randomUUID();
    expect((await post('resend', resend.sign(body))).body).toEqual({ recorded: 0 });
  });

  it('the same at the same time counts once', async () => {
    const of = await row();
    const message = resend.sign(event('opened', of));
    const answers = await Promise.all(Array.from({ length: 5 }, () => post('resend', message)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(answers.reduce((sum, { body }) => sum + body.recorded, 0)).toBe(1);
    expect(await eventsOf(of)).toHaveLength(1);
  });

  it('what is no JSON, or far too long, is answered and harms nothing', async () => {
    const { headers } = resend.sign({});
    expect((await post('resend', { headers, body: '{' })).status).toBe(401);
    const id = `msg_${uuid7()}`;
    const nothing = signWebhook(webhookKey(whsec) ?? Buffer.alloc(0), id, now, '[[[');
    const svix = Object.fromEntries(
      Object.entries(nothing).map(([name, value]) => [name.replace('webhook-', 'svix-'), value]),
    );
    expect(await post('resend', { headers: svix, body: '[[[' })).toEqual({ status: 200, body: { recorded: 0 } });
    expect((await post('resend', { headers, body: 'x'.repeat(1024 * 1024 + 1) })).status).toBe(413);
  });
});

it('secrets are refused when they can be none, and never read back', async () => {
  const make = (settings: object) => test.call('POST', '/api/accounts', { name: 'x', ...settings });
  const refused = [
    [{ type: 'resend', password: 'k', webhookSecret: 'not a secret of svix' }, 'webhookSecret'],
    [{ type: 'sendgrid', password: 'k', webhookSecret: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAA' }, 'webhookSecret'],
    [{ type: 'postmark', password: 'k', webhookSecret: 'short but not 24' }, 'webhookSecret'],
    [{ type: 'ses', region: 'eu-west-1', username: 'a', password: 'k', webhookTopic: 'my-topic' }, 'webhookTopic'],
    [{ type: 'ses', region: 'eu-west-1', username: 'a', password: 'k', webhookSecret: plain }, 'webhookSecret'],
    [{ type: 'resend', password: 'k', webhookTopic: TOPIC }, 'webhookTopic'],
  ] as const;
  for (const [settings, path] of refused)
    expect(await make(settings)).toMatchObject({ status: 422, body: { errors: [{ path }] } });
  const made = await make({ type: 'resend', password: 'k', webhookSecret: whsec });
  expect(made.body.webhook).toEqual({
    url: `http://localhost:3000/hooks/resend/${made.body.id}`,
    hasSecret: true,
    topic: null,
  });
  expect(made.text).not.toContain(whsec);
  const { rows } = await test.database.pool.query(
    'select webhook_secret as secret from sending_accounts where id = $1',
    [made.body.id],
  );
  expect(rows[0].secret.toString('latin1')).not.toContain(whsec);
});
