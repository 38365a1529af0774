import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FeedServer } from '../../test/helpers/feed-server.ts';
import { guardedDownload } from '../lib/guarded-request.ts';
import { type FeedState, fetchFeed } from './feed-fetch.ts';
import { readFeed } from './feed-read.ts';

/** A server on the web that leads on, as far as a test can have one: everything else is asked as it is. */
const leadOnTo =
  (location: string): typeof guardedDownload =>
  async (request, most) =>
    request.url.hostname === 'public.test'
      ? { status: 302, headers: { location }, body: Buffer.alloc(0) }
      : guardedDownload(request, most);

const read = (text: string) => readFeed(text, 'https://blog.test/feed');
const shown = (text: string) => {
  const { title, link, items } = read(text);
  return { title, link, items: items.map(({ key: _, content, ...item }) => ({ ...item, ...content() })) };
};

describe('feeds', () => {
  it('of RSS 2.0 are read with what their modules add', () => {
    const text = `<?xml version="1.0"?>
      <rss version="2.0" xmlns:content="c" xmlns:dc="d" xmlns:media="m"><channel>
        <title>Tom &amp;amp; Co</title><link>https://blog.test</link>
        <item><title>Old</title><guid isPermaLink="true">https://blog.test/old</guid><pubDate>Mon, 05 Jan 2026 09:00:00 +0100</pubDate>
          <author>ada@x.test (Ada L)</author><description>Only&nbsp;words</description></item>
        <item><title>A &lt;em&gt;new&lt;/em&gt; one</title><guid isPermaLink="false">7</guid><link>/new?{a}</link>
          <pubDate>Tue, 06 Jan 2026 09:00:00 GMT</pubDate><dc:creator>Bob</dc:creator>
          <description><![CDATA[<p>Short</p>]]></description>
          <content:encoded><![CDATA[<p onclick="x()">Long <a href="javascript:x()">a</a><a href="more">b</a><img src="p.png"><script>x()</script></p>]]></content:encoded>
          <media:content url="https://blog.test/i.jpg" medium="image"/></item>
      </channel></rss>`;
    expect(shown(text)).toEqual({
      title: 'Tom & Co',
      link: 'https://blog.test/',
      items: [
        {
          title: 'A new one',
          link: 'https://blog.test/new?%7Ba%7D',
          author: 'Bob',
          date: new Date('2026-01-06T09:00:00Z'),
          summary: 'Short',
          html: '<p>Long <a>a</a><a href="https://blog.test/more">b</a><img src="https://blog.test/p.png" /></p>',
          image: 'https://blog.test/i.jpg',
        },
        {
          title: 'Old',
          link: 'https://blog.test/old',
          author: 'Ada L',
          date: new Date('2026-01-05T08:00:00Z'),
          summary: 'Only\u00a0words',
          html: 'Only\u00a0words',
          image: null,
        },
      ],
    });
  });

  it('of Atom, JSON and RSS 1.0 are the same', () => {
    const item = { title: 'One < two', link: 'https://blog.test/1', summary: 'Hi', author: 'Ada' };
    const atom =
      shown(`<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:title>Blog</a:title><a:link href="/"/><a:author><a:name>Ada</a:name></a:author>
      <a:entry><a:id>urn:1</a:id><a:title>One &lt; two</a:title><a:link rel="self" href="/self"/><a:link href="/1"/><a:updated>2026-01-05T08:00:00Z</a:updated>
      <a:content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><b>Hi</b></div></a:content></a:entry></a:feed>`);
    expect(atom).toMatchObject({ title: 'Blog', link: 'https://blog.test/', items: [item] });
    expect(atom.items[0]?.html).toBe('<div><b>Hi</b></div>');
    const json = { version: 'https://jsonfeed.org/version/1.1', title: 'Blog', home_page_url: 'https://blog.test/' };
    const post = { id: 1, url: '/1', title: 'One < two', content_text: 'Hi', authors: [{ name: 'Ada' }] };
    expect(shown(JSON.stringify({ ...json, items: [post, post] }))).toMatchObject({ title: 'Blog', items: [item] });
    const rdf = `<rdf:RDF xmlns:rdf="r" xmlns:dc="d"><channel><title>Blog</title><link>https://blog.test</link></channel>
      <item rdf:about="1"><title>One &lt; two</title><link>https://blog.test/1</link><description>Hi</description><dc:creator>Ada</dc:creator></item></rdf:RDF>`;
    expect(shown(rdf)).toMatchObject({ title: 'Blog', items: [item] });
  });

  it.each([
    ['<rss><channel><title>x</channel></rss>', /no well-formed XML \(line 1/],
    ['<html><body/></html>', /a document of <html>, neither RSS, Atom nor JSON Feed/],
    ['{"items": []}', /JSON that is no JSON Feed/],
    ['{"items": [', /no well-formed JSON/],
    ['', /no well-formed XML/],
    [`<rss>${'<a>'.repeat(5000)}`, /too many elements/],
    [
      '<!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rss><channel><title>&b;</title></channel></rss>',
      /entity/,
    ],
  ])('that are none are refused in words: %.40s', (text, words) => {
    expect(() => read(text)).toThrow(words);
  });
});

describe('fetching a feed', () => {
  const nothing: FeedState = { etag: null, modified: null };
  let feed: FeedServer;
  beforeAll(async () => {
    feed = await FeedServer.start();
  });
  afterAll(() => feed.close());
  const ask = (state = nothing, allowPrivateAddresses = true) =>
    fetchFeed({ url: feed.url, allowPrivateAddresses }, state);

  it('unpacks, decodes, follows to where it has moved, and is told when nothing has changed', async () => {
    feed.serve(
      gzipSync(
        Buffer.from(
          '<?xml version="1.0" encoding="ISO-8859-1"?><rss><channel><title>Caf\xe9</title></channel></rss>',
          'latin1',
        ),
      ),
      { 'content-encoding': 'gzip' },
    );
    const { answer } = feed;
    feed.answer = (request, response) =>
      request.url === '/feed' ? response.writeHead(301, { location: '/moved' }).end() : answer(request, response);
    const fetched = await ask();
    if (fetched === 'unchanged') throw new Error('it is new');
    expect(fetched.feed.title).toBe('Café');
    expect(fetched.state.etag).not.toBeNull();
    expect(await ask(fetched.state)).toBe('unchanged');
  });

  it('refuses private addresses, also those it is led to, and what is too large, packed or not', async () => {
    await expect(ask(nothing, false)).rejects.toThrow(
      '127.0.0.1 is an address of this machine or of a private network',
    );
    const asked = feed.asked.length;
    const led = fetchFeed({ url: 'https://public.test/', allowPrivateAddresses: false }, nothing, leadOnTo(feed.url));
    await expect(led).rejects.toThrow('127.0.0.1 is an address of this machine');
    expect(feed.asked).toHaveLength(asked);
    feed.answer = (_, response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end();
    await expect(ask()).rejects.toThrow('leads on to what is no web address');
    feed.answer = (_, response) => response.writeHead(302, { location: '/feed' }).end();
    await expect(ask()).rejects.toThrow('leads on and on');
    const huge = Buffer.alloc(6 * 1024 * 1024, ' ');
    feed.serve(huge);
    await expect(ask()).rejects.toThrow('larger than 5 MB');
    feed.serve(gzipSync(huge), { 'content-encoding': 'gzip' });
    await expect(ask()).rejects.toThrow('larger than 5 MB');
    feed.answer = (_, response) => response.writeHead(503).end();
    await expect(ask()).rejects.toThrow('its server answers 503');
  });
});
