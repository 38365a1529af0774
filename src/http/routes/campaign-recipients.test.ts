import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestApp, type TestApp } from '../../../test/helpers/app.ts';
import { type SmtpSink, startSink } from '../../../test/helpers/smtp-sink.ts';
import { expandCampaign } from '../../engine/expand.ts';
import { uuid7 } from '../../lib/uuid7.ts';

describe('the ledger of a campaign over HTTP', () => {
  let test: TestApp;
  let campaignId: string;
  beforeAll(async () => {
    test = await openTestApp();
    const account = await test.addAccount(25);
    const audience = [
      { email: '=cmd@evil.test', name: '=1+1' },
      ...Array.from({ length: 5 }, (_, i) => ({ email: `u${i}@b.test` })),
    ];
    const sent = await test.call('POST', '/api/campaigns/send', { subject: 'x', textContent: 'x', audience });
    campaignId = sent.body.campaignId;
    await expandCampaign(test.core.db, campaignId, { onBatchesReady: async () => {} });
    const { pool } = test.database;
    const send = `send_id = (select id from campaign_sends where campaign_id = '${campaignId}')`;
    await pool.query(
      `update email_sends set state = 2, attempts = 1, account_id = $1, code = 250, response = '250 ok', sent_at = now() where ${send} and seq = 2`,
      [account.id],
    );
    await pool.query(
      `update email_sends set state = 4, attempts = 1, code = 550, class = 'mailbox-unknown', response = '=550, "no"' where ${send} and seq = 3`,
    );
    await pool.query(`update email_sends set state = 3, attempts = 1, code = 451 where ${send} and seq = 4`);
    await pool.query(
      `insert into email_retry_jobs select send_id, seq, '2030-01-01' from email_sends where ${send} and seq = 4`,
    );
    // Its batch is somebody's now: its rows are counted themselves.
    await pool.query(`update campaign_send_batches set state = 'leased' where ${send}`);
    await pool.query(
      `insert into email_events (workspace_id, send_id, seq, type) select $1, send_id, seq, 'delivered' from email_sends where ${send} and seq = 2`,
      [test.caller.workspaceId],
    );
  });
  afterAll(() => test.close());
  const recipients = (query: string) => test.call('GET', `/api/campaigns/${campaignId}/recipients${query}`);

  it('shows one item a recipient, with what its server said', async () => {
    const { body } = await recipients('');
    expect(body.items).toHaveLength(6);
    expect(body.items[1]).toMatchObject({
      seq: 2,
      email: 'u0@b.test',
      state: 'sent',
      attempts: 1,
      code: 250,
      response: '250 ok',
      events: [{ type: 'delivered' }],
    });
    expect(body.items[1].messageId).toMatch(/^[0-9a-f]+\.[0-9a-f]{16}@sender\.test$/);
    expect(body.items[3]).toMatchObject({ state: 'deferred', nextAttemptAt: '2030-01-01T00:00:00.000Z' });
    expect(body.items[4]).toMatchObject({ state: 'pending', messageId: null, events: [] });
  });

  it('filters by state, address and code, and pages by position', async () => {
    expect((await recipients('?state=failed')).body.items).toMatchObject([{ seq: 3, class: 'mailbox-unknown' }]);
    expect((await recipients('?email=U3@B.test')).body.items).toMatchObject([{ seq: 5 }]);
    expect((await recipients('?code=550')).body.items).toHaveLength(1);
    expect((await recipients('?class=greylisted')).body.items).toEqual([]);
    expect((await recipients('?state=failed&class=mailbox-unknown&code=550')).body.items).toMatchObject([
      { seq: 3, state: 'failed', attempts: 1, code: 550, class: 'mailbox-unknown', response: '=550, "no"' },
    ]);
    const first = await recipients('?limit=4');
    const rest = await recipients(`?limit=4&cursor=${first.body.nextCursor}`);
    expect(rest.body).toMatchObject({ items: [{ seq: 5 }, { seq: 6 }], nextCursor: null });
  });

  it('begins at any row, of all or of a state', async () => {
    expect((await recipients('?from=4')).body.items).toMatchObject([{ seq: 5 }, { seq: 6 }]);
    expect((await recipients('?state=pending&from=1')).body.items).toMatchObject([{ seq: 5 }, { seq: 6 }]);
    expect((await recipients('?state=pending&from=3')).body).toEqual({ items: [], nextCursor: null });
  });

  it('reports accounts, domains and answers', async () => {
    const { body } = await test.call('GET', `/api/campaigns/${campaignId}/report`);
    expect(body).toMatchObject({ isSample: false, rates: { points: [] } });
    expect(body.accounts).toMatchObject([{ counts: { sent: 1 } }]);
    expect(body.domains).toMatchObject([
      { domain: 'b.test', counts: { sent: 1, failed: 1, deferred: 1, pending: 2 } },
      { domain: 'evil.test', counts: { pending: 1 } },
    ]);
    expect(body.answers).toMatchObject([
      { state: 'deferred', code: 451, count: 1 },
      { state: 'failed', class: 'mailbox-unknown', code: 550, count: 1, example: '=550, "no"' },
    ]);
  });

  it.each([
    ['?state=lost', 'state'],
    ['?from=1&email=u0@b.test', 'from'],
    ['?code=abc', 'code'],
    ['?limit=1001', 'limit'],
    ['?limit=0', 'limit'],
    ['?cursor=abc', 'cursor'],
  ])('refuses %s', async (query, path) => {
    expect(await recipients(query)).toMatchObject({ status: 422, body: { errors: [{ path }] } });
  });

  it('streams all of it as CSV in which no cell is a formula', async () => {
    const csv = await recipients('?format=csv');
    expect(csv.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(csv.headers['content-disposition']).toContain('attachment');
    const lines = csv.text.trimEnd().split('\r\n');
    expect(lines).toHaveLength(7);
    expect(lines[0]).toBe(
      'seq,email,state,attempts,accountId,messageId,response,code,class,reason,sentAt,nextAttemptAt,events,sentAs,variant',
    );
    expect(lines[1]).toContain("1,'=cmd@evil.test,pending");
    expect(lines[3]).toContain(`"'=550, ""no"""`);
  });

  it('streams those that were asked for as CSV', async () => {
    const { text } = await recipients('?format=csv&state=failed&class=mailbox-unknown&code=550');
    expect(text.trimEnd().split('\r\n')).toHaveLength(2);
    expect(text).toContain(',failed,1,');
    expect((await recipients('?format=csv&class=greylisted')).text.trimEnd().split('\r\n')).toHaveLength(1);
  });

  it('has no ledger before the launch', async () => {
    const draft = await test.call('POST', '/api/campaigns', { name: 'x' });
    const { body } = await test.call('GET', `/api/campaigns/${draft.body.id}/recipients`);
    expect(body).toEqual({ items: [], nextCursor: null });
    expect((await test.call('GET', `/api/campaigns/${uuid7()}/recipients`)).status).toBe(404);
  });
});

describe('trying a campaign out', () => {
  let test: TestApp;
  let sink: SmtpSink;
  beforeAll(async () => {
    test = await openTestApp();
    sink = await startSink({
      script: ({ stage, line }) => (stage === 'rcpt' && line.includes('refuse') ? '550 5.1.1 no such user' : undefined),
    });
  });
  afterAll(async () => {
    await test.close();
    await sink.close();
  });

  it('sends to each address at once with the fields of a real recipient, and answers what the server said', async () => {
    await test.addAccount(sink.port, { limitPerDay: 3 });
    const draft = await test.call('POST', '/api/campaigns', {
      subject: 'Hi {{firstName}}',
      textContent: 'x',
      audience: [{ email: 'a@b.test', firstName: 'Zoë' }],
    });
    const answer = await test.call('POST', `/api/campaigns/${draft.body.id}/test`, {
      to: ['me@b.test', 'refuse@b.test'],
    });
    expect(answer).toMatchObject({
      status: 200,
      body: {
        results: [
          { email: 'me@b.test', sent: true },
          { email: 'refuse@b.test', sent: false },
        ],
      },
    });
    expect(answer.body.results[1].response).toContain('550');
    const [copy, ...others] = sink.accepted.map(({ content }) => content.toString());
    expect(others).toEqual([]);
    expect(copy).toMatch(/^Subject: =\?UTF-8\?Q\?Hi_Zo=C3=AB/m);
    expect(copy).toContain('/u/test>');
    expect((await test.call('GET', `/api/campaigns/${draft.body.id}/recipients`)).body.items).toEqual([]);
    // The account's limits hold for tests as well: two of three are used.
    const again = () => test.call('POST', `/api/campaigns/${draft.body.id}/test`, { to: ['a@b.test', 'c@d.test'] });
    expect((await again()).body.results).toMatchObject([
      { sent: true },
      { sent: false, response: expect.stringContaining('limit') },
    ]);
    const refused = await again();
    expect(refused).toMatchObject({ status: 429, body: { code: 'RATE_LIMITED' } });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(60);
  });

  it('refuses what is no address before anything is sent', async () => {
    const draft = await test.call('POST', '/api/campaigns', { subject: 'x', textContent: 'x' });
    const answer = await test.call('POST', `/api/campaigns/${draft.body.id}/test`, {
      to: ['me@b.test', 'x\r\nRCPT TO:<y@z.test>'],
    });
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ path: 'to/1' }] } });
  });
});
