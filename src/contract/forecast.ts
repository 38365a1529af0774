import Type, { type Static } from 'typebox';
import { Id, Nullable, Time } from './common.ts';

const Bound = Type.Object({
  accountId: Nullable(Id),
  name: Type.String({ description: 'Of the account; of the campaign where accountId is null' }),
  limit: Type.String({ description: '"limit per day", "limit per hour", "rate limit", …' }),
  from: Time,
  until: Time,
  words: Type.String(),
});

/** `POST /api/campaigns/{id}/forecast` */
export const CampaignForecast = Type.Object(
  {
    recipients: Type.Integer({ description: 'Who is, or would be, sent to' }),
    remaining: Type.Integer({ description: 'Of them, those without a final state' }),
    isEstimate: Type.Boolean({
      description: 'Whether these two come from a sample, because the segments are too large to be counted in seconds',
    }),
    startsAt: Nullable(Time),
    finishesAt: Nullable(Type.String({ format: 'date-time', description: 'Null: never, as things are' })),
    durationSeconds: Nullable(Type.Integer({ description: 'From now until it is done' })),
    boundBy: Type.Array(Bound, { description: 'Limits of an hour or more that hold it up, when each first does' }),
    accounts: Type.Array(
      Type.Object({
        accountId: Id,
        name: Type.String(),
        share: Type.Number({ description: 'Of the remaining messages, 0 to 1' }),
        messages: Type.Integer(),
        finishesAt: Nullable(Time),
        binding: Nullable(Type.String({ description: 'The limit that holds it up longest' })),
      }),
    ),
    assumptions: Type.Array(Type.String()),
    sentences: Type.Array(Type.String(), { description: 'The same in words; the first says it all' }),
  },
  {
    description: 'When a campaign will be done and what holds it up, by limits, use, pace, schedule and measured rates',
  },
);
export type CampaignForecast = Static<typeof CampaignForecast>;
