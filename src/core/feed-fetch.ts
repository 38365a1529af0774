import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import { messageOf } from '../errors.ts';
import { type GuardedFile, type GuardedRequest, guardedDownload } from '../lib/guarded-request.ts';
import { type Feed, readFeed, unreadable } from './feed-read.ts';

/** Where a feed is. */
export interface FeedAddress {
  readonly url: string;
  /** Whether it, or what it leads on to, may be in a private network. */
  readonly allowPrivateAddresses: boolean;
}

/** What its server said of the state that was seen last (RFC 9110, section 13.1). */
export interface FeedState {
  readonly etag: string | null;
  readonly modified: string | null;
}

export type FetchedFeed = { readonly feed: Feed; readonly state: FeedState } | 'unchanged';

const MOST_BYTES = 5 * 1024 * 1024;
const TIMEOUT_MS = 10_000;
const MOST_REDIRECTS = 5;
const ACCEPT =
  'application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, application/json;q=0.9, */*;q=0.5';

/**
 * Fetches a feed and reads it, within ten seconds and 5 MB. Every address on the way is checked after DNS, also those of
 * redirects. Throws FEED_UNREADABLE, which says why. `download` is how an address is asked.
 */
export async function fetchFeed(
  { url, allowPrivateAddresses }: FeedAddress,
  seen: FeedState,
  download = guardedDownload,
): Promise<FetchedFeed> {
  const headers = {
    accept: ACCEPT,
    'accept-encoding': 'gzip',
    'user-agent': 'Postrider',
    ...(seen.etag === null ? {} : { 'if-none-match': seen.etag }),
    ...(seen.modified === null ? {} : { 'if-modified-since': seen.modified }),
  };
  const endsAt = Date.now() + TIMEOUT_MS;
  let address = new URL(url);
  for (let redirects = 0; ; redirects++) {
    const request = { url: address, headers, allowPrivate: allowPrivateAddresses };
    const answer = await ask(request, endsAt, download);
    const { status, headers: answered } = answer;
    if (status === 304) return 'unchanged';
    if (status >= 200 && status <= 299)
      return { feed: readFeed(await textOf(answer), address.href), state: stateOf(answer) };
    if (status < 300 || status > 399 || answered.location === undefined)
      throw unreadable(`its server answers ${status}`);
    if (redirects === MOST_REDIRECTS) throw unreadable('its server leads on and on to other addresses');
    address = redirected(answered.location, address);
  }
}

async function ask(
  request: Omit<GuardedRequest, 'timeoutMs'>,
  endsAt: number,
  download: typeof guardedDownload,
): Promise<GuardedFile> {
  try {
    return await download({ ...request, timeoutMs: Math.max(1, endsAt - Date.now()) }, MOST_BYTES + 1);
  } catch (error) {
    const isLate = Date.now() >= endsAt;
    throw unreadable(isLate ? `its server did not answer within ${TIMEOUT_MS / 1000} s` : messageOf(error), error);
  }
}

function redirected(location: string, from: URL): URL {
  const url = URL.canParse(location, from.href) ? new URL(location, from.href) : null;
  if (!url || !['http:', 'https:'].includes(url.protocol))
    throw unreadable('its server leads on to what is no web address');
  return url;
}

function stateOf({ headers }: GuardedFile): FeedState {
  return { etag: headers.etag ?? null, modified: headers['last-modified'] ?? null };
}

const UNPACK = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
} as const;

/** By its byte order mark, else as its server says, else as it says itself, else UTF-8 (RFC 7303). */
async function textOf({ headers, body }: GuardedFile): Promise<string> {
  const tooLarge = () => unreadable(`it is larger than ${MOST_BYTES / 1024 / 1024} MB`);
  if (body.length > MOST_BYTES) throw tooLarge();
  const unpack = UNPACK[headers['content-encoding'] as keyof typeof UNPACK];
  const bytes = unpack
    ? await unpack(body, { maxOutputLength: MOST_BYTES }).catch((error: NodeJS.ErrnoException) => {
        throw error.code === 'ERR_BUFFER_TOO_LARGE' ? tooLarge() : unreadable('its compression is damaged', error);
      })
    : body;
  const declared = /^<\?xml[^>]*?\sencoding\s*=\s*["']([\w-]+)/.exec(bytes.subarray(0, 200).toString('latin1'))?.[1];
  const named = /charset\s*=\s*"?([\w-]+)/i.exec(headers['content-type'] ?? '')?.[1];
  const encoding = markOf(bytes) ?? named ?? declared ?? 'utf-8';
  try {
    return new TextDecoder(encoding).decode(bytes);
  } catch (error) {
    throw unreadable(`its encoding "${encoding}" is not known`, error);
  }
}

function markOf(bytes: Buffer): string | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 'utf-8' : null;
}
