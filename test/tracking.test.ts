import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SendCampaignBody } from '../src/contract/campaigns.ts';
import { sendCampaign } from '../src/core/campaigns.ts';
import { TrackingRecorder } from '../src/core/tracking-recorder.ts';
import { openTestApp, type TestApp } from './helpers/app.ts';
import { TestWorkers, untilState } from './helpers/campaign.ts';
import { type SmtpSink, startSink } from './helpers/smtp-sink.ts';

const READER = 'Mozilla/5.0 (X11; Linux x86_64; rv:125.0) Gecko/20100101 Firefox/125.0';
const HTML =
  '<body><a href="https://shop.test/a?x=1&amp;y=2">a</a> <a href="https://shop.test/{{ code }}">own</a> <a href="{{unsubscribeUrl}}">off</a></body>';

describe('tracking of opens and clicks', () => {
  let test: TestApp;
  let sink: SmtpSink;
  const workers = new TestWorkers();

  beforeEach(async () => {
    test = await openTestApp();
    sink = await startSink();
    await test.addAccount(sink.port);
    await workers.start(test);
  });
  afterEach(async () => {
    await workers.stop();
    await test.close();
    await sink.close();
  });

  async function send(body: Partial<SendCampaignBody>): Promise<{ id: string; copies: Map<string, string> }> {
    const before = sink.accepted.length;
    const audience = [
      { email: 'ada@x.test', code: 'A&1' },
      { email: 'bob@x.test', code: 'B' },
    ];
    const { id } = await sendCampaign(test.core, test.caller, { subject: 'x', htmlContent: HTML, audience, ...body });
    await untilState(test, id, 'completed');
    const copies = sink.accepted.slice(before).map(({ to, content }) => [String(to), htmlOf(content)] as const);
    // Whatever comes a moment after a message is a program's.
    await test.database.pool.query(`update email_sends set sent_at = now() - interval '1 hour'`);
    return { id, copies: new Map(copies) };
  }

  const get = (url: string, method: 'GET' | 'HEAD' = 'GET', agent = READER) =>
    test.inject({ method, url: new URL(url).pathname, headers: { 'user-agent': agent } });
  const addresses = (html: string, kind: string) =>
    [...html.matchAll(new RegExp(`http://localhost:3000/${kind}/[\\w-]+`, 'g'))].map(([url]) => url);
  const reportOf = async (id: string) => (await test.call('GET', `/api/campaigns/${id}/report`)).body.engagement;
  const untilRecorded = (count: number) =>
    expect
      .poll(
        async () => (await test.database.pool.query(`select 1 from email_events where source = 'tracking'`)).rowCount,
        {
          timeout: 10_000,
        },
      )
      .toBe(count);

  it('leads readers on by links of their own, and counts who opened and clicked', async () => {
    const { id, copies } = await send({ tracking: { opens: true, clicks: true } });
    const ada = copies.get('ada@x.test') ?? '';
    const [first = '', own = ''] = addresses(ada, 'c');
    const answer = await get(first);
    expect(answer).toMatchObject({
      statusCode: 302,
      headers: {
        location: 'https://shop.test/a?x=1&y=2',
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
      },
    });
    expect((await get(own)).headers.location).toBe('https://shop.test/A&1');
    const [bobs = ''] = addresses(copies.get('bob@x.test') ?? '', 'c').slice(1);
    expect((await get(bobs, 'GET', 'Barracuda Sentinel (EE)')).headers.location).toBe('https://shop.test/B');
    expect((await get(first, 'HEAD')).headers.location).toBe('https://shop.test/a?x=1&y=2');
    const picture = await get(addresses(ada, 'o')[0] ?? '');
    expect(picture).toMatchObject({
      statusCode: 200,
      headers: { 'content-type': 'image/gif', 'cache-control': 'no-store' },
    });
    expect(picture.rawPayload.subarray(0, 6).toString()).toBe('GIF89a');
    await untilRecorded(4);
    expect(await reportOf(id)).toEqual({
      opens: { people: 1, all: 1, events: 1, machineEvents: 0 },
      clicks: { people: 1, all: 2, events: 3, machineEvents: 1 },
      links: [
        { position: 1, url: 'https://shop.test/a?x=1&y=2', isPersonal: false, people: 1, clicks: 1, machineClicks: 0 },
        { position: 2, url: 'https://shop.test/{{ code }}', isPersonal: true, people: 1, clicks: 1, machineClicks: 1 },
      ],
    });
    const { items } = (await test.call('GET', `/api/events?campaignId=${id}&type=clicked&machine=true`)).body;
    expect(items).toMatchObject([
      { email: 'bob@x.test', machine: true, data: { url: 'https://shop.test/B', why: 'security-scanner' } },
    ]);
    expect(JSON.stringify(items)).not.toMatch(/Sentinel|127\.0/);
  });

  it('is not there where it is off: messages are the same to the byte, apart from what every copy has of its own', async () => {
    const { copies } = await send({});
    const off = await send({ tracking: { opens: false, clicks: false } });
    for (const all of [copies, off.copies])
      expect(all.get('bob@x.test')?.replace(/\/u\/[\w-]+/, '/u/-')).toBe(
        '<body><a href="https://shop.test/a?x=1&amp;y=2">a</a> <a href="https://shop.test/B">own</a> <a href="http://localhost:3000/u/-">off</a></body>',
      );
  });

  it('spares contacts with tracking: false, and whoever asked for it on their page', async () => {
    const audience = [
      { email: 'ada@x.test', code: 'A', tracking: 'no' },
      { email: 'bob@x.test', code: 'B' },
      { email: 'cy@x.test', code: 'C' },
    ];
    const tracked = { tracking: { opens: true, clicks: true }, audience };
    const before = (await send(tracked)).copies;
    expect(addresses(before.get('ada@x.test') ?? '', '[co]')).toEqual([]);
    const bobs = before.get('bob@x.test') ?? '';
    expect(addresses(bobs, '[co]')).toHaveLength(3);
    const page = `${addresses(bobs, 'u')[0]}/preferences`;
    const answer = await test.inject({
      method: 'POST',
      url: new URL(page).pathname,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: 'action=untrack',
    });
    expect(answer.body).toContain('Let it be noted again');
    // Links that are out already lead on, and nothing is noted.
    expect((await get(addresses(bobs, 'c')[0] ?? '')).statusCode).toBe(302);
    const after = (await send(tracked)).copies;
    expect(addresses(after.get('bob@x.test') ?? '', '[co]')).toEqual([]);
    expect(after.get('bob@x.test')).toContain('href="https://shop.test/B"');
    expect(addresses(after.get('cy@x.test') ?? '', '[co]')).toHaveLength(3);
    await get(addresses(after.get('cy@x.test') ?? '', 'o')[0] ?? '');
    await untilRecorded(1);
  });

  it('spares contacts whose field says so, in campaigns to their lists', async () => {
    const { body: list } = await test.call('POST', '/api/lists', { name: 'News' });
    for (const [email, attributes] of [
      ['quiet@x.test', { tracking: false, code: 'Q' }],
      ['any@x.test', { tracking: true, code: 'A' }],
    ] as const)
      expect((await test.call('POST', '/api/contacts', { email, attributes, listIds: [list.id] })).status).toBe(201);
    const { copies } = await send({ audience: { listIds: [list.id] }, tracking: { opens: true, clicks: true } });
    expect(addresses(copies.get('quiet@x.test') ?? '', '[co]')).toEqual([]);
    expect(addresses(copies.get('any@x.test') ?? '', '[co]')).toHaveLength(3);
  });

  it('takes clicks on many links at once for a scanner, also those it had noted as a person’s', async () => {
    const htmlContent = '<a href="https://a.test">a</a><a href="https://b.test">b</a><a href="https://c.test">c</a>';
    const { id, copies } = await send({ htmlContent, tracking: { clicks: true } });
    await Promise.all(addresses(copies.get('ada@x.test') ?? '', 'c').map((url) => get(url)));
    await get(addresses(copies.get('bob@x.test') ?? '', 'c')[0] ?? '');
    await untilRecorded(4);
    await expect
      .poll(async () => (await reportOf(id)).clicks)
      .toEqual({ people: 1, all: 2, events: 4, machineEvents: 3 });
  });

  it('refuses forged tokens without asking the database, as unsubscribe links do', async () => {
    const { copies } = await send({ tracking: { opens: true, clicks: true } });
    const real = copies.get('ada@x.test') ?? '';
    const asked = vi.spyOn(test.core.db.pool, 'connect');
    const forged = ['c', 'o', 'u']
      .flatMap((kind) => addresses(real, kind))
      .map((url) => url.replace(/.$/, (c) => (c === 'A' ? 'E' : 'A')));
    const swapped = addresses(real, 'c').map((url) => url.replace('/c/', '/o/'));
    for (const url of [...forged, ...swapped, 'http://x/c/x', 'http://x/v/x', `http://x/c/${'A'.repeat(48)}`]) {
      const answer = await get(url);
      expect([answer.statusCode, answer.headers.location]).toEqual([404, undefined]);
    }
    expect(asked).not.toHaveBeenCalled();
    asked.mockRestore();
    await test.app.close();
    expect((await test.database.pool.query(`select 1 from email_events`)).rowCount).toBe(0);
  });

  it('loses no click that was answered when the process is killed: the next one finds it', async () => {
    const { copies } = await send({ tracking: { clicks: true } });
    const [url = ''] = addresses(copies.get('ada@x.test') ?? '', 'c');
    const ref = test.core.linkTokens.read('click', new URL(url).pathname.slice(3));
    const dying = new TrackingRecorder({ ...test.core, db: { ...test.core.db, sql: undefined as never } });
    vi.useFakeTimers({ toFake: ['setTimeout'] }); // it never comes to write
    dying.add({ type: 'clicked', ref: ref!, link: 0, url: 'https://shop.test/a', agent: READER, ip: '192.0.2.1' });
    vi.useRealTimers();
    const [file = ''] = fs.readdirSync(path.join(test.core.dataDir, 'tracking'));
    const spool = path.join(test.core.dataDir, 'tracking', file);
    const left = fs.readFileSync(spool, 'utf8');
    expect(left).not.toContain('192.0.2.1');
    // The writer is gone: nobody has this number and start time.
    fs.writeFileSync(spool, left.replace(/"processKey":"([^"]*) \d+"/, '"processKey":"$1 1"'));
    const next = new TrackingRecorder(test.core);
    await next.takeLeftovers();
    await next.takeLeftovers();
    const { rows } = await test.database.pool.query(`select link_no, machine, data from email_events`);
    expect(rows).toEqual([{ link_no: 0, machine: false, data: { url: 'https://shop.test/a' } }]);
    expect(fs.existsSync(spool)).toBe(false);
  });

  it('appends UTM parameters, with and without tracking', async () => {
    const utm = { source: 'news', domains: ['shop.test'] };
    const { copies } = await send({ utm });
    expect(copies.get('bob@x.test')).toContain('<a href="https://shop.test/a?x=1&amp;y=2&amp;utm_source=news">');
    expect(copies.get('bob@x.test')).toContain('<a href="https://shop.test/B?utm_source=news">');
    const tracked = await send({ utm, tracking: { clicks: true } });
    const [first = '', own = ''] = addresses(tracked.copies.get('bob@x.test') ?? '', 'c');
    expect((await get(first)).headers.location).toBe('https://shop.test/a?x=1&y=2&utm_source=news');
    expect((await get(own)).headers.location).toBe('https://shop.test/B?utm_source=news');
  });

  it('keeps the address and the program of readers only where the workspace says so', async () => {
    await test.call('PATCH', '/api/settings', { keepClientDetails: true });
    const { id, copies } = await send({ tracking: { opens: true } });
    await get(addresses(copies.get('ada@x.test') ?? '', 'o')[0] ?? '');
    await untilRecorded(1);
    const { items } = (await test.call('GET', `/api/events?campaignId=${id}`)).body;
    expect(items[0].data).toEqual({ agent: READER, ip: '127.0.0.1' });
  });

  it('shows a message in a browser to whom it was sent, without the picture that tells of it', async () => {
    const htmlContent =
      '<html><body><a href="{{webVersionUrl}}">view</a><p>{{ code }}</p><a href="https://a.test">a</a><img src="cid:logo"></body></html>';
    const { copies } = await send({
      htmlContent,
      tracking: { opens: true, clicks: true },
      attachments: [{ filename: 'a.png', contentType: 'image/png', contentBase64: 'AAAA', cid: 'logo' }],
    });
    const [url = ''] = addresses(copies.get('ada@x.test') ?? '', 'v');
    const page = await get(url);
    expect(page.statusCode).toBe(200);
    expect(page.headers).toMatchObject({ 'cache-control': 'no-store', 'x-robots-tag': 'noindex, nofollow' });
    expect(page.headers['content-security-policy']).toMatch(/^default-src 'none'; .*sandbox /);
    expect(page.body).toContain('<p>A&amp;1</p>');
    expect(page.body).toContain('src="data:image/png;base64,AAAA"');
    expect(page.body).toContain('>Unsubscribe</a>');
    expect(addresses(page.body, 'o')).toEqual([]);
    const [link = ''] = addresses(page.body, 'c');
    expect((await get(link)).headers.location).toBe('https://a.test/');
    expect((await get(url.replace(/.$/, (c) => (c === 'A' ? 'E' : 'A')))).statusCode).toBe(404);
  });
});

function htmlOf(content: Buffer): string {
  const text = content.toString('latin1');
  const part = /Content-Type: text\/html[^\r]*\r\n(?:[^\r]+\r\n)*\r\n([\s\S]*?)\r\n(?:--|$)/i.exec(text)?.[1] ?? '';
  return part
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .trim();
}
