import Type, { type Static } from 'typebox';
import { QuietHours, Retry, Tracking, Utm } from './campaign-options.ts';
import { AbTest, StoredVariant, VariantName, Variants } from './campaign-variants.ts';
import { Id, Nullable, Time } from './common.ts';
import { EmailDesign } from './email-design.ts';
import { CAMPAIGN_STATES, RECIPIENT_STATES } from './states.ts';

const closed = { additionalProperties: false } as const;

/** One recipient of an inline audience: an address and any merge fields. */
const InlineRecipient = Type.Object({ email: Type.String({ maxLength: 1000 }) }, { additionalProperties: true });

export const AudienceByLists = Type.Object(
  {
    listIds: Type.Optional(Type.Array(Id, { maxItems: 100 })),
    segmentIds: Type.Optional(
      Type.Array(Id, { maxItems: 20, description: 'Whoever is in a list or in a segment; as they stand at launch' }),
    ),
    excludeListIds: Type.Optional(Type.Array(Id, { maxItems: 100 })),
    excludeSegmentIds: Type.Optional(Type.Array(Id, { maxItems: 20 })),
  },
  closed,
);
export type AudienceByLists = Static<typeof AudienceByLists>;

export const Audience = Type.Union([Type.Array(InlineRecipient, { maxItems: 100_000 }), AudienceByLists]);
export type Audience = Static<typeof Audience>;

const Attachment = Type.Object(
  {
    filename: Type.String({ minLength: 1, maxLength: 255 }),
    contentType: Type.String({ minLength: 3, maxLength: 200 }),
    contentBase64: Type.String(),
    cid: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  },
  closed,
);

const LinkedAttachment = Type.Object(
  {
    filename: Type.String({ minLength: 1, maxLength: 255, description: 'May hold Liquid: invoice-{{number}}.pdf' }),
    url: Type.String({
      maxLength: 2000,
      description:
        'Where the file of each recipient is fetched from, with Liquid behind its host: https://files.example.com/{{number | url_encode}}.pdf. The host is one of `attachmentHosts` of the workspace',
    }),
    contentType: Type.Optional(
      Type.String({ minLength: 3, maxLength: 200, description: 'By default what the server says' }),
    ),
    ifMissing: Type.Optional(
      Type.Union([Type.Literal('fail'), Type.Literal('leave-out')], {
        description: 'Of a file that does not exist: its recipient fails (the default), or gets the message without it',
      }),
    ),
  },
  closed,
);

const contentFields = {
  subject: Type.Optional(Type.String({ maxLength: 2000, description: 'May hold Liquid: Hello {{firstName}}' })),
  htmlContent: Type.Optional(Type.String({ description: 'HTML with Liquid; values are escaped' })),
  textContent: Type.Optional(Type.String({ description: 'Plain text with Liquid; made from the HTML when absent' })),
  mjml: Type.Optional(Type.String({ description: 'MJML with Liquid, instead of htmlContent' })),
  design: Type.Optional(EmailDesign),
  templateId: Type.Optional(Id),
};

/** What campaigns and single emails set alike, and more. */
export const settingFields = {
  name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  from: Type.Optional(Type.String({ maxLength: 500, description: 'Name <a@b>' })),
  replyTo: Type.Optional(Type.String({ maxLength: 500 })),
  headers: Type.Optional(Type.Record(Type.String({ maxLength: 100 }), Type.String({ maxLength: 2000 }))),
  attachments: Type.Optional(Type.Array(Type.Union([Attachment, LinkedAttachment]), { maxItems: 20 })),
  accountIds: Type.Optional(Type.Array(Id, { maxItems: 100 })),
  batchSize: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: 'Emails in parallel per account' })),
  batchDelayMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 3_600_000 })),
  rateLimit: Type.Optional(Type.Integer({ minimum: 1, description: 'Emails per hour' })),
  concurrency: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 1000, description: 'Batches in hand at the same time' }),
  ),
  priority: Type.Optional(Type.Integer({ minimum: -100, maximum: 100 })),
  retry: Type.Optional(Retry),
  scheduledAt: Type.Optional(
    Type.String({
      maxLength: 40,
      description:
        'ISO 8601. With timezone "recipient" it is what the clock shows, whatever offset is written: everybody gets it at that time by their own clock. Without an offset it is a time of `timezone`, or of the timezone of the workspace',
    }),
  ),
  timezone: Type.Optional(
    Type.String({ maxLength: 100, description: 'An IANA name such as Europe/Berlin, or "recipient"' }),
  ),
  quietHours: Type.Optional(Type.Union([QuietHours, Type.Literal('none')])),
  tracking: Type.Optional(Tracking),
  utm: Type.Optional(Utm),
  onUnknown: Type.Optional(Type.Union([Type.Literal('hold'), Type.Literal('resend')])),
  variants: Type.Optional(Variants),
  abTest: Type.Optional(AbTest),
};

/** `POST /api/campaigns/send` */
export const SendCampaignBody = Type.Object(
  { ...contentFields, audience: Audience, ...settingFields },
  { ...closed, description: 'Content, audience and settings of one campaign, sent at once or at scheduledAt' },
);
export type SendCampaignBody = Static<typeof SendCampaignBody>;

/** `POST /api/campaigns`: the same, each part optional until launch. */
export const CampaignDraftBody = Type.Object(
  { ...contentFields, audience: Type.Optional(Audience), ...settingFields },
  closed,
);
export type CampaignDraftBody = Static<typeof CampaignDraftBody>;

/** What a draft can be without again, by null. */
export const CLEARABLE = [
  'audience',
  'from',
  'replyTo',
  'batchSize',
  'batchDelayMs',
  'rateLimit',
  'concurrency',
  'retry',
  'scheduledAt',
  'timezone',
  'quietHours',
  'tracking',
  'utm',
  'variants',
  'abTest',
] as const;
export type Clearable = (typeof CLEARABLE)[number];

/** `PATCH /api/campaigns/{id}`: what it names is changed; null takes it out again. */
export type CampaignDraftChange = Omit<CampaignDraftBody, Clearable> & {
  [Name in Clearable]?: CampaignDraftBody[Name] | null;
};
export const CampaignDraftChange = Type.Unsafe<CampaignDraftChange>(
  Type.Object(
    {
      ...CampaignDraftBody.properties,
      ...Object.fromEntries(
        CLEARABLE.map((name) => [name, Type.Optional(Nullable(CampaignDraftBody.properties[name]))]),
      ),
    },
    closed,
  ),
);

export const SendCampaignReply = Type.Object({
  jobId: Type.String(),
  campaignId: Id,
  status: Type.String(),
  message: Type.String(),
});

export const RecipientCountsSchema = Type.Object(
  Object.fromEntries(RECIPIENT_STATES.map((state) => [state, Type.Integer()])) as Record<
    (typeof RECIPIENT_STATES)[number],
    ReturnType<typeof Type.Integer>
  >,
);

export const Outcome = Type.Object({
  success: Type.Integer(),
  failed: Type.Integer(),
  excluded: Type.Integer(),
  unknown: Type.Integer(),
  errors: Type.Array(
    Type.Object({
      email: Type.String(),
      code: Nullable(Type.Integer()),
      class: Nullable(Type.String()),
      message: Type.String(),
    }),
  ),
});

/** `GET /api/campaigns/status/{jobId}` */
export const CampaignStatus = Type.Object({
  exists: Type.Boolean(),
  jobId: Type.String(),
  campaignId: Id,
  name: Type.String(),
  state: Type.String({ enum: [...CAMPAIGN_STATES] }),
  progress: Type.Number({
    minimum: 0,
    maximum: 100,
    description: 'Share of recipients with a final outcome; of those expected, while the audience is written out',
  }),
  total: Type.Integer(),
  counts: RecipientCountsSchema,
  rate: Type.Number({ description: 'Messages accepted per second, over the last ten seconds' }),
  etaSeconds: Nullable(Type.Integer()),
  waitingFor: Type.Optional(Type.String()),
  result: Type.Optional(Outcome),
});
export type CampaignStatus = Static<typeof CampaignStatus>;

export const JobParams = Type.Object({ jobId: Type.String({ maxLength: 200 }) });
export const UnknownJob = Type.Object({ exists: Type.Literal(false), jobId: Type.String() });

/** One row of the ledger: `GET /api/campaigns/{id}/recipients` */
export const LedgerRecipient = Type.Object({
  seq: Type.Integer(),
  email: Type.String(),
  state: Type.String({ enum: [...RECIPIENT_STATES] }),
  attempts: Type.Integer(),
  accountId: Nullable(Id),
  variant: Nullable(Type.String({ description: 'Of a campaign with variants; null while a winner is waited for' })),
  sentAs: Nullable(
    Type.String({ description: 'Of a gmail account: the user it was sent as, chosen before anything left' }),
  ),
  messageId: Nullable(Type.String()),
  response: Nullable(Type.String()),
  code: Nullable(Type.Integer()),
  class: Nullable(Type.String()),
  reason: Nullable(Type.String({ description: 'Why it was excluded' })),
  sentAt: Nullable(Time),
  nextAttemptAt: Nullable(Time),
  events: Type.Array(
    Type.Object({
      type: Type.String(),
      at: Time,
      note: Type.Optional(Type.String({ description: 'In words: why it went on through another account' })),
    }),
  ),
});
export type LedgerRecipient = Static<typeof LedgerRecipient>;

export const RecipientsQuery = Type.Object({
  state: Type.Optional(Type.String({ enum: [...RECIPIENT_STATES] })),
  email: Type.Optional(Type.String({ maxLength: 320 })),
  code: Type.Optional(Type.Integer({ minimum: 0, maximum: 999 })),
  class: Type.Optional(
    Type.String({ maxLength: 100, description: 'How the last reply was classified: greylisted, mailbox-full, …' }),
  ),
  variant: Type.Optional(VariantName),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 50 })),
  cursor: Type.Optional(Type.String({ maxLength: 500 })),
  from: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 2_000_000_000,
      description:
        'Instead of a cursor: how many of those that fit `state` and `variant` come before the page; not with other filters',
    }),
  ),
  format: Type.Optional(Type.Union([Type.Literal('json'), Type.Literal('csv')])),
});
export type RecipientsQuery = Static<typeof RecipientsQuery>;

export const CampaignSummary = Type.Object({
  id: Id,
  jobId: Type.String(),
  name: Type.String(),
  subject: Nullable(Type.String()),
  from: Nullable(Type.String()),
  state: Type.String({ enum: [...CAMPAIGN_STATES] }),
  stateReason: Nullable(Type.String()),
  guard: Nullable(
    Type.Object({
      level: Type.String({
        enum: ['slow', 'stopped', 'resumed'],
        description: 'resumed: a person let it go on after it was stopped',
      }),
      perHour: Nullable(Type.Integer({ description: 'What it was slowed down to' })),
      words: Type.String(),
      at: Time,
    }),
  ),
  priority: Type.Integer(),
  series: Nullable(Type.Object({ id: Id, name: Type.String() }, { description: 'The series it is an occurrence of' })),
  createdAt: Time,
  scheduledAt: Nullable(Time),
  timezone: Nullable(
    Type.String({ description: '"recipient": scheduledAt is what their clocks show, written as UTC' }),
  ),
  startedAt: Nullable(Time),
  finishedAt: Nullable(Time),
  progress: Type.Number(),
  total: Type.Integer(),
  counts: RecipientCountsSchema,
});
export type CampaignSummary = Static<typeof CampaignSummary>;

/** A draft or campaign with everything that can be changed. */
export const CampaignDetail = Type.Object({
  ...CampaignSummary.properties,
  htmlContent: Nullable(Type.String()),
  textContent: Nullable(Type.String()),
  mjml: Nullable(Type.String()),
  design: Nullable(EmailDesign),
  templateId: Nullable(Type.String({ description: 'The template whose content it has' })),
  replyTo: Nullable(Type.String()),
  headers: Type.Record(Type.String(), Type.String()),
  accountIds: Type.Array(Id),
  batchSize: Nullable(Type.Integer()),
  batchDelayMs: Nullable(Type.Integer()),
  rateLimit: Nullable(Type.Integer()),
  concurrency: Nullable(Type.Integer()),
  retry: Nullable(Retry),
  tracking: Nullable(Tracking),
  utm: Nullable(Utm),
  quietHours: Nullable(Type.Union([QuietHours, Type.Literal('none')])),
  onUnknown: Type.String(),
  variants: Type.Array(StoredVariant, { description: 'Empty: everybody gets the same' }),
  abTest: Nullable(AbTest),
  audience: Nullable(Type.Object({ kind: Type.String() }, { additionalProperties: true })),
});
export type CampaignDetail = Static<typeof CampaignDetail>;

export const TestSendBody = Type.Object(
  {
    to: Type.Array(Type.String({ maxLength: 320 }), { minItems: 1, maxItems: 20 }),
    variant: Type.Optional(VariantName),
  },
  { ...closed, description: 'Of a campaign with variants the named one, or the first' },
);
export type TestSendBody = Static<typeof TestSendBody>;
export const TestSendReply = Type.Object({
  results: Type.Array(Type.Object({ email: Type.String(), sent: Type.Boolean(), response: Type.String() })),
});

export const RetryFailedBody = Type.Object(
  {
    states: Type.Optional(
      Type.Array(Type.Union([Type.Literal('failed'), Type.Literal('unknown')]), { minItems: 1, maxItems: 2 }),
    ),
    codes: Type.Optional(Type.Array(Type.Integer({ minimum: 0, maximum: 999 }), { maxItems: 100 })),
    classes: Type.Optional(Type.Array(Type.String({ maxLength: 100 }), { maxItems: 100 })),
    accountIds: Type.Optional(
      Type.Array(Id, {
        maxItems: 100,
        description: 'Only those whose last attempt went through one of these accounts',
      }),
    ),
  },
  {
    ...closed,
    description:
      'Without a body: all that failed. "unknown" must be named: it may send a second copy to somebody who has the first',
  },
);
export type RetryFailedBody = Static<typeof RetryFailedBody>;
