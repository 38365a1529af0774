import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { evaluateAlerts } from '../src/core/alert-evaluation.ts';
import { planSeries, runOccurrence } from '../src/core/series-run.ts';
import { listDueSeries } from '../src/db/series.ts';
import { listDueOccurrences } from '../src/db/series-occurrences.ts';
import { SeriesWatch } from '../src/workers/series-watch.ts';
import { openTestApp, type TestApp } from './helpers/app.ts';
import { TestWorkers, untilState } from './helpers/campaign.ts';
import { FeedServer } from './helpers/feed-server.ts';
import { startSink } from './helpers/smtp-sink.ts';

vi.setConfig({ testTimeout: 60_000 });

const DAILY = { every: 'day', at: '09:00', timezone: 'Europe/Berlin' } as const;
const NEWS =
  '<html><body><h1>{{ feed.title }}</h1>{% for item in items %}<p><a href="{{ item.link }}">{{ item.title }}</a> {{ item.summary }}</p>{% endfor %}<p>For {{ firstName }}</p></body></html>';

let test: TestApp;
let listId: string;
let feed: FeedServer;

beforeAll(async () => {
  test = await openTestApp();
});
afterAll(() => test.close());
beforeEach(async () => {
  feed = await FeedServer.start();
  await test.database.pool.query(
    'truncate series, campaigns, lists, contacts, sending_accounts, alerts, alert_conditions cascade',
  );
  listId = (await test.call('POST', '/api/lists', { name: 'Readers' })).body.id;
  for (const firstName of ['Ada', 'Bob'])
    await test.call('POST', '/api/contacts', {
      email: `${firstName.toLowerCase()}@x.test`,
      firstName,
      listIds: [listId],
    });
});
afterEach(() => feed.close());

async function make(body: object = {}): Promise<{ id: string; url: string; nextAt: string }> {
  const own = { subject: 'News for {{ firstName }}', htmlContent: '<p>Hello {{ firstName }}</p>' };
  const made = await test.call('POST', '/api/series', {
    name: 'News',
    ...('templateId' in body ? {} : own),
    audience: { listIds: [listId] },
    schedule: DAILY,
    ...body,
  });
  expect(made.text).not.toContain('"errors"');
  expect(made.status).toBe(201);
  return { ...made.body, url: `/api/series/${made.body.id}` };
}
const makeOfFeed = (settings: object = {}, body: object = {}) =>
  make({
    subject: '{{ items[0].title }} and {{ items.size }} in all',
    htmlContent: NEWS,
    feed: { url: feed.url, allowPrivateAddresses: true, ...settings },
    ...body,
  });

/** What every watch does every two seconds, once. */
async function round(): Promise<void> {
  for (const { workspaceId, id } of await listDueSeries(test.core.db.sql, 100))
    await planSeries(test.core, workspaceId, id);
  await Promise.all((await listDueOccurrences(test.core.db.sql, 100)).map((id) => runOccurrence(test.core, id)));
}
const makeDue = (id: string, ago = '1 second') =>
  test.database.pool.query(`update series set next_at = now() - $2::interval where id = $1`, [id, ago]);
const retryNow = () => test.database.pool.query(`update series_occurrences set next_try_at = now()`);
const occurrences = async (url: string) => (await test.call('GET', `${url}/occurrences`)).body.items;
const campaigns = async () => (await test.call('GET', '/api/campaigns')).body.items;
async function run(url: string): Promise<void> {
  expect(await test.call('POST', `${url}/run`)).toMatchObject({ status: 202, body: { state: 'due', manual: true } });
  await round();
}

describe('series by the API', () => {
  it('are made, shown, changed, paused, resumed and deleted', async () => {
    const { id, url, nextAt } = await make({ startsAt: '2030-03-30T00:00:00Z', replyTo: 'a@x.test' });
    expect(nextAt).toBe('2030-03-30T08:00:00.000Z');
    const { body: shown } = await test.call('GET', url);
    expect(shown).toMatchObject({ state: 'active', failures: 0, last: null, feed: null, catchUpHours: 12 });
    // Summer time begins on the second day.
    expect(shown.next.slice(0, 2)).toEqual(['2030-03-30T08:00:00.000Z', '2030-03-31T07:00:00.000Z']);
    const change = { schedule: { every: 'month', dayOfMonth: 31, at: '10:00' }, replyTo: null, name: 'Monthly' };
    const { body: changed } = await test.call('PATCH', url, { ...change, mjml: '<mjml><mj-body></mj-body></mjml>' });
    expect(changed).toMatchObject({
      name: 'Monthly',
      nextAt: '2030-03-31T10:00:00.000Z',
      subject: 'News for {{ firstName }}',
    });
    expect(changed.campaign).toEqual({
      audience: { listIds: [listId] },
      subject: 'News for {{ firstName }}',
      mjml: '<mjml><mj-body></mj-body></mjml>',
    });
    expect(await test.call('POST', `${url}/pause`)).toMatchObject({
      status: 200,
      body: { state: 'paused', nextAt: null, next: [] },
    });
    expect(await test.call('POST', `${url}/resume`)).toMatchObject({
      body: { state: 'active', nextAt: changed.nextAt },
    });
    expect(await test.call('PATCH', url, { endsAt: '2030-03-31T00:00:00Z' })).toMatchObject({
      body: { state: 'ended' },
    });
    expect((await test.call('GET', '/api/series?search=mont')).body.items).toMatchObject([{ id, state: 'ended' }]);
    expect((await test.stranger('GET', url)).status).toBe(404);
    expect((await test.as('viewer')('POST', `${url}/run`)).status).toBe(403);
    expect((await test.call('DELETE', url)).status).toBe(204);
    expect((await test.call('GET', url)).status).toBe(404);
  });

  it('are refused with the field that is wrong', async () => {
    const asked = async (body: object) => {
      const whole = {
        name: 'x',
        subject: 'x',
        htmlContent: 'x',
        audience: { listIds: [listId] },
        schedule: DAILY,
        ...body,
      };
      const { status, body: problem } = await test.as('editor')('POST', '/api/series', whole);
      return [status, problem.errors?.[0]?.path ?? problem.code];
    };
    const loop = '{% for item in items %}{% if item.title == city %}x{% endif %}{% endfor %}';
    const url = 'https://blog.test/feed';
    expect(await asked({ schedule: { every: 'week', at: '09:00' } })).toEqual([422, 'schedule/weekdays']);
    expect(await asked({ schedule: { ...DAILY, timezone: 'Mars/Olympus' } })).toEqual([422, 'schedule/timezone']);
    expect(await asked({ endsAt: '2020-01-01T00:00:00Z' })).toEqual([422, 'endsAt']);
    expect(await asked({ audience: {} })).toEqual([422, 'audience/listIds']);
    expect(await asked({ htmlContent: '{{ x' })).toEqual([422, 'htmlContent']);
    expect(await asked({ htmlContent: loop, feed: { url } })).toEqual([422, 'htmlContent']);
    expect(await asked({ feed: { url: 'ftp://blog.test' } })).toEqual([422, 'feed/url']);
    expect(await asked({ feed: { url, allowPrivateAddresses: true } })).toEqual([403, 'FORBIDDEN']);
  });

  it('show beforehand when they come, and the mail that today’s feed would make', async () => {
    feed.serveRss([2, 1]);
    const body = { schedule: DAILY, subject: '{{ items[0].title }}', htmlContent: NEWS };
    const settings = { url: feed.url, allowPrivateAddresses: true, maxItems: 1 };
    const { body: shown } = await test.call('POST', '/api/series/preview', { ...body, feed: settings });
    expect(shown.next).toHaveLength(5);
    expect(shown.feed).toMatchObject({
      title: 'Blog',
      items: [{ title: 'Post 2', link: 'https://blog.test/2', summary: 'About 2' }],
    });
    expect(shown.message).toMatchObject({ subject: 'Post 2', fields: [{ name: 'firstName', isMissing: false }] });
    expect(shown.message.html).toMatch(/<a href="https:\/\/blog.test\/2">Post 2<\/a> About 2.*For Bob/s);
    feed.answer = (_, response) => response.writeHead(500).end();
    const refused = await test.call('POST', '/api/series/preview', { feed: settings });
    expect(refused).toMatchObject({ status: 502, body: { code: 'FEED_UNREADABLE' } });
    const guarded = await test.call('POST', '/api/series/preview', { feed: { url: feed.url } });
    expect(guarded.body.detail).toContain('private network');
  });

  it('hold on to their segments', async () => {
    const filter = { and: [{ field: 'tags', op: 'containsAny', value: ['vip'] }] };
    const { body: segment } = await test.call('POST', '/api/segments', { name: 'Adas', filter });
    await make({ audience: { segmentIds: [segment.id] } });
    const refused = await test.call('DELETE', `/api/segments/${segment.id}`);
    expect(refused).toMatchObject({ status: 409, body: { code: 'SEGMENT_IN_USE' } });
    expect(refused.body.detail).toContain('"News" (a series)');
  });
});

describe('an occurrence', () => {
  it('becomes one campaign with four processes looking, and the newest content of its template', async () => {
    await test.addAccount(25);
    const template = await test.call('POST', '/api/templates', { name: 'T', subject: 'One', htmlContent: '<p>1</p>' });
    const { id, url } = await make({ templateId: template.body.id });
    await test.call('PATCH', `/api/templates/${template.body.id}`, { subject: 'Two' });
    await makeDue(id);
    await Promise.all([round(), round(), round(), round()]);
    await round();
    expect(await occurrences(url)).toMatchObject([{ state: 'launched', manual: false, campaignState: 'waiting' }]);
    const [campaign, ...others] = await campaigns();
    expect(others).toEqual([]);
    expect(campaign).toMatchObject({ subject: 'Two', series: { id, name: 'News' }, state: 'waiting' });
    expect(campaign.name).toMatch(/^News, \d{4}-\d\d-\d\d$/);
    await test.call('DELETE', url);
    expect((await test.call('GET', `/api/campaigns/${campaign.id}`)).body.series).toBeNull();
  });

  it('whose campaign somebody deleted before it was settled makes no other one', async () => {
    await test.addAccount(25);
    const { url } = await make();
    await run(url);
    const [{ id }] = await campaigns();
    await test.call('POST', `/api/campaigns/${id}/cancel`);
    expect((await test.call('DELETE', `/api/campaigns/${id}`)).status).toBe(204);
    await test.database.pool.query(
      `update series_occurrences set state = 'due', finished_at = null, next_try_at = now()`,
    );
    await round();
    expect(await occurrences(url)).toMatchObject([
      { state: 'launched', reason: 'Its campaign was deleted.', campaignId: null },
    ]);
    expect(await campaigns()).toEqual([]);
  });

  it('is made up for if it is the latest that was missed, and not too late', async () => {
    await test.addAccount(25);
    const ago = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString().slice(11, 16);
    const daily = (hours: number) => make({ schedule: { every: 'day', at: ago(hours), timezone: 'UTC' } });
    for (const [hours, latest] of [
      [2, 'launched'],
      [14, 'missed'],
    ] as const) {
      const { id, url } = await daily(hours);
      await makeDue(id, '75 hours');
      await round();
      const states = (await occurrences(url)).map(({ state }: { state: string }) => state);
      expect(states).toEqual([latest, ...Array(states.length - 1).fill('missed')]);
      expect(states.length).toBeGreaterThan(2);
      expect(Date.parse((await test.call('GET', url)).body.nextAt)).toBeGreaterThan(Date.now());
    }
    expect(await campaigns()).toHaveLength(1);
    const strict = await make({ catchUpHours: 0 });
    await makeDue(strict.id, '10 minutes');
    await round();
    expect(await occurrences(strict.url)).toMatchObject([{ state: 'missed', campaignId: null }]);
    const lenient = await make({ catchUpHours: 1 });
    await makeDue(lenient.id, '10 minutes');
    await round();
    expect(await occurrences(lenient.url)).toMatchObject([{ state: 'launched' }]);
  });

  it('that cannot be launched says why; three in a row pause the series, with an alert until it is resumed', async () => {
    const { id, url } = await make();
    const raised = async () => {
      await evaluateAlerts(test.core, null);
      return (await test.call('GET', '/api/alerts?state=open')).body.items.filter(
        ({ kind }: { kind: string }) => kind === 'series-failed',
      );
    };
    for (let i = 1; i <= 3; i++) {
      await makeDue(id, `${4 - i} seconds`);
      await round();
      const [last] = await occurrences(url);
      expect(last).toMatchObject({ state: 'failed', reason: expect.stringContaining('no sending account') });
    }
    expect((await test.call('GET', url)).body).toMatchObject({
      state: 'paused',
      stateReason: expect.stringContaining('3 times in a row'),
      failures: 3,
    });
    expect(await raised()).toMatchObject([{ subject: id, message: expect.stringContaining('has paused itself') }]);
    expect(await campaigns()).toEqual([]);
    await test.addAccount(25);
    await test.call('POST', `${url}/resume`);
    expect(await raised()).toEqual([]);
    await run(url);
    expect(await campaigns()).toHaveLength(1);
  });
});

describe('a series with a feed', () => {
  const subjects = async () => (await campaigns()).map(({ subject }: { subject: string }) => subject);

  it('mails each item once, nothing where nothing is new, and asks by ETag', async () => {
    await test.addAccount(25);
    const { url } = await makeOfFeed({ maxItems: 2 });
    feed.serveRss([3, 2, 1]);
    await run(url);
    await run(url);
    expect(feed.asked.at(-1)?.['if-none-match']).toBeDefined();
    // The same with another ETag, and then with one post more.
    feed.serveRss([3, 2, 1], () => '<author>x</author>');
    await run(url);
    feed.serveRss([4, 3, 2, 1]);
    await run(url);
    expect(await subjects()).toEqual(['Post 4 and 1 in all', 'Post 3 and 2 in all']);
    expect(await occurrences(url)).toMatchObject([
      { state: 'launched', items: 1, passedOver: 0 },
      { state: 'skipped', reason: 'Nothing is new in the feed.', campaignId: null },
      { state: 'skipped' },
      { state: 'launched', items: 2, passedOver: 1 },
    ]);
  });

  it('may begin with what is dated later, or have the newest always', async () => {
    await test.addAccount(25);
    const dated = (n: number) => `<pubDate>${new Date(Date.now() + (n - 2) * 3_600_000).toUTCString()}</pubDate>`;
    feed.serveRss([3, 2, 1], dated);
    const later = await makeOfFeed({ startWith: 'later' });
    await run(later.url);
    const always = await makeOfFeed({ onlyNew: false, maxItems: 2 });
    await run(always.url);
    await run(always.url);
    expect(await subjects()).toEqual(['Post 3 and 2 in all', 'Post 3 and 2 in all', 'Post 3 and 1 in all']);
  });

  it('tries again when the feed cannot be read, then fails, and mails the items the next time', async () => {
    await test.addAccount(25);
    const { url } = await makeOfFeed();
    feed.serve('<rss><channel>');
    await run(url);
    for (let i = 0; i < 3; i++) {
      expect(await occurrences(url)).toMatchObject([
        { state: 'due', reason: expect.stringContaining('no well-formed XML') },
      ]);
      await retryNow();
      await round();
    }
    expect(await occurrences(url)).toMatchObject([
      { state: 'failed', reason: expect.stringContaining('no well-formed XML') },
    ]);
    // The feed is fine, but there is nothing to send through: its items are not used up.
    feed.serveRss([1]);
    await test.database.pool.query('delete from sending_accounts');
    await run(url);
    expect(await occurrences(url)).toMatchObject([{ state: 'failed' }, { state: 'failed' }]);
    await test.addAccount(25);
    await run(url);
    expect(await subjects()).toEqual(['Post 1 and 1 in all']);
  });

  it('arrives once at everybody, with its links followed and nothing of the feed taken for a field', async () => {
    const sink = await startSink();
    await test.addAccount(sink.port);
    const workers = new TestWorkers();
    const watch = new SeriesWatch(test.core);
    feed.serveRss(
      [2, 1],
      (n) =>
        `<content:encoded xmlns:content="c"><![CDATA[<p>{{ email }} {% raw %} &#123;{ firstName }}</p><script>x</script>${n}]]></content:encoded>`,
    );
    const { id, url } = await makeOfFeed(
      {},
      { htmlContent: NEWS.replace('{{ item.summary }}', '{{ item.html | raw }}'), tracking: { clicks: true } },
    );
    await makeDue(id);
    watch.start(100);
    await workers.start(test);
    await expect.poll(async () => (await occurrences(url))[0]?.campaignId, { timeout: 20_000 }).toBeTruthy();
    const [{ campaignId }] = await occurrences(url);
    await untilState(test, campaignId, 'completed');
    await workers.stop();
    await watch.close();
    expect(sink.accepted.map(({ to }) => String(to)).sort()).toEqual(['ada@x.test', 'bob@x.test']);
    const mail = Buffer.from(sink.accepted[0]?.content ?? '')
      .toString()
      .replaceAll('=\r\n', '')
      .replaceAll('=3D', '=');
    expect(mail).toContain('Subject: Post 2 and 2 in all');
    expect(mail).toMatch(
      /<a href="http:\/\/localhost:3000\/c\/[\w-]+">Post 2<\/a> <p>{{ email }} {% raw %} {{ firstName }}<\/p>2/,
    );
    expect(mail).not.toContain('<script>');
    expect(mail).toMatch(/For (Ada|Bob)/);
    const { rows } = await test.database.pool.query('select url, personal from campaign_links order by link_no');
    expect(rows).toEqual([1, 2].map((n) => ({ url: `https://blog.test/${3 - n}`, personal: false })));
    await sink.close();
  });
});
