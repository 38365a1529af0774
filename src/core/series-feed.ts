import type { SeriesRow } from '../db/series.ts';
import { findSeenItems, hasUsedFeed } from '../db/series-occurrences.ts';
import type { Core } from './context.ts';
import { type FeedState, fetchFeed } from './feed-fetch.ts';
import type { Feed, FeedItem } from './feed-read.ts';
import type { KeptFeed } from './series-settings.ts';

/** What an occurrence has to tell. */
export interface FeedNews {
  readonly feed: Feed;
  /** What goes into the mail, the newest first; empty: nothing is to be sent. */
  readonly items: readonly FeedItem[];
  /** New, and left out because they are too many. */
  readonly passedOver: number;
  /** Keys of everything that is not new once this is sent. */
  readonly unseen: readonly Buffer[];
  /** What the feed's server is to be asked with the next time. */
  readonly state: FeedState;
}

/** Fetches the feed of a series and finds what is new in it. Throws FEED_UNREADABLE. */
export async function readFeedNews(core: Pick<Core, 'db'>, series: SeriesRow, feed: KeptFeed): Promise<FeedNews> {
  const before = { etag: series.feedEtag, modified: series.feedModified };
  const fetched = await fetchFeed(feed, feed.onlyNew ? before : { etag: null, modified: null });
  if (fetched === 'unchanged') {
    return { feed: { title: '', link: null, items: [] }, items: [], passedOver: 0, unseen: [], state: before };
  }
  const { items } = fetched.feed;
  const keys = items.map(({ key }) => key);
  const seen = await findSeenItems(core.db.sql, series.id, keys);
  const unseen = items.filter(({ key }) => !seen.has(key.toString('hex')));
  const isFirst = !(await hasUsedFeed(core.db.sql, series.id, new Date(feed.since)));
  const isNew = (item: FeedItem) => !isFirst || feed.startWith === 'newest' || isLater(item, feed.since);
  const wanted = feed.onlyNew ? unseen.filter(isNew) : items;
  const chosen = wanted.slice(0, feed.maxItems);
  return {
    feed: fetched.feed,
    items: chosen,
    passedOver: feed.onlyNew ? wanted.length - chosen.length : 0,
    unseen: unseen.map(({ key }) => key),
    state: fetched.state,
  };
}

/** What has no date counts as old. */
function isLater({ date }: FeedItem, since: string): boolean {
  return date !== null && date.getTime() > Date.parse(since);
}
