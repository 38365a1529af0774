import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestApp, type TestApp } from '../../../test/helpers/app.ts';
import { uuid7 } from '../../lib/uuid7.ts';

let test: TestApp;
let listId: string;

beforeAll(async () => {
  test = await openTestApp();
  await test.addAccount(1);
  listId = (await test.call('POST', '/api/lists', { name: 'Receipts' })).body.id;
});
afterAll(() => test.close());

const LETTER = { subject: 'Your code is {{code}}', textContent: 'Hello {{name}}, {{code}}.' };
const send = (body: object, headers?: Record<string, string>) => test.call('POST', '/api/emails', body, headers);
const address = () => `${uuid7()}@example.test`;

describe('POST /api/emails', () => {
  it('writes the email out before it answers, each recipient with the fields of both', async () => {
    const [a, b] = [address(), address()];
    const sent = await send({
      ...LETTER,
      to: [`Ada <${a}>`, { email: b, name: 'Bob', data: { code: 7 } }],
      data: { code: 5 },
      tags: ['login'],
      metadata: { order: '17' },
      headers: { 'X-Order': '17' },
    });
    expect(sent).toMatchObject({
      status: 202,
      body: {
        recipients: [
          { email: a, state: 'pending' },
          { email: b, state: 'pending' },
        ],
      },
    });
    const one = await test.call('GET', `/api/emails/${sent.body.id}`);
    expect(one).toMatchObject({
      status: 200,
      body: {
        subject: LETTER.subject,
        from: 'News <news@sender.test>',
        state: 'active',
        tags: ['login'],
        metadata: { order: '17' },
        headers: { 'X-Order': '17' },
        recipients: [
          { seq: 1, email: a, state: 'pending', subject: 'Your code is 5', events: [] },
          { seq: 2, email: b, state: 'pending', subject: 'Your code is 7' },
        ],
      },
    });
    const rows = await test.database.pool.query('select data from email_sends where send_id = $1 order by seq', [
      sent.body.id,
    ]);
    expect(rows.rows.map(({ data }) => data)).toEqual([
      { code: 5, name: 'Ada', email: a },
      { code: 7, name: 'Bob', email: b },
    ]);
  });

  it('uses the version of a template as it is now, and makes none of its own but for another subject', async () => {
    const template = await test.call('POST', '/api/templates', {
      name: 'Code',
      subject: 'First',
      htmlContent: '<p>1</p>',
    });
    const versions = async () =>
      (await test.database.pool.query('select count(*)::int as n from template_versions')).rows[0].n as number;
    const before = await versions();
    const { id: templateId } = template.body;
    const sent = await send({ to: address(), templateId });
    const other = await send({ to: address(), templateId, subject: 'Other' });
    expect([sent.status, other.status, (await versions()) - before]).toEqual([202, 202, 1]);
    const subjects = [sent, other].map(async ({ body }) => (await test.call('GET', `/api/emails/${body.id}`)).body);
    expect(await Promise.all(subjects)).toMatchObject([
      { subject: 'First', templateId },
      { subject: 'Other', templateId: null },
    ]);
  });

  it.each([
    ['no recipient', { ...LETTER, to: [] }, 422, 'VALIDATION', undefined],
    ['addresses that are none', { ...LETTER, to: ['a@b.test', 'nobody'] }, 422, 'VALIDATION', 'to/1'],
    ['one address twice', { ...LETTER, to: ['a@b.test', { email: 'A@B.test' }] }, 422, 'VALIDATION', 'to/1'],
    ['no content', { to: 'a@b.test', subject: 'x' }, 422, 'VALIDATION', 'htmlContent'],
    ['no subject', { to: 'a@b.test', textContent: 'x' }, 422, 'VALIDATION', 'subject'],
    ['a template and content', { ...LETTER, to: 'a@b.test', templateId: uuid7() }, 422, 'VALIDATION', 'templateId'],
    ['a template of nobody', { to: 'a@b.test', templateId: uuid7() }, 404, 'NOT_FOUND', undefined],
    ['a list of nobody', { ...LETTER, to: 'a@b.test', listId: uuid7() }, 422, 'VALIDATION', 'listId'],
    ['an account of nobody', { ...LETTER, to: 'a@b.test', accountIds: [uuid7()] }, 422, 'VALIDATION', 'accountIds'],
    ['a header of ours', { ...LETTER, to: 'a@b.test', headers: { Subject: 'x' } }, 422, 'VALIDATION', undefined],
    ['broken Liquid', { ...LETTER, to: 'a@b.test', textContent: '{{ x' }, 422, 'TEMPLATE_SYNTAX', undefined],
    ['no moment', { ...LETTER, to: 'a@b.test', scheduledAt: 'soon' }, 422, 'VALIDATION', 'scheduledAt'],
  ])('refuses %s, and stores nothing', async (_, body, status, code, path) => {
    const count = async () => (await test.database.pool.query('select count(*)::int as n from campaigns')).rows[0].n;
    const before = await count();
    const answer = await send(body);
    expect(answer).toMatchObject({ status, body: { code } });
    if (path) expect(answer.body.errors[0].path).toBe(path);
    expect(await count()).toBe(before);
  });

  it('is done once for one Idempotency-Key, also by two requests at once and after an answer was lost', async () => {
    const key = { 'idempotency-key': uuid7() };
    const body = { ...LETTER, to: [address(), address()] };
    const answers = await Promise.all([send(body, key), send(body, key), send(body, key)]);
    const done = answers.filter(({ status }) => status === 202);
    expect(done.length).toBeGreaterThan(0);
    expect(
      answers.filter(({ status }) => status !== 202).every(({ body }) => body.code === 'IDEMPOTENCY_CONFLICT'),
    ).toBe(true);
    const again = await send(body, key);
    expect(again).toMatchObject({ status: 202, headers: { 'idempotency-replayed': 'true' } });
    // As if the process had ended between the commit and the answer.
    await test.database.pool.query(
      `update idempotency_keys set status = null, response = null, claimed_at = now() - interval '2 minutes'`,
    );
    const repeated = await send(body, key);
    expect(repeated.body).toEqual(again.body);
    expect(new Set([...done, again, repeated].map((answer) => answer.body.id)).size).toBe(1);
    const { rows } = await test.database.pool.query(
      'select count(*)::int as n from email_sends where email = any($1)',
      [body.to],
    );
    expect(rows[0].n).toBe(2);
    expect(await send({ ...body, subject: 'Other' }, key)).toMatchObject({ status: 409 });
  });

  it('goes past a wish for no more mailings when it says so, and never past a bounce, a complaint or a list that was left', async () => {
    const people = { gone: address(), bounced: address(), left: address() };
    const suppress = (email: string, reason: string) => test.call('POST', '/api/suppressions', { email, reason });
    await suppress(people.gone, 'unsubscribed');
    await suppress(people.bounced, 'hard-bounce');
    const to = Object.values(people);
    const usual = await send({ ...LETTER, to });
    expect(usual.body.recipients.map(({ state }: { state: string }) => state)).toEqual([
      'excluded',
      'excluded',
      'pending',
    ]);
    const both = await send({ ...LETTER, to, listId, evenIfUnsubscribed: true });
    expect(both).toMatchObject({ status: 422, body: { errors: [{ path: 'evenIfUnsubscribed' }] } });
    const sent = await send({ ...LETTER, to, evenIfUnsubscribed: true });
    expect(sent.body.recipients.map(({ state }: { state: string }) => state)).toEqual([
      'pending',
      'excluded',
      'pending',
    ]);
    expect(sent.body.recipients[1].reason).toBe('suppressed');
    const ofList = await send({ ...LETTER, to, listId });
    expect(ofList.body.recipients.map(({ state }: { state: string }) => state)).toEqual([
      'excluded',
      'excluded',
      'pending',
    ]);
    const none = await send({ ...LETTER, to: people.bounced });
    expect((await test.call('GET', `/api/emails/${none.body.id}`)).body.state).toBe('completed');
  });
});

describe('POST /api/emails/batch', () => {
  it('accepts all or none, and tells of each that is wrong by its path', async () => {
    const good = { ...LETTER, to: address() };
    const wrong = await test.call('POST', '/api/emails/batch', {
      emails: [good, { ...good, to: ['x'] }, good, { ...good, templateId: uuid7() }],
    });
    expect(wrong).toMatchObject({ status: 422, body: { code: 'VALIDATION' } });
    expect(wrong.body.errors.map(({ path }: { path: string }) => path)).toEqual([
      'emails/1/to/0',
      'emails/3/templateId',
    ]);
    const key = { 'idempotency-key': uuid7() };
    const emails = Array.from({ length: 100 }, () => ({ ...LETTER, to: [address(), address()] }));
    const sent = await test.call('POST', '/api/emails/batch', { emails }, key);
    expect(sent.status).toBe(202);
    expect(new Set(sent.body.emails.map(({ id }: { id: string }) => id)).size).toBe(100);
    expect((await test.call('POST', '/api/emails/batch', { emails }, key)).body).toEqual(sent.body);
    expect(await test.call('POST', '/api/emails/batch', { emails: [...emails, good] })).toMatchObject({ status: 422 });
  });
});

describe('the list of emails', () => {
  it('pages newest first and filters by recipient, state and time, within the workspace', async () => {
    const to = address();
    const ids: string[] = [];
    for (let i = 0; i < 3; i++) ids.unshift((await send({ ...LETTER, to })).body.id);
    const idsOf = async (query: string, call = test.call) =>
      (await call('GET', `/api/emails?recipient=${to}${query}`)).body.items.map(({ id }: { id: string }) => id);
    expect(await idsOf('')).toEqual(ids);
    const page = await test.call('GET', `/api/emails?recipient=${to}&limit=2`);
    expect(page.body.items).toMatchObject([{ recipients: [{ email: to, state: 'pending' }] }, {}]);
    expect(await idsOf(`&cursor=${page.body.nextCursor}`)).toEqual(ids.slice(2));
    expect(await idsOf('&state=pending')).toEqual(ids);
    for (const state of ['sent', 'failed', 'deferred', 'unknown', 'excluded', 'cancelled', 'sending'])
      expect(await idsOf(`&state=${state}`), state).toEqual([]);
    expect(await idsOf(`&since=${new Date(Date.now() + 60_000).toISOString()}`)).toEqual([]);
    expect(await idsOf('', test.stranger)).toEqual([]);
    expect(await test.stranger('GET', `/api/emails/${ids[0]}`)).toMatchObject({ status: 404 });
    expect(await test.stranger('POST', `/api/emails/${ids[0]}/cancel`)).toMatchObject({ status: 404 });
  });

  it('is not that of campaigns, to whose routes an email is nothing', async () => {
    const { id } = (await send({ ...LETTER, to: address() })).body;
    for (const [method, path] of [
      ['GET', ''],
      ['GET', '/recipients'],
      ['POST', '/pause'],
      ['POST', '/cancel'],
      ['POST', '/retry-failed'],
      ['DELETE', ''],
    ] as const)
      expect((await test.call(method, `/api/campaigns/${id}${path}`)).status, path).toBe(404);
    expect((await test.call('GET', '/api/campaigns')).body.items).toEqual([]);
    expect((await test.call('GET', '/api/queue/progress')).body.items).toEqual([]);
  });
});

describe('cancelling', () => {
  it('takes back what waits for its time, once', async () => {
    const scheduledAt = new Date(Date.now() + 3_600_000).toISOString();
    const { id } = (await send({ ...LETTER, to: [address(), address()], scheduledAt })).body;
    expect((await test.call('GET', `/api/emails/${id}`)).body).toMatchObject({ state: 'delayed', scheduledAt });
    const cancelled = await test.call('POST', `/api/emails/${id}/cancel`);
    expect(cancelled).toMatchObject({
      status: 202,
      body: { id, state: 'cancelled', recipients: [{ state: 'cancelled' }, { state: 'cancelled' }] },
    });
    expect(await test.call('POST', `/api/emails/${id}/cancel`)).toMatchObject({
      status: 409,
      body: { code: 'EMAIL_STATE' },
    });
  });
});
