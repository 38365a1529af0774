import Type, { type Static } from 'typebox';
import { RecipientCountsSchema } from './campaigns.ts';
import { Id, Nullable, Time } from './common.ts';
import { RECIPIENT_STATES } from './states.ts';
import { VariantReport } from './variant-report.ts';

const Engagement = Type.Object({
  people: Type.Integer({ description: 'Recipients with at least one that was not made by a program' }),
  all: Type.Integer({ description: 'Recipients with any' }),
  events: Type.Integer({ description: 'How often, with programs' }),
  machineEvents: Type.Integer({ description: 'How often programs did it' }),
});

/** `GET /api/campaigns/{id}/report` */
export const CampaignReport = Type.Object(
  {
    readAt: Time,
    rates: Type.Object(
      {
        seconds: Type.Integer({ description: 'Length of each stretch' }),
        points: Type.Array(
          Type.Object({
            at: Time,
            accounts: Type.Record(Type.String(), Type.Number(), { description: 'Emails a second by account id' }),
          }),
        ),
      },
      { description: 'Accepted by servers: the last ten minutes, after the end all of it. Kept for a day' },
    ),
    isSample: Type.Boolean({
      description: 'Of a large campaign the rest is an estimate from rows spread evenly over it',
    }),
    accounts: Type.Array(Type.Object({ accountId: Id, name: Nullable(Type.String()), counts: RecipientCountsSchema })),
    domains: Type.Array(Type.Object({ domain: Type.String(), counts: RecipientCountsSchema }), {
      description: 'Of recipients: those with most trouble first, then the largest',
    }),
    answers: Type.Array(
      Type.Object({
        state: Type.String({ enum: [...RECIPIENT_STATES] }),
        class: Nullable(Type.String()),
        code: Nullable(Type.Integer()),
        count: Type.Integer(),
        example: Nullable(Type.String({ description: 'What one of the servers said' })),
      }),
      { description: 'Why messages failed, were put off or are of unknown outcome, most frequent first' },
    ),
    events: Type.Record(Type.String(), Type.Integer(), {
      description: 'Recipients by what was told of their message afterwards: delivered, bounced, complained, …',
    }),
    engagement: Type.Object(
      {
        opens: Engagement,
        clicks: Engagement,
        links: Type.Array(
          Type.Object({
            position: Type.Integer({ description: 'In the message, from 1' }),
            url: Type.String({ description: 'Of a personal link the Liquid it is made of' }),
            isPersonal: Type.Boolean(),
            people: Type.Integer({ description: 'Recipients who followed it, without programs' }),
            clicks: Type.Integer({ description: 'How often, without programs' }),
            machineClicks: Type.Integer(),
          }),
        ),
      },
      {
        description:
          'Opens and clicks, people and programs (scanners, prefetching) told apart. Of what was not followed, zeros',
      },
    ),
    variants: Nullable(VariantReport),
    faults: Type.Array(
      Type.Object({
        class: Type.String(),
        count: Type.Integer(),
        example: Nullable(Type.String({ description: 'What one of the servers said' })),
        help: Type.String({ description: 'What it means, and what to do' }),
      }),
      {
        description:
          'Answers that speak of the sender’s set-up (SPF, DKIM, DMARC, PTR, TLS, reputation), not of recipients',
      },
    ),
  },
  { description: 'How fast a campaign goes out, by account, recipient domain and answer' },
);
export type CampaignReport = Static<typeof CampaignReport>;
