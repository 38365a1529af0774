import Type, { type Static } from 'typebox';
import { RecipientCountsSchema } from './campaigns.ts';
import { Nullable, Time } from './common.ts';

const Rate = Type.Object(
  {
    people: Type.Integer({ description: 'Recipients, without what programs did' }),
    rate: Nullable(Type.Number({ description: 'Of accepted copies, 0 to 1' })),
    low: Nullable(Type.Number({ description: 'Wilson, 95 %' })),
    high: Nullable(Type.Number()),
  },
  { description: 'A rate, and where the true one lies with 95 % confidence' },
);
export type Rate = Static<typeof Rate>;

const VariantPart = Type.Object({
  counts: RecipientCountsSchema,
  opens: Rate,
  clicks: Rate,
  unsubscribed: Type.Integer(),
  complained: Type.Integer(),
  bounced: Type.Integer(),
});
export type VariantPart = Static<typeof VariantPart>;

export const VariantReport = Type.Object({
  test: Type.Object({
    samplePercent: Type.Integer(),
    metric: Type.String({ enum: ['opens', 'clicks', 'manual'], description: 'What decides, as abTest.winner says' }),
    decideAfterMinutes: Type.Integer(),
    minimumSent: Type.Integer(),
    otherwise: Type.String({ enum: ['first', 'wait'] }),
    sampleOutAt: Nullable(Time),
    decidesAt: Nullable(
      Type.String({ description: 'When it is decided by itself; null: not known yet, or by a person' }),
    ),
    winner: Nullable(Type.String({ description: 'The variant that the rest gets' })),
    winnerAt: Nullable(Time),
    winnerBy: Nullable(Type.String({ enum: ['opens', 'clicks', 'person', 'fallback'] })),
    words: Type.String({ description: 'Where it stands, and how sure that is' }),
    isSignificant: Type.Boolean({
      description: 'Chance alone would part the best from the next one so far in less than 5 of 100 tests',
    }),
    leader: Nullable(Type.String({ description: 'The variant with the highest rate so far' })),
    waiting: Type.Integer({ description: 'Recipients who wait for the winner' }),
  }),
  variants: Type.Array(
    Type.Object({
      position: Type.Integer(),
      name: Type.String(),
      weight: Type.Integer(),
      subject: Type.String(),
      sample: VariantPart,
      rest: Nullable(VariantPart),
    }),
    { description: 'In their order; `rest` is told of the winner: those who waited for it' },
  ),
});
export type VariantReport = Static<typeof VariantReport>;
