import Type, { type Static } from 'typebox';
import { Tracking } from './campaign-options.ts';
import { LedgerRecipient, settingFields } from './campaigns.ts';
import { Id, Nullable, PageQuery, Time } from './common.ts';
import { EMAIL_STATES, RECIPIENT_STATES } from './states.ts';

const closed = { additionalProperties: false } as const;

const MergeFields = Type.Record(Type.String({ maxLength: 100 }), Type.Unknown(), { maxProperties: 200 });

const EmailRecipient = Type.Object(
  {
    email: Type.String({ maxLength: 320 }),
    name: Type.Optional(Type.String({ maxLength: 200 })),
    data: Type.Optional(MergeFields),
  },
  { ...closed, description: 'data: merge fields of this recipient, over those of the email' },
);

const To = Type.String({ maxLength: 500, description: 'a@b, or Name <a@b>' });

/** `POST /api/emails` */
export const EmailBody = Type.Object(
  {
    to: Type.Union([To, EmailRecipient, Type.Array(Type.Union([To, EmailRecipient]), { minItems: 1, maxItems: 50 })], {
      description: 'One recipient or up to 50: each gets a copy of their own, and sees none of the others',
    }),
    from: Type.Optional(
      Type.String({ maxLength: 500, description: 'Name <a@b>; by default that of the workspace or of the account' }),
    ),
    replyTo: settingFields.replyTo,
    subject: Type.Optional(
      Type.String({ maxLength: 2000, description: 'May hold Liquid; by default that of the template' }),
    ),
    htmlContent: Type.Optional(Type.String({ description: 'HTML with Liquid; values are escaped' })),
    textContent: Type.Optional(Type.String({ description: 'Plain text with Liquid; made from the HTML when absent' })),
    mjml: Type.Optional(Type.String({ description: 'MJML with Liquid, instead of htmlContent' })),
    templateId: Type.Optional(Type.String({ format: 'uuid', description: 'Its newest version, as it is now' })),
    data: Type.Optional(MergeFields),
    headers: settingFields.headers,
    attachments: settingFields.attachments,
    accountIds: settingFields.accountIds,
    scheduledAt: Type.Optional(
      Type.String({
        maxLength: 40,
        description: 'ISO 8601; without an offset it is a time of the timezone of the workspace',
      }),
    ),
    tags: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { maxItems: 10 })),
    metadata: Type.Optional(
      Type.Record(Type.String({ maxLength: 100 }), Type.String({ maxLength: 500 }), {
        maxProperties: 50,
        description: 'Yours: kept with the email and given back',
      }),
    ),
    tracking: Type.Optional(
      Type.Object(Tracking.properties, { ...closed, description: 'By default nothing is followed' }),
    ),
    listId: Type.Optional(
      Type.String({
        format: 'uuid',
        description:
          'The list it belongs to: who left it is not sent to, and the message carries one-click unsubscribing from it. Without one it carries none, and goes to everybody whose address is not suppressed',
      }),
    ),
    evenIfUnsubscribed: Type.Optional(
      Type.Boolean({
        description:
          'Also to who unsubscribed from everything or takes a pause: for what somebody needs, such as a code or a receipt. Suppressions for bounces, complaints or by hand bind all the same',
      }),
    ),
  },
  { ...closed, description: 'One email to up to 50 recipients, sent at once or at scheduledAt' },
);
export type EmailBody = Static<typeof EmailBody>;

/** `POST /api/emails/batch` */
export const EmailBatchBody = Type.Object(
  { emails: Type.Array(EmailBody, { minItems: 1, maxItems: 100 }) },
  { ...closed, description: 'Up to 100 emails: all of them are accepted, or none' },
);
export type EmailBatchBody = Static<typeof EmailBatchBody>;

const RecipientState = Type.Object({
  email: Type.String(),
  state: Type.String({ enum: [...RECIPIENT_STATES] }),
  reason: Type.Optional(Type.String({ description: 'Why it is excluded' })),
});

export const EmailAccepted = Type.Object({ id: Id, recipients: Type.Array(RecipientState) });
export type EmailAccepted = Static<typeof EmailAccepted>;
export const EmailBatchAccepted = Type.Object({ emails: Type.Array(EmailAccepted) });

export const EmailsQuery = Type.Object({
  limit: PageQuery.properties.limit,
  cursor: PageQuery.properties.cursor,
  state: Type.Optional(
    Type.String({ enum: [...RECIPIENT_STATES], description: 'Those of which a recipient is in this state' }),
  ),
  recipient: Type.Optional(Type.String({ maxLength: 320, description: 'The whole address' })),
  since: Type.Optional(Type.String({ maxLength: 40, description: 'ISO 8601: accepted then or later' })),
});
export type EmailsQuery = Static<typeof EmailsQuery>;

export const EmailSummary = Type.Object({
  id: Id,
  subject: Type.String({ description: 'As it was written, with its merge fields' }),
  from: Type.String(),
  state: Type.String({ enum: [...EMAIL_STATES] }),
  recipients: Type.Array(RecipientState),
  tags: Type.Array(Type.String()),
  metadata: Type.Record(Type.String(), Type.String()),
  createdAt: Time,
  scheduledAt: Nullable(Time),
  finishedAt: Nullable(Time),
});
export type EmailSummary = Static<typeof EmailSummary>;

/** `GET /api/emails/{id}` */
export const EmailDetail = Type.Object({
  ...EmailSummary.properties,
  recipients: Type.Array(
    Type.Object({
      ...LedgerRecipient.properties,
      subject: Nullable(Type.String({ description: 'As this recipient reads it' })),
    }),
  ),
  replyTo: Nullable(Type.String()),
  headers: Type.Record(Type.String(), Type.String()),
  accountIds: Type.Array(Id),
  templateId: Nullable(Id),
  listId: Nullable(Id),
  evenIfUnsubscribed: Type.Boolean(),
  waitingFor: Nullable(Type.String({ description: 'In words: what it waits for' })),
});
export type EmailDetail = Static<typeof EmailDetail>;

/** `POST /api/emails/{id}/cancel` */
export const EmailCancelled = Type.Object({
  ...EmailAccepted.properties,
  state: Type.String({ enum: [...EMAIL_STATES] }),
});
export type EmailCancelled = Static<typeof EmailCancelled>;
