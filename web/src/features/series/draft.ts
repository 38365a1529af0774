import type { AudienceByLists } from '../../../../src/contract/campaigns.ts';
import type { EmailDesign } from '../../../../src/contract/email-design.ts';
import type { NewSeries, SeriesDetail, SeriesFeed, SeriesSchedule } from '../../../../src/contract/series.ts';
import { bodyOf, type EditedContent, openContent } from '../../components/editor/content.ts';

export const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** A series while it is written. What is not wanted now is kept until the page is left. */
export interface SeriesDraft {
  readonly name: string;
  readonly isTemplate: boolean;
  readonly templateId: string;
  readonly content: EditedContent;
  readonly audience: Required<AudienceByLists>;
  readonly schedule: Required<SeriesSchedule>;
  readonly hasFeed: boolean;
  readonly feed: Required<SeriesFeed>;
  readonly from: string;
  readonly accountIds: readonly string[];
}

const FEED_SUBJECT = '{{ items[0].title }}';
const FEED_MJML = `<mjml>
  <mj-head>
    <mj-attributes>
      <mj-all font-family="Helvetica, Arial, sans-serif" />
    </mj-attributes>
  </mj-head>
  <mj-body>
    <mj-section>
      <mj-column>
        <mj-text font-size="24px" font-weight="600">{{ feed.title }}</mj-text>
      </mj-column>
    </mj-section>
    {% for item in items %}
    <mj-section padding="8px 0">
      <mj-column>
        <mj-text font-size="18px"><a href="{{ item.link }}">{{ item.title }}</a></mj-text>
        <mj-text line-height="1.5">{{ item.summary | truncate: 300 }}</mj-text>
      </mj-column>
    </mj-section>
    {% endfor %}
    <mj-section>
      <mj-column>
        <mj-text font-size="12px"><a href="{{unsubscribeUrl}}">Unsubscribe</a></mj-text>
      </mj-column>
    </mj-section>
  </mj-body>
</mjml>
`;

/** What the editor opens with; `zone` is that of a series that is not there yet. */
export function openDraft(series: SeriesDetail | null, fresh: EmailDesign, zone: string): SeriesDraft {
  const { campaign, feed, schedule } = series ?? { campaign: {}, feed: null, schedule: null };
  const {
    subject,
    htmlContent = null,
    mjml = null,
    design = null,
    textContent = null,
    templateId,
    audience,
  } = campaign;
  const stored = { subject: subject ?? null, htmlContent, mjml, design, textContent };
  return {
    name: series?.name ?? '',
    isTemplate: templateId !== undefined,
    templateId: templateId ?? '',
    content: openContent(stored, fresh),
    audience: { listIds: [], segmentIds: [], excludeListIds: [], excludeSegmentIds: [], ...audience },
    schedule: {
      every: 'week',
      at: '09:00',
      weekdays: ['monday'],
      dayOfMonth: 1,
      timezone: zone,
      ...schedule,
    },
    hasFeed: feed !== null,
    feed: { url: '', maxItems: 10, onlyNew: true, startWith: 'newest', allowPrivateAddresses: false, ...feed },
    from: campaign.from ?? '',
    accountIds: campaign.accountIds ?? [],
  };
}

/** A message of what the feed has, where nothing of one's own was written yet. */
export function withFeed(draft: SeriesDraft, hasFeed: boolean): SeriesDraft {
  const { content } = draft;
  if (!hasFeed || content.subject !== '') return { ...draft, hasFeed };
  return { ...draft, hasFeed, content: { ...content, mode: 'mjml', subject: FEED_SUBJECT, mjml: FEED_MJML } };
}

/** For the server: what belongs to the kind of schedule alone. */
export function scheduleOf({ schedule: { every, at, weekdays, dayOfMonth, timezone } }: SeriesDraft): SeriesSchedule {
  return {
    every,
    at,
    timezone,
    ...(every === 'week' ? { weekdays } : {}),
    ...(every === 'month' ? { dayOfMonth } : {}),
  };
}

/** What is written, or the template that is chosen. */
export function contentOf({ isTemplate, templateId, content }: SeriesDraft) {
  return isTemplate ? { templateId } : { subject: content.subject, ...bodyOf(content) };
}

/** What is still to be said before it can be saved. */
export function missingIn(draft: SeriesDraft): Array<'name' | 'content' | 'audience' | 'weekdays' | 'feed'> {
  const { name, isTemplate, templateId, content, audience, schedule, hasFeed, feed } = draft;
  const isEmpty = {
    name: name.trim() === '',
    content: isTemplate ? templateId === '' : content.subject.trim() === '',
    audience: audience.listIds.length + audience.segmentIds.length === 0,
    weekdays: schedule.at === '' || (schedule.every === 'week' && schedule.weekdays.length === 0),
    feed: hasFeed && !isAddress(feed.url),
  };
  return (['name', 'content', 'audience', 'weekdays', 'feed'] as const).filter((part) => isEmpty[part]);
}

export function isAddress(url: string): boolean {
  return /^https?:\/\/[^\s/]+\.?[^\s]*$/.test(url.trim()) && URL.canParse(url.trim());
}

export function bodyOfDraft(draft: SeriesDraft, isNew: boolean): NewSeries {
  const { name, audience, hasFeed, feed, from, accountIds, isTemplate, content } = draft;
  return {
    name: name.trim(),
    ...contentOf(draft),
    // Emptied, it is made from the HTML again.
    ...(isTemplate ? {} : { textContent: content.text }),
    audience,
    schedule: scheduleOf(draft),
    accountIds: [...accountIds],
    ...(from.trim() === '' ? {} : { from: from.trim() }),
    ...(hasFeed ? { feed: { ...feed, url: feed.url.trim() } } : {}),
    // A change that takes out what is empty.
    ...(isNew ? {} : ({ ...(hasFeed ? {} : { feed: null }), ...(from.trim() === '' ? { from: null } : {}) } as object)),
  };
}
