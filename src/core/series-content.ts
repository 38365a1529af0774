import type { SeriesCampaign } from '../contract/series.ts';
import type { Executor } from '../db/database.ts';
import { findLatestVersion } from '../db/templates.ts';
import { notFound } from '../errors.ts';
import { deriveText } from '../mail/derive-text.ts';
import { fillIn } from '../mail/fill-in.ts';
import { type Content, contentOf, type PreparedContent, prepareContent } from './content.ts';
import { plainText } from './feed-html.ts';
import type { Feed, FeedItem } from './feed-read.ts';

/** An item as templates read it. */
interface ItemValues {
  readonly title: string;
  readonly link: string | null;
  readonly summary: string;
  readonly html: string;
  readonly author: string | null;
  /** ISO 8601, UTC. */
  readonly date: string | null;
  readonly image: string | null;
}

/** What a template of a series with a feed may read, the same for every recipient. */
export interface FeedValues {
  readonly feed: { readonly title: string; readonly link: string | null };
  readonly items: readonly ItemValues[];
}

export function feedValues({ title, link }: Feed, items: readonly FeedItem[]): FeedValues {
  return { feed: { title, link }, items: items.map(itemValues) };
}

const LONGEST_MADE_TITLE = 80;

function itemValues(item: FeedItem): ItemValues {
  const { summary, html, image } = item.content();
  const { link, author, date } = item;
  // Posts of microblogs have none.
  const title = item.title || summary.replace(/\s+/g, ' ').slice(0, LONGEST_MADE_TITLE) || link || 'Untitled';
  return { title, link, summary, html, author, date: date?.toISOString() ?? null, image };
}

/** For trying a template out while its feed is not asked. */
export const EXAMPLE_FEED: FeedValues = {
  feed: { title: 'Our blog', link: 'https://example.com/' },
  items: [1, 2].map((n) => ({
    title: `Post ${n}`,
    link: `https://example.com/${n}`,
    summary: 'What it is about.',
    html: '<p>What it is about.</p>',
    author: 'Ada Lovelace',
    date: '2026-01-01T09:00:00.000Z',
    image: 'https://example.com/picture.png',
  })),
};

/** Of a series' campaign the content alone, without what is not there. */
export function contentPart({ subject, htmlContent, textContent, mjml, design, templateId }: SeriesCampaign): Content {
  const parts = { subject, htmlContent, textContent, mjml, design, templateId };
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined));
}

/** The content of one campaign, with what the feed says in it for good; what differs between recipients stays Liquid. */
export async function fillContent(
  db: Executor,
  workspaceId: string,
  content: Content,
  values: FeedValues,
): Promise<PreparedContent> {
  const { subject, preparedHtml, text } = await prepareContent(await ownContent(db, workspaceId, content));
  const words = { ...values, items: values.items.map((item) => ({ ...item, html: plainText(item.html) })) };
  // From the template, not from what becomes of it: an entity of a feed must not come out as Liquid of the text.
  const template = text || (preparedHtml === null ? '' : deriveText(preparedHtml));
  const html =
    preparedHtml === null ? null : fillIn(preparedHtml, { ...values }, { escape: 'html', field: 'htmlContent' });
  return {
    subject: fillIn(subject, words, { escape: 'none', field: 'subject' }).replace(/\s+/g, ' ').trim(),
    mjml: null,
    design: null,
    html,
    preparedHtml: html,
    text: fillIn(template, words, { escape: 'none', field: 'textContent' }),
  };
}

/** With the newest content of the template in the place of its id. */
export async function ownContent(db: Executor, workspaceId: string, content: Content): Promise<Content> {
  const { templateId, ...own } = content;
  if (templateId === undefined) return own;
  const version = await findLatestVersion(db, workspaceId, templateId);
  if (!version) throw notFound('template', templateId);
  return { ...contentOf(version), ...own };
}
