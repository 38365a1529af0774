import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakePostmark } from '../../../bench/providers/fake-postmark.ts';
import { FakeProvider } from '../../../bench/providers/fake-provider.ts';
import { openTestApp, type TestApp } from '../../../test/helpers/app.ts';
import { startSink } from '../../../test/helpers/smtp-sink.ts';
import { findAccountForSending } from '../../db/accounts.ts';
import { SecretBox } from '../../lib/secret-box.ts';

const relay = { name: 'Relay', type: 'smtp', host: 'mx.example.com', port: 2525 };

describe('sending accounts', () => {
  let test: TestApp;
  beforeAll(async () => {
    test = await openTestApp();
  });
  afterAll(() => test.close());
  const make = (body: object) => test.call('POST', '/api/accounts', body);
  const credentials = async (id: string) => {
    const row = await findAccountForSending(test.core.db.sql, id);
    return row.credentials && JSON.parse(test.core.secrets.open(row.credentials));
  };

  it('are made with sensible defaults, shown, changed and deleted', async () => {
    const made = await make(relay);
    expect(made).toMatchObject({
      status: 201,
      body: {
        secure: 'starttls',
        maxConnections: 10,
        maxMessagesPerConnection: 100,
        timeoutMs: 10_000,
        batchSize: 50,
        batchDelayMs: 0,
        limits: { perSecond: null, perMinute: null, perHour: null, perDay: null },
        state: 'active',
        hasCredentials: false,
        isSandbox: false,
      },
    });
    const url = `/api/accounts/${made.body.id}`;
    const changed = await test.call('PATCH', url, {
      name: 'New',
      from: 'Ada <ada@x.test>',
      limits: { perDay: 5 },
      maxMessagesPerConnection: 0,
    });
    expect(changed.body).toMatchObject({
      name: 'New',
      from: 'Ada <ada@x.test>',
      limits: { perDay: 5, perHour: null },
      maxMessagesPerConnection: 0,
      host: relay.host,
    });
    expect((await test.call('PATCH', url, { limits: { perDay: null } })).body.limits.perDay).toBeNull();
    expect((await test.call('GET', '/api/accounts?search=new')).body.items).toMatchObject([{ id: made.body.id }]);
    expect((await test.call('DELETE', url)).status).toBe(204);
    expect((await test.call('GET', url)).status).toBe(404);
  });

  it('are warmed up slowly: what is not named is as usual, and a ramp that falls is refused', async () => {
    const made = await make({ ...relay, warmup: {} });
    expect(made.body.warmup).toMatchObject({
      startPerDay: 50,
      growthPercent: 30,
      targetPerDay: 10_000,
      day: 1,
      todayPerDay: 50,
      isDone: false,
    });
    const url = `/api/accounts/${made.body.id}`;
    const began = new Date(Date.now() - 49 * 3_600_000).toISOString();
    const changed = await test.call('PATCH', url, { warmup: { startedAt: began, targetPerDay: 80 } });
    expect(changed.body.warmup).toMatchObject({ startPerDay: 50, day: 3, todayPerDay: 80, isDone: true });
    const bad = await test.call('PATCH', url, { warmup: { targetPerDay: 20 } });
    expect(bad).toMatchObject({ status: 422, body: { errors: [{ path: 'warmup/targetPerDay' }] } });
    expect((await test.call('PATCH', url, { warmup: null })).body.warmup).toBeNull();
    expect((await test.call('DELETE', url)).status).toBe(204);
  });

  it.each<[string, object]>([
    [
      'gmail-personal',
      { host: 'smtp.gmail.com', port: 465, secure: 'tls', batchSize: 8, batchDelayMs: 600, limits: { perDay: 500 } },
    ],
    [
      'gmail-workspace',
      { host: 'smtp.gmail.com', port: 465, secure: 'tls', batchSize: 20, batchDelayMs: 200, limits: { perDay: 2000 } },
    ],
  ])('take the preset %s, and what is said wins over it', async (preset, expected) => {
    const login = { username: 'me@gmail.com', password: 'app password' };
    expect((await make({ name: preset, type: 'smtp', preset, ...login })).body).toMatchObject({ preset, ...expected });
    const own = await make({ name: preset, type: 'smtp', preset, ...login, batchSize: 3, limits: { perHour: 50 } });
    expect(own.body).toMatchObject({
      batchSize: 3,
      limits: { perHour: 50, ...(expected as { limits: object }).limits },
    });
  });

  it('take ports that go with their security', async () => {
    for (const [secure, port] of [
      ['tls', 465],
      ['starttls', 587],
      ['none', 25],
    ] as const)
      expect((await make({ name: secure, type: 'smtp', host: 'h.test', secure })).body.port).toBe(port);
    expect((await make({ ...relay, preset: 'dedicated' })).body).toMatchObject({ batchSize: 50, batchDelayMs: 50 });
  });

  it('never give their credentials back, and keep them sealed', async () => {
    const secret = 'h0rse-battery-staple';
    const made = await make({ ...relay, username: 'ada', password: secret });
    expect(made.body.hasCredentials).toBe(true);
    for (const url of ['/api/accounts', `/api/accounts/${made.body.id}`]) {
      const { text } = await test.call('GET', url);
      expect(text).not.toContain(secret);
      expect(text).not.toContain('username');
    }
    const { rows } = await test.database.pool.query(`select row_to_json(a)::text as all from sending_accounts a`);
    expect(JSON.stringify(rows)).not.toContain(secret);
    const url = `/api/accounts/${made.body.id}`;
    await test.call('PATCH', url, { password: 'second' });
    expect(await credentials(made.body.id)).toEqual({ username: 'ada', password: 'second' });
    await test.call('PATCH', url, { username: 'eve', password: 'third' });
    expect(await credentials(made.body.id)).toEqual({ username: 'eve', password: 'third' });
    expect((await test.call('PATCH', url, { username: null })).body.hasCredentials).toBe(false);
  });

  it('say what to do when APP_SECRET is another one, and can be given new credentials', async () => {
    const { id } = (await make({ ...relay, username: 'a', password: 'b' })).body;
    const foreign = new SecretBox('another secret altogether');
    await test.database.pool.query('update sending_accounts set credentials = $1, key_id = $2 where id = $3', [
      foreign.seal('{}'),
      foreign.keyId,
      id,
    ]);
    expect(await test.call('PATCH', `/api/accounts/${id}`, { password: 'c' })).toMatchObject({
      status: 500,
      body: { code: 'CREDENTIALS_UNREADABLE' },
    });
    expect(await test.call('PATCH', `/api/accounts/${id}`, { username: 'a', password: 'c' })).toMatchObject({
      status: 200,
    });
  });

  it.each<[object, string]>([
    [{ ...relay, type: 'gmail' }, 'host'],
    [{ name: 'x', type: 'gmail', adminEmail: 'a@b.test' }, 'serviceAccountKey'],
    [{ name: 'x', type: 'gmail', adminEmail: 'a@b.test', serviceAccountKey: '{"type":"x"}' }, 'serviceAccountKey'],
    [{ ...relay, limits: { perUserPerDay: 5 } }, 'limits/perUserPerDay'],
    [{ ...relay, type: 'resend' }, 'host'],
    [{ name: 'x', type: 'resend' }, 'password'],
    [{ name: 'x', type: 'resend', username: 'me', password: 're_x' }, 'username'],
    [{ name: 'x', type: 'resend', password: 're_x\r\nX: y' }, 'password'],
    [{ name: 'x', type: 'ses', password: 'secret', region: 'eu-west-1' }, 'username'],
    [{ name: 'x', type: 'ses', username: 'AKIA', password: 'secret' }, 'region'],
    [{ name: 'x', type: 'mailgun', password: 'key' }, 'domain'],
    [{ name: 'x', type: 'mailgun', password: 'key', domain: 'a.test', region: 'eu-west-1' }, 'region'],
    [{ name: 'x', type: 'sendgrid', password: 'key', stream: 'outbound' }, 'stream'],
    [{ name: 'x', type: 'postmark', password: 'key', endpoint: 'http://proxy.example.com' }, 'endpoint'],
    [{ name: 'x', type: 'postmark', password: 'key', endpoint: 'https://a:b@proxy.example.com' }, 'endpoint'],
    [{ ...relay, endpoint: 'https://x.test' }, 'endpoint'],
    [{ name: 'x', type: 'smtp' }, 'host'],
    [{ ...relay, host: 'a b' }, 'host'],
    [{ ...relay, host: 'a\r\nb' }, 'host'],
    [{ ...relay, port: 0 }, 'port'],
    [{ ...relay, from: 'nobody' }, 'from'],
    [{ ...relay, from: 'a@b.test\r\nBcc: e@v.test' }, 'from'],
    [{ ...relay, password: 'x' }, 'username'],
    [{ ...relay, username: 'x' }, 'password'],
    [{ ...relay, username: 'a\r\nb', password: 'x' }, 'username'],
    [{ ...relay, limits: { perWeek: 1 } }, 'limits/perWeek'],
  ])('refuse %j', async (body, path) => {
    const before = (await test.call('GET', '/api/accounts?limit=1000')).body.items.length;
    expect(await make(body)).toMatchObject({ status: 422, body: { errors: [{ path }] } });
    expect((await test.call('GET', '/api/accounts?limit=1000')).body.items).toHaveLength(before);
  });

  it('can be tried out: what the server offers, or how far it got', async () => {
    const sink = await startSink({ auth: { mechanisms: ['PLAIN'], username: 'ada', password: 'right' } });
    const at = { name: 'Sink', type: 'smtp', host: '127.0.0.1', port: sink.port, secure: 'none' };
    const good = (await make({ ...at, username: 'ada', password: 'right' })).body.id;
    const verify = async (id: string) => (await test.call('POST', `/api/accounts/${id}/verify`)).body;
    expect(await verify(good)).toMatchObject({
      ok: true,
      stage: 'ready',
      authenticated: true,
      extensions: expect.arrayContaining(['PIPELINING']),
    });
    const wrong = (await make({ ...at, username: 'ada', password: 'wrong' })).body.id;
    expect(await verify(wrong)).toMatchObject({ ok: false, stage: 'auth', authenticated: false });
    const check = async (body: object) => (await test.call('POST', '/api/accounts/check', body)).body;
    const before = (await test.call('GET', '/api/accounts?limit=1000')).body.items.length;
    expect((await check({ ...at, host: 'localhost', username: 'ada', password: 'wrong' })).steps).toMatchObject([
      { step: 'dns', state: 'ok', answer: expect.stringContaining('127.0.0.1') },
      { step: 'connect', state: 'ok', answer: expect.any(String) },
      { step: 'tls', state: 'skipped' },
      { step: 'hello', state: 'ok', answer: expect.stringContaining('PIPELINING') },
      { step: 'login', state: 'failed', answer: expect.stringContaining('535') },
    ]);
    expect(await check({ id: wrong, password: 'right' })).toMatchObject({ ok: true });
    expect(await check({ ...at, host: 'nowhere.invalid' })).toMatchObject({
      ok: false,
      steps: [{ step: 'dns', state: 'failed' }, { step: 'connect', state: 'skipped' }, {}, {}, {}],
    });
    expect(await check({ type: 'smtp' })).toMatchObject({ code: 'VALIDATION' });
    expect((await test.call('GET', '/api/accounts?limit=1000')).body.items).toHaveLength(before);
    const sent = await test.call('POST', `/api/accounts/${good}/test`, { to: 'me@x.test', from: 'Ada <ada@x.test>' });
    expect(sent.body).toEqual({ email: 'me@x.test', sent: true, response: expect.stringMatching(/^250 /) });
    expect(sink.accepted.at(-1)?.content.toString()).toContain('Subject: A test message from');
    expect(await test.call('POST', `/api/accounts/${good}/test`, { to: 'me@x.test' })).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'from' }] },
    });
    await sink.close();
    expect(await verify(good)).toMatchObject({ ok: false, stage: 'connect' });
  });

  it.each<[string, object, object]>([
    ['resend', {}, { maxConnections: 2, batchSize: 100, secure: 'tls', host: null, port: null }],
    ['ses', { username: 'AKIA', region: 'eu-west-1' }, { region: 'eu-west-1' }],
    ['sendgrid', {}, {}],
    ['mailgun', { domain: 'mg.a.test', region: 'eu' }, { domain: 'mg.a.test', region: 'eu' }],
    ['postmark', { stream: 'news' }, { stream: 'news', maxConnections: 4, batchSize: 50 }],
  ])('send over the API of %s with a key that is never given back', async (type, settings, shown) => {
    const made = await make({ name: type, type, password: 'the-key', ...settings });
    expect(made).toMatchObject({ status: 201, body: { type, hasCredentials: true, endpoint: null, ...shown } });
    expect(made.text).not.toContain('the-key');
    expect((await credentials(made.body.id)).password).toBe('the-key');
    const url = `/api/accounts/${made.body.id}`;
    expect((await test.call('PATCH', url, { password: 'another', from: 'a@b.test' })).status).toBe(200);
    expect((await credentials(made.body.id)).password).toBe('another');
    expect(await test.call('PATCH', url, { password: null, username: null })).toMatchObject({ status: 422 });
  });

  it('of a provider can be tried out with its key, and send a test', async () => {
    const postmark = await new FakeProvider(new FakePostmark()).start();
    const endpoint = postmark.url.href;
    const check = async (body: object) => (await test.call('POST', '/api/accounts/check', body)).body;
    expect(await check({ type: 'postmark', endpoint, password: postmark.key })).toMatchObject({
      ok: true,
      authenticated: true,
      message: 'ready to send as server Production, stream broadcast',
      steps: [
        { step: 'dns', state: 'skipped' },
        { step: 'connect', state: 'ok' },
        {},
        {},
        { step: 'login', state: 'ok' },
      ],
    });
    expect(await check({ type: 'postmark', endpoint, password: 'wrong' })).toMatchObject({
      ok: false,
      stage: 'auth',
      steps: [{}, {}, {}, {}, { step: 'login', state: 'failed', answer: expect.stringContaining('Server token') }],
    });
    const { id } = (await make({ name: 'Postmark', type: 'postmark', endpoint, password: postmark.key })).body;
    const sent = await test.call('POST', `/api/accounts/${id}/test`, { to: 'me@x.test', from: 'Ada <ada@x.test>' });
    expect(sent.body).toMatchObject({ sent: true, response: expect.stringMatching(/^200 taken as /) });
    expect(postmark.copies).toMatchObject([
      { recipient: 'me@x.test', subject: expect.stringContaining('A test message') },
    ]);
    await postmark.close();
  });

  it('send a stored password to no other server, and for no other user', async () => {
    const { id } = (await make({ ...relay, secure: 'tls', username: 'ada', password: 'right' })).body;
    const sink = await startSink({ auth: { mechanisms: ['PLAIN'], username: 'ada', password: 'right' } });
    const refused = {
      status: 422,
      body: { errors: [{ path: 'password', message: expect.stringContaining('again') }] },
    };
    const elsewhere = [
      { host: '127.0.0.1', port: sink.port, secure: 'none' },
      { port: sink.port },
      { secure: 'none' },
      { username: 'eve' },
    ];
    for (const change of elsewhere) {
      expect(await test.call('POST', '/api/accounts/check', { id, ...change })).toMatchObject(refused);
      expect(await test.call('PATCH', `/api/accounts/${id}`, change)).toMatchObject(refused);
    }
    expect(await test.call('POST', '/api/accounts/check', { id, type: 'postmark' })).toMatchObject(refused);
    expect(sink.connections).toBe(0);
    expect(
      (await test.call('PATCH', `/api/accounts/${id}`, { host: relay.host, port: 2525, name: 'Same' })).status,
    ).toBe(200);
    const anew = { ...elsewhere[0], username: 'ada', password: 'right' };
    expect((await test.call('POST', '/api/accounts/check', { id, ...anew })).body).toMatchObject({ ok: true });
    const key = (await make({ name: 'Resend', type: 'resend', password: 're_x' })).body;
    const proxy = { endpoint: 'https://proxy.example.com' };
    expect(await test.call('PATCH', `/api/accounts/${key.id}`, proxy)).toMatchObject(refused);
    expect((await test.call('PATCH', `/api/accounts/${key.id}`, { ...proxy, password: 're_y' })).status).toBe(200);
    expect(await test.call('PATCH', `/api/accounts/${key.id}`, { endpoint: null })).toMatchObject(refused);
    await sink.close();
  });

  it('are paused and resumed, also after their server disabled them', async () => {
    const { id } = (await make(relay)).body;
    expect((await test.call('POST', `/api/accounts/${id}/pause`)).body.state).toBe('paused');
    await test.database.pool.query(
      `update sending_accounts set state = 'disabled', state_reason = '535 no' where id = $1`,
      [id],
    );
    expect((await test.call('GET', `/api/accounts/${id}`)).body).toMatchObject({
      state: 'disabled',
      stateReason: '535 no',
    });
    expect((await test.call('POST', `/api/accounts/${id}/resume`)).body).toMatchObject({
      state: 'active',
      stateReason: null,
    });
  });

  it('stay while a campaign may be sending through them', async () => {
    const { id } = (await make({ ...relay, from: 'a@b.test' })).body;
    const campaign = { subject: 'x', textContent: 'x', audience: [{ email: 'a@b.test' }], accountIds: [id] };
    const { campaignId } = (await test.call('POST', '/api/campaigns/send', campaign)).body;
    expect(await test.call('DELETE', `/api/accounts/${id}`)).toMatchObject({
      status: 409,
      body: { code: 'ACCOUNT_IN_USE' },
    });
    await test.call('POST', `/api/campaigns/${campaignId}/cancel`);
    expect((await test.call('DELETE', `/api/accounts/${id}`)).status).toBe(204);
  });

  it('belong to their workspace', async () => {
    const { id } = (await make(relay)).body;
    for (const [method, path] of [
      ['GET', ''],
      ['PATCH', ''],
      ['DELETE', ''],
      ['POST', '/verify'],
      ['POST', '/pause'],
      ['POST', '/resume'],
    ] as const)
      expect(
        (await test.stranger(method, `/api/accounts/${id}${path}`, method === 'PATCH' ? {} : undefined)).status,
        `${method} ${path}`,
      ).toBe(404);
    expect((await test.stranger('GET', '/api/accounts')).body.items).toEqual([]);
  });
});
