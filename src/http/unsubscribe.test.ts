import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestApp, type TestApp } from '../../test/helpers/app.ts';
import { expandCampaign } from '../engine/expand.ts';
import { uuid7 } from '../lib/uuid7.ts';

const ONE_CLICK = { 'content-type': 'application/x-www-form-urlencoded' };

describe('/u/:token', () => {
  let test: TestApp;
  beforeAll(async () => {
    test = await openTestApp();
    await test.addAccount(25);
  });
  afterAll(() => test.close());

  async function launch(audience: unknown): Promise<{ id: string; token: (seq: number) => string }> {
    const sent = await test.call('POST', '/api/campaigns/send', {
      subject: 'x',
      textContent: 'x',
      from: 'Ada & Co <ada@b.test>',
      audience,
    });
    const id = sent.body.campaignId as string;
    await expandCampaign(test.core.db, id, { onBatchesReady: async () => {} });
    const { rows } = await test.database.pool.query('select id from campaign_sends where campaign_id = $1', [id]);
    return { id, token: (seq) => test.core.tokens.forRecipient({ sendId: rows[0].id, seq }).unsubscribeToken };
  }
  const get = (token: string) => test.inject({ url: `/u/${token}` });
  const post = (token: string, headers: Record<string, string> = ONE_CLICK, payload = 'List-Unsubscribe=One-Click') =>
    test.inject({ method: 'POST', url: `/u/${token}`, headers, payload });
  const counts = async (id: string) => (await test.call('GET', `/api/campaigns/status/campaign-${id}`)).body.counts;
  const everything = async () => {
    const tables = ['suppressions', 'list_subscriptions', 'email_events', 'email_sends', 'campaign_send_batches'];
    const dump = await Promise.all(
      tables.map((table) => test.database.pool.query(`select * from ${table} order by 1, 2`)),
    );
    return JSON.stringify(dump.map(({ rows }) => rows));
  };

  it('asks on GET and changes nothing, however often a scanner follows the link', async () => {
    const { token } = await launch([{ email: 'scan@x.test' }]);
    const before = await everything();
    const pages = await Promise.all(Array.from({ length: 3 }, () => get(token(1))));
    await test.inject({ method: 'HEAD', url: `/u/${token(1)}` });
    expect(await everything()).toBe(before);
    const page = pages[0]!;
    expect(page).toMatchObject({
      statusCode: 200,
      headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' },
    });
    expect(page.headers['set-cookie']).toBeUndefined();
    expect(page.body).toContain('<form method="post">');
    expect(page.body).toContain('s•••@x.test');
    expect(page.body).toContain('Ada &#38; Co');
    expect(page.body).not.toContain('<script');
  });

  it('suppresses somebody of an inline audience on one click, once, and takes them out of what is under way', async () => {
    const first = await launch([{ email: 'inline@x.test' }, { email: 'other@x.test' }]);
    const second = await launch([{ email: 'INLINE@x.test' }]);
    const answers = await Promise.all([post(first.token(1)), post(first.token(1)), post(first.token(1), {}, '')]);
    for (const answer of answers) {
      expect(answer.statusCode).toBe(200);
      expect(answer.headers.location).toBeUndefined();
      expect(answer.body).toContain('You are unsubscribed');
    }
    const { items } = (await test.call('GET', '/api/suppressions?search=inline@')).body;
    expect(items).toMatchObject([{ reason: 'unsubscribed', source: expect.stringContaining(first.id) }]);
    expect(await counts(first.id)).toMatchObject({ excluded: 1, pending: 1 });
    expect(await counts(second.id)).toMatchObject({ excluded: 1, pending: 0 });
    const [row] = (await test.call('GET', `/api/campaigns/${first.id}/recipients`)).body.items;
    expect(row).toMatchObject({ state: 'excluded', reason: 'suppressed', events: [{ type: 'unsubscribed' }] });
  });

  it('takes a contact off the lists of the campaign and leaves others alone', async () => {
    const [one, two] = await Promise.all(
      ['One', 'Two'].map(async (name) => (await test.call('POST', '/api/lists', { name })).body.id as string),
    );
    for (const id of [one, two])
      await test.call('POST', `/api/lists/${id}/contacts`, { emails: ['member@x.test', 'stays@x.test'] });
    const toOne = await launch({ listIds: [one] });
    const toTwo = await launch({ listIds: [two] });
    const toBoth = await launch({ listIds: [one, two] });
    const { rows } = await test.database.pool.query(
      `select seq from email_sends e join campaign_sends s on s.id = e.send_id where s.campaign_id = $1 and email_key = 'member@x.test'`,
      [toOne.id],
    );
    expect((await post(toOne.token(rows[0].seq))).statusCode).toBe(200);
    const [member] = (await test.call('GET', '/api/contacts?search=member@')).body.items;
    const detail = (await test.call('GET', `/api/contacts/${member.id}`)).body;
    expect(detail).toMatchObject({
      suppressed: null,
      lists: [
        { name: 'One', status: 'unsubscribed' },
        { name: 'Two', status: 'subscribed' },
      ],
    });
    expect(await counts(toOne.id)).toMatchObject({ excluded: 1, pending: 1 });
    expect(await counts(toTwo.id)).toMatchObject({ excluded: 0, pending: 2 });
    expect(await counts(toBoth.id)).toMatchObject({ excluded: 0, pending: 2 });
    expect((await post(toBoth.token(1))).statusCode).toBe(200);
    expect((await post(toBoth.token(2))).statusCode).toBe(200);
    expect(await counts(toTwo.id)).toMatchObject({ excluded: 2, pending: 0 });
  });

  it('refuses a link that is forged, cut short, or of a campaign that is gone', async () => {
    const { token, id } = await launch([{ email: 'forged@x.test' }]);
    const good = token(1);
    const flipped = `${good.slice(0, 30)}${good[30] === 'A' ? 'B' : 'A'}${good.slice(31)}`;
    const before = await everything();
    for (const bad of [
      flipped,
      good.slice(0, -1),
      `${good}A`,
      'x',
      uuid7(),
      '%00',
      '..%2f..%2f',
      "'--",
      'é'.repeat(50),
      'A'.repeat(400),
    ]) {
      for (const answer of [await get(encodeURI(bad)), await post(encodeURI(bad))]) {
        expect(answer.statusCode, bad).toBe(404);
        expect(answer.headers['content-type']).toContain('text/html');
      }
    }
    expect(await everything()).toBe(before);
    expect((await post(good.replace(/^/, ''))).statusCode).toBe(200);
    await test.call('POST', `/api/campaigns/${id}/cancel`);
    await test.call('DELETE', `/api/campaigns/${id}`);
    expect((await get(good)).statusCode).toBe(404);
  });

  it('takes whatever body a mail program sends, and knows a test', async () => {
    const { token } = await launch([{ email: 'bodies@x.test' }]);
    const form = '--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n';
    for (const [type, body] of [
      ['multipart/form-data; boundary=b', form],
      ['text/plain', 'x'],
      ['application/json', '{oops'],
    ] as const)
      expect((await post(token(1), { 'content-type': type }, body)).statusCode, type).toBe(200);
    expect((await get('test')).body).toContain('This was a test');
    expect((await post('test')).statusCode).toBe(200);
  });
});
