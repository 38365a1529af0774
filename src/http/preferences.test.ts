import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestApp, type TestApp } from '../../test/helpers/app.ts';
import { expandCampaign } from '../engine/expand.ts';

describe('/u/:token/preferences', () => {
  let test: TestApp;
  beforeAll(async () => {
    test = await openTestApp();
    await test.addAccount(25);
  });
  afterAll(() => test.close());

  const post = async (url: string, body: object) => (await test.call('POST', url, body)).body;
  const path = (token: string) => `/u/${token}/preferences`;
  const get = (token: string) => test.inject({ url: path(token) });
  const press = (token: string, fields: Array<[string, string]>) =>
    test.inject({
      method: 'POST',
      url: path(token),
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'user-agent': 'Test/1.0' },
      payload: new URLSearchParams(fields).toString(),
    });

  async function launch(audience: unknown): Promise<{ id: string; token: (seq: number) => string }> {
    const letter = { subject: 'x', textContent: 'x', from: 'Ada <ada@b.test>' };
    const { campaignId: id } = await post('/api/campaigns/send', { ...letter, audience });
    await expandCampaign(test.core.db, id, { onBatchesReady: async () => {} });
    const { rows } = await test.database.pool.query('select id from campaign_sends where campaign_id = $1', [id]);
    return { id, token: (seq) => test.core.tokens.forRecipient({ sendId: rows[0].id, seq }).unsubscribeToken };
  }
  const counts = async (id: string) => (await test.call('GET', `/api/campaigns/status/campaign-${id}`)).body.counts;
  const contactOf = async (email: string) => {
    const [contact] = (await test.call('GET', `/api/contacts?search=${email}`)).body.items;
    return contact && (await test.call('GET', `/api/contacts/${contact.id}`)).body;
  };
  const consentsOf = async (email: string) => {
    const { id } = await contactOf(email);
    const { items } = (await test.call('GET', `/api/contacts/${id}/consent`)).body;
    return items.map((item: { action: string; list: { name: string } | null }) => [
      item.action,
      item.list?.name ?? null,
    ]);
  };

  let lists = 0;
  async function topics() {
    lists++;
    const news = await post('/api/lists', {
      name: `News ${lists}`,
      visibility: 'public',
      description: 'Once a <week>',
    });
    const offers = await post('/api/lists', { name: `Offers ${lists}`, visibility: 'public' });
    const secret = await post('/api/lists', { name: `Whales ${lists}` });
    return { news, offers, secret };
  }

  it('shows public lists and what of them is received, and changes nothing', async () => {
    const { news, secret } = await topics();
    for (const { id } of [news, secret]) await post(`/api/lists/${id}/contacts`, { emails: ['show@x.test'] });
    const { token } = await launch({ listIds: [news.id] });
    const page = await get(token(1));
    expect(page).toMatchObject({
      statusCode: 200,
      headers: { 'cache-control': 'no-store', 'x-robots-tag': 'noindex, nofollow' },
    });
    expect(page.headers['set-cookie']).toBeUndefined();
    expect(page.headers['content-security-policy']).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self'/,
    );
    expect(page.body).toContain(`value="${news.id}" checked`);
    expect(page.body).toContain('Once a &#60;week&#62;');
    expect(page.body).not.toContain('Whales');
    expect(page.body).not.toContain('show@x.test');
    expect(page.body).not.toContain('<script');
    expect((await contactOf('show@x.test')).lists).toHaveLength(2);
  });

  it('joins and leaves topics, on record, and leaves alone what was not on the page', async () => {
    const { news, offers, secret } = await topics();
    for (const { id } of [news, secret]) await post(`/api/lists/${id}/contacts`, { emails: ['topic@x.test'] });
    const { id, token } = await launch({ listIds: [news.id] });
    const page = await press(token(1), [
      ['action', 'save'],
      ['shown', news.id],
      ['shown', offers.id],
      ['shown', secret.id],
      ['topic', offers.id],
    ]);
    expect(page.body).toContain('Your topics are saved.');
    expect((await contactOf('topic@x.test')).lists).toEqual([
      { id: news.id, name: news.name, status: 'unsubscribed' },
      { id: offers.id, name: offers.name, status: 'subscribed' },
      { id: secret.id, name: secret.name, status: 'subscribed' },
    ]);
    expect(await counts(id)).toMatchObject({ excluded: 1, pending: 0 });
    expect((await consentsOf('topic@x.test')).slice(0, 2)).toEqual([
      ['unsubscribed', news.name],
      ['subscribed', offers.name],
    ]);
  });

  it('pauses everything for a time and ends that again', async () => {
    const { news } = await topics();
    await post(`/api/lists/${news.id}/contacts`, { emails: ['pause@x.test'] });
    const { id, token } = await launch({ listIds: [news.id] });
    const page = await press(token(1), [
      ['action', 'pause'],
      ['months', '3'],
    ]);
    expect(page.body).toMatch(/Nothing is sent to you until \d+ \w+ \d{4}/);
    expect(await contactOf('pause@x.test')).toMatchObject({
      suppressed: 'paused',
      lists: [{ status: 'subscribed' }],
    });
    expect(await counts(id)).toMatchObject({ excluded: 1, pending: 0 });
    const again = await press(token(1), [
      ['action', 'pause'],
      ['months', '1'],
    ]);
    const { items } = (await test.call('GET', '/api/suppressions?binds=pause@x.test')).body;
    const days = (Date.parse(items[0].expiresAt) - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(26);
    expect(days).toBeLessThan(32);
    expect(again.body).toContain('End the pause now');
    expect((await press(token(1), [['action', 'resume']])).body).toContain('The pause is over.');
    expect((await contactOf('pause@x.test')).suppressed).toBeNull();
    for (const months of ['2', '', '1e9', '-1'])
      expect(
        (
          await press(token(1), [
            ['action', 'pause'],
            ['months', months],
          ])
        ).statusCode,
      ).toBe(422);
    expect((await consentsOf('pause@x.test')).map(([action]: string[]) => action)).toEqual([
      'resumed',
      'paused',
      'paused',
      'subscribed',
    ]);
  });

  it('unsubscribes from everything with a reason, and lets who comes back be sent to again', async () => {
    const { news, offers } = await topics();
    for (const { id } of [news, offers]) await post(`/api/lists/${id}/contacts`, { emails: ['all@x.test'] });
    const { token } = await launch({ listIds: [news.id] });
    const other = await launch({ listIds: [offers.id] });
    const gone = await press(token(1), [
      ['action', 'leave'],
      ['reason', 'I get too many messages'],
    ]);
    expect(gone.body).toContain('You are unsubscribed from everything.');
    expect(await contactOf('all@x.test')).toMatchObject({
      suppressed: 'unsubscribed',
      lists: [{ status: 'unsubscribed' }, { status: 'unsubscribed' }],
    });
    expect(await counts(other.id)).toMatchObject({ excluded: 1, pending: 0 });
    const { id } = await contactOf('all@x.test');
    const [record] = (await test.call('GET', `/api/contacts/${id}/consent`)).body.items;
    expect(record).toMatchObject({ action: 'unsubscribed', method: 'page', detail: 'I get too many messages' });
    await press(token(1), [
      ['action', 'save'],
      ['shown', news.id],
      ['topic', news.id],
    ]);
    expect(await contactOf('all@x.test')).toMatchObject({ suppressed: null, lists: [{ status: 'subscribed' }, {}] });
  });

  it('lifts no suppression that was not their own', async () => {
    const { news } = await topics();
    const { token } = await launch([{ email: 'bounce@x.test' }]);
    await post('/api/suppressions', { email: 'bounce@x.test', reason: 'complaint' });
    const page = await press(token(1), [
      ['action', 'save'],
      ['shown', news.id],
      ['topic', news.id],
    ]);
    expect(page.body).toContain('The sender keeps this address from being sent to');
    expect((await contactOf('bounce@x.test')).suppressed).toBe('complaint');
    await press(token(1), [['action', 'resume']]);
    await press(token(1), [
      ['action', 'pause'],
      ['months', '1'],
    ]);
    expect((await contactOf('bounce@x.test')).suppressed).toBe('complaint');
  });

  it('refuses links that are forged and forms that are not whole', async () => {
    const { token } = await launch([{ email: 'whole@x.test' }]);
    const good = token(1);
    for (const bad of [`${good.slice(0, -1)}${good.endsWith('A') ? 'B' : 'A'}`, 'x', good.slice(1)])
      for (const answer of [await get(bad), await press(bad, [['action', 'leave']])])
        expect(answer.statusCode).toBe(404);
    expect((await press(good, [['action', 'else']])).statusCode).toBe(422);
    expect((await press(good, [])).statusCode).toBe(422);
    expect((await press(good, [['x', 'y'.repeat(70_000)]])).statusCode).toBe(413);
    const oneClick = await press(good, [['List-Unsubscribe', 'One-Click']]);
    expect(oneClick.statusCode).toBe(422);
    expect((await test.inject({ url: '/u/test/preferences' })).body).toContain('This was a test');
  });
});
