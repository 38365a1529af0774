import Type, { type Static } from 'typebox';
import { RecipientCountsSchema } from './campaigns.ts';
import { Id, Nullable, Time } from './common.ts';
import { RECIPIENT_STATES } from './states.ts';

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
  },
  { description: 'How fast a campaign goes out, by account, recipient domain and answer' },
);
export type CampaignReport = Static<typeof CampaignReport>;
