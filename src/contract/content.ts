import Type, { type Static } from 'typebox';
import { Id, Nullable } from './common.ts';
import { EmailDesign } from './email-design.ts';

const closed = { additionalProperties: false } as const;

/** `POST /api/content/preview` */
export const PreviewBody = Type.Object(
  {
    subject: Type.Optional(Type.String({ maxLength: 2000 })),
    htmlContent: Type.Optional(Type.String()),
    mjml: Type.Optional(Type.String()),
    design: Type.Optional(EmailDesign),
    textContent: Type.Optional(Type.String()),
    from: Type.Optional(Type.String({ maxLength: 500 })),
    contactId: Type.Optional(Id),
    data: Type.Optional(
      Type.Record(Type.String({ maxLength: 100 }), Type.Unknown(), {
        description: 'Merge fields instead of a contact',
      }),
    ),
  },
  { ...closed, description: 'Content as a campaign takes it, and for whom to show it; by default the newest contact' },
);
export type PreviewBody = Static<typeof PreviewBody>;

export const Preview = Type.Object({
  contact: Nullable(Type.Object({ id: Id, email: Type.String() })),
  subject: Type.String(),
  html: Nullable(Type.String()),
  text: Type.String(),
  size: Type.Integer({ description: 'Bytes of the whole message as it is sent' }),
  fields: Type.Array(Type.Object({ name: Type.String(), isMissing: Type.Boolean() }), {
    description: 'Merge fields that are read, and whether this contact lacks them',
  }),
});
export type Preview = Static<typeof Preview>;

const FINDINGS = [
  'subject',
  'subject-line',
  'from',
  'from-name',
  'from-domain',
  'signing',
  'one-click',
  'unsubscribe',
  'text-part',
  'size',
  'links',
  'fields',
  'images',
  'audience',
  'accounts',
  'variants',
  'tracking',
] as const;

/** `POST /api/campaigns/{id}/check` */
export const CampaignCheck = Type.Object(
  {
    isReady: Type.Boolean({ description: 'Whether it can be launched' }),
    members: Nullable(Type.Integer({ description: 'Of its lists and segments, before anybody is left out' })),
    recipients: Nullable(Type.Integer({ description: 'Who would be sent to now' })),
    isEstimate: Type.Boolean({ description: 'Whether `recipients` comes from a sample, as in the forecast' }),
    findings: Type.Array(
      Type.Object({
        about: Type.String({ enum: [...FINDINGS] }),
        level: Type.String({
          enum: ['good', 'notice', 'trouble', 'obstacle'],
          description: 'obstacle: it cannot be launched',
        }),
        message: Type.String(),
        details: Type.Array(Type.String()),
      }),
    ),
  },
  { description: 'What to look at before it is launched. Links are asked for over the network, each for five seconds' },
);
export type CampaignCheck = Static<typeof CampaignCheck>;
export type Finding = CampaignCheck['findings'][number];
