import type { SeriesPreview, SeriesPreviewBody } from '../contract/series.ts';
import { type PreparedContent, prepareContent } from './content.ts';
import { showContent } from './content-preview.ts';
import type { Caller, Core } from './context.ts';
import { fetchFeed } from './feed-fetch.ts';
import { contentPart, type FeedValues, feedValues, fillContent, ownContent } from './series-content.ts';
import { readBounds, readFeedSettings, readSchedule, timesOf } from './series-settings.ts';

/** What a series would do: its next times, what its feed has now, and the mail as somebody would read it. Nothing is stored. */
export async function previewSeries(
  core: Pick<Core, 'db' | 'baseUrl'>,
  caller: Caller,
  body: SeriesPreviewBody,
): Promise<SeriesPreview> {
  const { schedule, startsAt = null, endsAt = null, feed, from, contactId } = body;
  const bounds = readBounds(startsAt, endsAt);
  const next = schedule ? timesOf(await readSchedule(core, caller, schedule), bounds, Date.now()) : [];
  const settings = feed && readFeedSettings(caller, feed, null);
  const fetched = settings ? await fetchFeed(settings, { etag: null, modified: null }) : 'unchanged';
  const values =
    fetched === 'unchanged' ? null : feedValues(fetched.feed, fetched.feed.items.slice(0, settings?.maxItems));
  const content = await contentOf(core, caller, body, values);
  const whom = { ...(from === undefined ? {} : { from }), ...(contactId === undefined ? {} : { contactId }) };
  const message = content && (await showContent(core, caller, content, whom));
  return { next, feed: values && { ...values.feed, items: [...values.items] }, message };
}

async function contentOf(
  core: Pick<Core, 'db'>,
  caller: Caller,
  body: SeriesPreviewBody,
  values: FeedValues | null,
): Promise<PreparedContent | null> {
  const content = contentPart(body);
  if (Object.keys(content).length === 0) return null;
  const { workspaceId } = caller;
  if (values) return fillContent(core.db.sql, workspaceId, content, values);
  return prepareContent(await ownContent(core.db.sql, workspaceId, content));
}
