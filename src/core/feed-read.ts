import { createHash } from 'node:crypto';
import { AppError, messageOf } from '../errors.ts';
import { cleanHtml, feedUrl, firstImage, oneLine, plainText } from './feed-html.ts';
import { childOf, childrenOf, markupOf, parseXml, textOf, type XmlElement } from './feed-xml.ts';

/** What a feed has to say, the newest first; nothing in it can harm a message. */
export interface Feed {
  readonly title: string;
  readonly link: string | null;
  readonly items: readonly FeedItem[];
}

export interface FeedItem {
  /** SHA-256 of what names it: its id, else its link, else its title and date. */
  readonly key: Buffer;
  readonly title: string;
  readonly link: string | null;
  readonly author: string | null;
  readonly date: Date | null;
  /** Read when it is wanted: cleaning a thousand items takes a second, and few are sent. */
  content(): ItemContent;
}

interface ItemContent {
  /** Plain text. */
  readonly summary: string;
  /** Cleaned (feed-html.ts). */
  readonly html: string;
  readonly image: string | null;
}

/** As the formats have it, before it is cleaned. */
interface RawItem {
  readonly id: string;
  readonly title: string;
  readonly link: string | null;
  /** HTML, as the next. */
  readonly summary: string;
  readonly html: string;
  readonly author: string;
  readonly date: string;
  readonly image: string | null;
}

const LONGEST = { title: 500, summary: 2000, author: 200 } as const;
const MOST_ITEMS = 1000;

export function unreadable(why: string, cause?: unknown): AppError {
  return new AppError('FEED_UNREADABLE', `The feed cannot be read: ${why}.`, { cause });
}

/** Reads RSS 0.9 to 2.0, Atom and JSON Feed; `url` is what relative addresses in it are relative to. Throws FEED_UNREADABLE. */
export function readFeed(text: string, url: string): Feed {
  const written = text.replace(/^\ufeff/, '').trimStart();
  const isJson = written.startsWith('{');
  try {
    return isJson ? readJsonFeed(JSON.parse(written), url) : readXmlFeed(parseXml(written), url);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw unreadable(
      `what its address answers is no well-formed ${isJson ? 'JSON' : 'XML'} (${messageOf(error)})`,
      error,
    );
  }
}

function readXmlFeed(root: XmlElement, url: string): Feed {
  const name = root.name.slice(root.name.indexOf(':') + 1);
  if (name === 'feed') return readAtom(withoutPrefix(root, root.name.slice(0, -'feed'.length)), url);
  const channel = childOf(root, 'channel');
  if (!channel || !['rss', 'rdf'].includes(name))
    throw unreadable(`its address answers a document of <${root.name}>, neither RSS, Atom nor JSON Feed`);
  // RSS 1.0 has its items beside the channel.
  const items = [...childrenOf(channel, 'item'), ...childrenOf(root, 'item')];
  const link = feedUrl(textOf(childOf(channel, 'link')), url);
  return finish(oneLine(textOf(childOf(channel, 'title'))), link, url, items.map(rssItem));
}

function rssItem(item: XmlElement): RawItem {
  const text = (...names: string[]) => textOf(childOf(item, ...names));
  const guid = childOf(item, 'guid');
  const isAddress = guid !== null && guid.attributes.ispermalink !== 'false' && /^https?:/.test(textOf(guid));
  const description = text('description');
  const author = text('dc:creator', 'author', 'itunes:author').slice(0, 2 * LONGEST.author);
  return {
    id: textOf(guid) || (item.attributes['rdf:about'] ?? ''),
    title: oneLine(text('title')),
    link: text('link') || (isAddress ? textOf(guid) : null),
    summary: description,
    html: text('content:encoded') || description,
    // RSS 2.0 has an address with the name behind it.
    author: /^\S+@\S+\s+\((.+)\)$/.exec(author)?.[1] ?? author,
    date: text('pubdate', 'dc:date', 'published'),
    image: imageOf(item),
  };
}

function imageOf(item: XmlElement): string | null {
  const media = [item, ...childrenOf(item, 'media:group')].flatMap((place) => [
    ...childrenOf(place, 'media:content'),
    ...childrenOf(place, 'enclosure'),
  ]);
  const picture = media.find(
    ({ attributes: { medium, type, url } }) =>
      medium === 'image' ||
      type?.startsWith('image/') ||
      (!medium && !type && /\.(?:jpe?g|png|gif|webp)\b/i.test(url ?? '')),
  );
  const thumbnail = childOf(item, 'media:thumbnail') ?? childOf(childOf(item, 'media:group'), 'media:thumbnail');
  return picture?.attributes.url ?? thumbnail?.attributes.url ?? childOf(item, 'itunes:image')?.attributes.href ?? null;
}

function readAtom(feed: XmlElement, url: string): Feed {
  const items = childrenOf(feed, 'entry').map((entry) => {
    const content = atomHtml(childOf(entry, 'content'));
    const summary = atomHtml(childOf(entry, 'summary', 'media:description'));
    return {
      id: textOf(childOf(entry, 'id')),
      title: oneLine(atomHtml(childOf(entry, 'title'))),
      link: atomLink(entry),
      summary,
      html: content || summary,
      author: textOf(childOf(childOf(entry, 'author') ?? childOf(feed, 'author'), 'name')),
      date: textOf(childOf(entry, 'published', 'updated')),
      image: imageOf(entry) ?? atomImage(entry),
    };
  });
  return finish(oneLine(atomHtml(childOf(feed, 'title'))), feedUrl(atomLink(feed), url), url, items);
}

/** RFC 4287, section 3.1: text, HTML or XHTML; here always HTML. */
function atomHtml(element: XmlElement | null): string {
  if (!element) return '';
  const { type = 'text' } = element.attributes;
  if (type === 'xhtml') return markupOf(element);
  const text = textOf(element);
  return type === 'html' || type === 'text/html' ? text : escapeHtml(text);
}

function atomLink(element: XmlElement): string | null {
  const links = childrenOf(element, 'link').map(({ attributes }) => attributes);
  const found = links.find(({ rel = 'alternate' }) => rel === 'alternate') ?? null;
  return found?.href ?? null;
}

function atomImage(entry: XmlElement): string | null {
  const links = childrenOf(entry, 'link').map(({ attributes }) => attributes);
  return links.find(({ rel, type }) => rel === 'enclosure' && type?.startsWith('image/'))?.href ?? null;
}

function withoutPrefix(element: XmlElement, prefix: string): XmlElement {
  if (prefix === '') return element;
  const name = element.name.startsWith(prefix) ? element.name.slice(prefix.length) : element.name;
  const children = element.children.map((child) => (typeof child === 'string' ? child : withoutPrefix(child, prefix)));
  return { ...element, name, children };
}

/** https://www.jsonfeed.org/version/1.1/ */
function readJsonFeed(document: unknown, url: string): Feed {
  const feed = asRecord(document);
  if (!asText(feed.version).includes('jsonfeed.org/version/') || !Array.isArray(feed.items))
    throw unreadable('its address answers JSON that is no JSON Feed');
  const items = feed.items.map((each: unknown) => {
    const item = asRecord(each);
    const text = asText(item.content_text);
    const html = asText(item.content_html) || escapeHtml(text).replaceAll('\n', '<br>');
    const [author] = Array.isArray(item.authors) ? item.authors : [item.author];
    return {
      id: asText(item.id),
      title: asText(item.title).replace(/\s+/g, ' ').trim(),
      link: asText(item.url) || asText(item.external_url) || null,
      summary: escapeHtml(asText(item.summary)),
      html,
      author: asText(asRecord(author).name),
      date: asText(item.date_published) || asText(item.date_modified),
      image: asText(item.image) || asText(item.banner_image) || null,
    };
  });
  return finish(asText(feed.title), feedUrl(asText(feed.home_page_url), url), url, items);
}

/** Cleaned, each item once, the newest first where all have a date, else as the feed has them. */
function finish(title: string, link: string | null, url: string, raw: readonly RawItem[]): Feed {
  const items = new Map<string, FeedItem>();
  for (const each of raw.slice(0, MOST_ITEMS)) {
    const item = cleanItem(each, link ?? url);
    const key = item.key.toString('hex');
    if (!items.has(key)) items.set(key, item);
  }
  const found = [...items.values()];
  if (found.every(({ date }) => date !== null)) found.sort((a, b) => Number(b.date) - Number(a.date));
  return { title: title.slice(0, LONGEST.title), link, items: found };
}

function cleanItem(raw: RawItem, base: string): FeedItem {
  const link = feedUrl(raw.link, base);
  const name = raw.id || link || `${raw.title}\n${raw.date}`;
  const at = Date.parse(raw.date);
  return {
    key: createHash('sha256').update(name).digest(),
    title: raw.title.slice(0, LONGEST.title),
    link,
    author: raw.author.replace(/\s+/g, ' ').slice(0, LONGEST.author) || null,
    date: Number.isNaN(at) ? null : new Date(at),
    content: () => {
      const html = cleanHtml(raw.html, link ?? base);
      return {
        summary: plainText(raw.summary || html).slice(0, LONGEST.summary),
        html,
        image: feedUrl(raw.image, link ?? base) ?? firstImage(html),
      };
    },
  };
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}
