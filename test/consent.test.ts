import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sendDueConfirmations } from '../src/core/confirmation-mails.ts';
import { expandCampaign } from '../src/engine/expand.ts';
import { openTestApp, type TestApp } from './helpers/app.ts';
import { type SmtpSink, startSink } from './helpers/smtp-sink.ts';

let test: TestApp;
let sink: SmtpSink;

beforeEach(async () => {
  sink = await startSink();
  test = await openTestApp();
  await test.addAccount(sink.port);
});
afterEach(async () => {
  await test.close();
  await sink.close();
});

const post = async (url: string, body: object) => (await test.call('POST', url, body)).body;
const browser = { 'user-agent': 'Test/1.0', 'content-type': 'application/x-www-form-urlencoded' };
const visit = (url: string) => test.inject({ url, headers: browser, remoteAddress: '192.0.2.77' });
const press = (url: string, fields: Record<string, string> = {}) =>
  test.inject({
    method: 'POST',
    url,
    headers: browser,
    remoteAddress: '192.0.2.77',
    payload: new URLSearchParams(fields).toString(),
  });

/** Sends what is due; the mails that came of it, decoded. */
async function mails(): Promise<Array<{ to: string; text: string; confirm: string; decline: string }>> {
  const before = sink.accepted.length;
  await sendDueConfirmations(test.core);
  return sink.accepted.slice(before).map(({ to, content }) => {
    const text = content.toString().replace(/=\r\n/g, '').replaceAll('=3D', '=');
    const link = (kind: string) => new RegExp(`http://localhost:3000(/${kind}/[\\w-]+)`).exec(text)?.[1] ?? '';
    return { to: to[0] ?? '', text, confirm: link('confirm'), decline: link('decline') };
  });
}

async function statusIn(listId: string, email: string): Promise<string | undefined> {
  const { rows } = await test.database.pool.query(
    `select s.status from list_subscriptions s join contacts c on c.id = s.contact_id where s.list_id = $1 and c.email_key = $2`,
    [listId, email],
  );
  return rows[0]?.status;
}

async function consents(email: string): Promise<Array<Record<string, unknown>>> {
  const [contact] = (await test.call('GET', `/api/contacts?search=${encodeURIComponent(email)}`)).body.items;
  return (await test.call('GET', `/api/contacts/${contact.id}/consent`)).body.items;
}

describe('a list with double opt-in', () => {
  let list: { id: string };
  beforeEach(async () => {
    list = await post('/api/lists', { name: 'Letters', optIn: 'double' });
  });

  it('takes people as unconfirmed, and sends them nothing until they press the button of their mail', async () => {
    expect(await post(`/api/lists/${list.id}/contacts`, { emails: ['ada@x.test'] })).toEqual({
      subscribed: 0,
      unconfirmed: 1,
      unchanged: 0,
      unsubscribed: 0,
    });
    expect(await statusIn(list.id, 'ada@x.test')).toBe('unconfirmed');
    expect((await test.call('GET', `/api/lists/${list.id}`)).body.contacts).toMatchObject({ unconfirmed: 1 });
    const sent = await post('/api/campaigns/send', {
      subject: 'x',
      textContent: 'x',
      audience: { listIds: [list.id] },
    });
    await expandCampaign(test.core.db, sent.campaignId, { onBatchesReady: async () => {} });
    const { items } = (await test.call('GET', `/api/campaigns/${sent.campaignId}/recipients`)).body;
    expect(items).toMatchObject([{ state: 'excluded', reason: 'unconfirmed' }]);

    const [mail] = await mails();
    expect(mail?.to).toBe('ada@x.test');
    expect(mail?.text).toContain('Please confirm: Letters');
    for (const path of [mail?.confirm ?? '', mail?.confirm ?? '']) {
      const page = await visit(path);
      expect(page.statusCode).toBe(200);
      expect(page.body).toContain('a•••@x.test');
    }
    expect(await statusIn(list.id, 'ada@x.test')).toBe('unconfirmed'); // scanners follow links
    expect((await press(mail?.confirm ?? '')).body).toContain('You are subscribed');
    expect(await statusIn(list.id, 'ada@x.test')).toBe('subscribed');
    expect(await consents('ada@x.test')).toMatchObject([
      { action: 'confirmed', method: 'mail', ip: '192.0.2.0', userAgent: 'Test/1.0', list: { name: 'Letters' } },
      { action: 'requested', method: 'api' },
    ]);
  });

  it('does not subscribe anybody again by an old link', async () => {
    await post(`/api/lists/${list.id}/contacts`, { emails: ['old@x.test'] });
    const [mail] = await mails();
    await press(mail?.confirm ?? '');
    const [contact] = (await test.call('GET', '/api/contacts?search=old@x.test')).body.items;
    await test.call('DELETE', `/api/lists/${list.id}/contacts/${contact.id}`);
    expect((await press(mail?.confirm ?? '')).body).toContain('Confirmed already');
    expect(await statusIn(list.id, 'old@x.test')).toBe('unsubscribed');
  });

  it('deletes the request of who says that it was not them, also when a mail program says so', async () => {
    await post(`/api/lists/${list.id}/contacts`, { emails: ['not@x.test'] });
    const [mail] = await mails();
    expect(mail?.text).toContain(`List-Unsubscribe: <http://localhost:3000${mail?.decline}>`);
    expect((await visit(mail?.decline ?? '')).body).toContain('This was not you?');
    expect((await press(mail?.decline ?? '', { 'List-Unsubscribe': 'One-Click' })).statusCode).toBe(200);
    expect((await press(mail?.confirm ?? '')).statusCode).toBe(404);
    expect(await statusIn(list.id, 'not@x.test')).toBe('unconfirmed');
  });

  it('refuses links that are forged, of another purpose, or too old', async () => {
    await post(`/api/lists/${list.id}/contacts`, { emails: ['late@x.test'] });
    const [mail] = await mails();
    const token = (mail?.confirm ?? '').slice('/confirm/'.length);
    for (const path of [
      `/confirm/${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`,
      `/confirm/${token.slice(1)}`,
      `/decline/${token}`,
      '/confirm/x',
    ])
      for (const answer of [await visit(path), await press(path)]) expect(answer.statusCode, path).toBe(404);
    const expired = test.core.pageTokens.read('confirm', token);
    const old = test.core.pageTokens.make('confirm', { id: expired?.id ?? '', expiresAt: Date.now() - 1000 });
    expect((await press(`/confirm/${old}`)).statusCode).toBe(404);
    expect(await statusIn(list.id, 'late@x.test')).toBe('unconfirmed');
  });

  it('asks nobody twice within minutes, however many ask for it at once', async () => {
    const add = () => post(`/api/lists/${list.id}/contacts`, { emails: ['twice@x.test'], resubscribe: true });
    await Promise.all([add(), add(), add()]);
    expect(await mails()).toHaveLength(1);
    await add();
    expect(await mails()).toHaveLength(0);
    await test.database.pool.query(`update confirmations set created_at = created_at - interval '11 minutes'`);
    await add();
    expect(await mails()).toHaveLength(1);
  });

  it('asks nobody who is suppressed', async () => {
    for (const [email, reason] of [
      ['self@x.test', 'unsubscribed'],
      ['spam@x.test', 'complaint'],
    ])
      await post('/api/suppressions', { email, reason });
    await post('/api/suppressions', { domain: 'gone.test' });
    await post(`/api/lists/${list.id}/contacts`, { emails: ['self@x.test', 'spam@x.test', 'a@gone.test'] });
    expect(await mails()).toEqual([]);
  });

  it('takes who has confirmed elsewhere, with your claim on record', async () => {
    const consent = { source: 'Fair in Lyon', text: 'I want letters' };
    const reply = await post(`/api/lists/${list.id}/contacts`, { emails: ['fair@x.test'], confirmed: true, consent });
    expect(reply).toMatchObject({ subscribed: 1, unconfirmed: 0 });
    expect(await mails()).toEqual([]);
    expect(await consents('fair@x.test')).toMatchObject([
      {
        action: 'subscribed',
        detail: 'Fair in Lyon',
        text: 'I want letters',
        source: expect.stringMatching(/^API key/),
      },
    ]);
  });

  it('has words of its own, which need the link', async () => {
    const url = `/api/lists/${list.id}`;
    const own = { subject: 'Bitte bestätigen', text: 'Hallo {{firstName | default: "du"}}: {{confirmUrl}}' };
    expect((await test.call('PATCH', url, { confirmation: own })).body.confirmation).toEqual(own);
    await post(`${url}/contacts`, { emails: ['own@x.test'] });
    const [mail] = await mails();
    expect(mail?.text).toContain('Hallo du: http://localhost:3000/confirm/');
    expect(mail?.text).not.toContain('text/html');
    for (const bad of [
      { ...own, text: 'no link' },
      { ...own, text: '{{confirmUrl}} {% if %}' },
      { ...own, html: '<p>no link</p>' },
      { ...own, subject: 'a\nb' },
    ])
      expect((await test.call('PATCH', url, { confirmation: bad })).status, JSON.stringify(bad)).toBe(422);
    expect((await test.call('PATCH', url, { confirmation: null })).body.confirmation).toBeNull();
  });
});

describe('a mail that asks for confirmation', () => {
  it('obeys the limits of its account, and goes when there is room', async () => {
    await test.database.pool.query('update sending_accounts set limit_per_hour = 2');
    const list = await post('/api/lists', { name: 'L', optIn: 'double' });
    const emails = Array.from({ length: 5 }, (_, i) => `limit${i}@x.test`);
    await post(`/api/lists/${list.id}/contacts`, { emails });
    expect(await mails()).toHaveLength(2);
    await test.database.pool.query('update confirmations set due_at = now() where due_at is not null');
    expect(await mails()).toHaveLength(0);
    const { rows } = await test.database.pool.query('select attempts from confirmations where sent_at is null');
    expect(rows).toEqual([{ attempts: 0 }, { attempts: 0 }, { attempts: 0 }]);
  });

  it('is tried again when the server refused it for now, and not when it did for good', async () => {
    await test.close();
    await sink.close();
    sink = await startSink({
      script: ({ stage, line }) => {
        if (stage !== 'rcpt') return undefined;
        return line.includes('now@') ? '451 4.3.0 later' : '550 5.1.1 nobody';
      },
    });
    test = await openTestApp();
    await test.addAccount(sink.port);
    const list = await post('/api/lists', { name: 'L', optIn: 'double' });
    await post(`/api/lists/${list.id}/contacts`, { emails: ['now@x.test', 'never@x.test'] });
    expect(await mails()).toEqual([]);
    const { rows } = await test.database.pool.query(
      `select c.email, q.due_at is not null as again, q.error from confirmations q join contacts c on c.id = q.contact_id order by 1`,
    );
    expect(rows).toMatchObject([
      { email: 'never@x.test', again: false, error: expect.stringContaining('550') },
      { email: 'now@x.test', again: true, error: expect.stringContaining('451') },
    ]);
  });
});

describe('who unsubscribed', () => {
  it('comes back to a list with single opt-in only when they confirm', async () => {
    const list = await post('/api/lists', { name: 'Single' });
    const url = `/api/lists/${list.id}/contacts`;
    await post(url, { emails: ['back@x.test'] });
    const [contact] = (await test.call('GET', '/api/contacts?search=back@x.test')).body.items;
    await test.call('DELETE', `${url}/${contact.id}`);
    await post(url, { contactIds: [contact.id] });
    expect(await mails()).toEqual([]);
    expect(await post(url, { contactIds: [contact.id], resubscribe: true })).toMatchObject({
      subscribed: 0,
      unsubscribed: 1,
    });
    expect(await statusIn(list.id, 'back@x.test')).toBe('unsubscribed');
    const [mail] = await mails();
    await press(mail?.confirm ?? '');
    expect(await statusIn(list.id, 'back@x.test')).toBe('subscribed');
    expect((await consents('back@x.test')).map(({ action }) => action)).toEqual([
      'confirmed',
      'requested',
      'unsubscribed',
      'subscribed',
    ]);
  });
});
