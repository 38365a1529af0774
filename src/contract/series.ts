import Type, { type Static } from 'typebox';
import { AudienceByLists, CampaignDraftBody, CLEARABLE } from './campaigns.ts';
import { Id, Nullable, PageQuery, Time } from './common.ts';
import { Preview } from './content.ts';

const closed = { additionalProperties: false } as const;

const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;

export const SeriesSchedule = Type.Object(
  {
    every: Type.Enum(['day', 'week', 'month']),
    at: Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$', description: 'HH:MM by the clocks of the timezone' }),
    weekdays: Type.Optional(
      Type.Array(Type.Enum([...WEEKDAYS]), { minItems: 1, uniqueItems: true, description: 'Of every week' }),
    ),
    dayOfMonth: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 31, description: 'Of every month; its last day where it has fewer' }),
    ),
    timezone: Type.Optional(
      Type.String({
        maxLength: 100,
        description: "An IANA name such as Europe/Berlin. Default: the workspace's, else UTC",
      }),
    ),
  },
  {
    ...closed,
    description:
      'A time that is skipped when clocks go forward is the one an hour later; of a time that comes twice it is the first',
  },
);
export type SeriesSchedule = Static<typeof SeriesSchedule>;

export const SeriesFeed = Type.Object(
  {
    url: Type.String({ minLength: 1, maxLength: 2000, description: 'RSS, Atom or JSON Feed' }),
    maxItems: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 100,
        default: 10,
        description: 'The newest; what is new beyond that is left out for good',
      }),
    ),
    onlyNew: Type.Optional(
      Type.Boolean({
        default: true,
        description:
          'true: an item is mailed once, and nothing is sent where nothing is new. false: the newest, always',
      }),
    ),
    startWith: Type.Optional(
      Type.Enum(['newest', 'later'], {
        default: 'newest',
        description: 'The first time: the newest items, or only what is dated later than the series',
      }),
    ),
    allowPrivateAddresses: Type.Optional(
      Type.Boolean({
        default: false,
        description: 'Whether it may be on this machine or in a private network; only an owner can say so',
      }),
    ),
  },
  { ...closed, description: 'The content reads {{feed.title}}, {{feed.link}} and {% for item in items %}' },
);
export type SeriesFeed = Static<typeof SeriesFeed>;

const {
  scheduledAt: _at,
  timezone: _zone,
  attachments: _attached,
  name: _name,
  audience: _audience,
  ...campaign
} = CampaignDraftBody.properties;

/** What each campaign of a series is made of. */
export const SeriesCampaign = Type.Object({ ...campaign, audience: Type.Optional(AudienceByLists) }, closed);
export type SeriesCampaign = Static<typeof SeriesCampaign>;

const Name = Type.String({ minLength: 1, maxLength: 200 });
const CatchUp = Type.Integer({
  minimum: 0,
  maximum: 168,
  description:
    'An occurrence that was missed because nothing ran is made up for when it is no later than this; only the latest one. Default: 12',
});

/** `POST /api/series` */
export const NewSeries = Type.Object(
  {
    name: Name,
    ...campaign,
    audience: AudienceByLists,
    schedule: SeriesSchedule,
    feed: Type.Optional(SeriesFeed),
    startsAt: Type.Optional(Time),
    endsAt: Type.Optional(Time),
    catchUpHours: Type.Optional(CatchUp),
  },
  { ...closed, description: 'What a campaign holds, and when one is to be sent' },
);
export type NewSeries = Static<typeof NewSeries>;

const cleared = ['scheduledAt', 'timezone', 'audience'];

/** `PATCH /api/series/{id}`: what it names is changed; null takes it out. */
export const SeriesChange = Type.Object(
  {
    ...campaign,
    ...(Object.fromEntries(
      CLEARABLE.filter((name) => !cleared.includes(name)).map((name) => [
        name,
        Type.Optional(Nullable(CampaignDraftBody.properties[name])),
      ]),
    ) as object),
    name: Type.Optional(Name),
    audience: Type.Optional(AudienceByLists),
    schedule: Type.Optional(SeriesSchedule),
    feed: Type.Optional(Nullable(SeriesFeed)),
    startsAt: Type.Optional(Nullable(Time)),
    endsAt: Type.Optional(Nullable(Time)),
    catchUpHours: Type.Optional(CatchUp),
  },
  closed,
);
export type SeriesChange = Static<typeof SeriesChange>;

const OCCURRENCE_STATES = ['due', 'launched', 'skipped', 'missed', 'failed'] as const;

export const SeriesOccurrence = Type.Object({
  id: Id,
  occursAt: Time,
  manual: Type.Boolean({ description: 'Somebody asked for it' }),
  state: Type.String({
    enum: [...OCCURRENCE_STATES],
    description:
      'skipped: nothing is new in the feed. missed: nothing ran at its time, or the series was paused. failed: it could not be launched',
  }),
  reason: Nullable(Type.String({ description: 'Why, in words; while it is due, what went wrong so far' })),
  campaignId: Nullable(Id),
  campaignState: Nullable(Type.String()),
  items: Nullable(Type.Integer({ description: 'Of the feed in the mail' })),
  passedOver: Nullable(Type.Integer({ description: 'New items that were left out because of maxItems' })),
  finishedAt: Nullable(Time),
});
export type SeriesOccurrence = Static<typeof SeriesOccurrence>;

export const SeriesSummary = Type.Object({
  id: Id,
  name: Type.String(),
  subject: Nullable(Type.String()),
  state: Type.String({ enum: ['active', 'paused', 'ended'] }),
  stateReason: Nullable(Type.String({ description: 'Why it paused itself' })),
  schedule: SeriesSchedule,
  feedUrl: Nullable(Type.String()),
  nextAt: Nullable(Time),
  failures: Type.Integer({ description: 'Occurrences in a row that could not be launched; at 3 it pauses itself' }),
  last: Nullable(SeriesOccurrence),
  createdAt: Time,
  updatedAt: Time,
});
export type SeriesSummary = Static<typeof SeriesSummary>;

export const SeriesDetail = Type.Object({
  ...SeriesSummary.properties,
  campaign: SeriesCampaign,
  feed: Nullable(SeriesFeed),
  startsAt: Nullable(Time),
  endsAt: Nullable(Time),
  catchUpHours: Type.Integer(),
  next: Type.Array(Time, { description: 'The next five times' }),
});
export type SeriesDetail = Static<typeof SeriesDetail>;

export const OccurrencesQuery = Type.Omit(PageQuery, ['search']);
export type OccurrencesQuery = Static<typeof OccurrencesQuery>;

/** `POST /api/series/preview` */
export const SeriesPreviewBody = Type.Object(
  {
    schedule: Type.Optional(SeriesSchedule),
    startsAt: Type.Optional(Time),
    endsAt: Type.Optional(Time),
    feed: Type.Optional(SeriesFeed),
    subject: campaign.subject,
    htmlContent: campaign.htmlContent,
    textContent: campaign.textContent,
    mjml: campaign.mjml,
    design: campaign.design,
    templateId: campaign.templateId,
    from: campaign.from,
    contactId: Type.Optional(Id),
  },
  { ...closed, description: 'Each part by itself; nothing is stored. A feed is fetched over the network' },
);
export type SeriesPreviewBody = Static<typeof SeriesPreviewBody>;

const FeedItem = Type.Object({
  title: Type.String(),
  link: Nullable(Type.String()),
  summary: Type.String({ description: 'Plain text' }),
  html: Type.String({ description: 'Without whatever could do harm' }),
  author: Nullable(Type.String()),
  date: Nullable(Time),
  image: Nullable(Type.String()),
});

export const SeriesPreview = Type.Object({
  next: Type.Array(Time, { description: 'The next five times' }),
  feed: Nullable(Type.Object({ title: Type.String(), link: Nullable(Type.String()), items: Type.Array(FeedItem) })),
  message: Nullable(Preview),
});
export type SeriesPreview = Static<typeof SeriesPreview>;
