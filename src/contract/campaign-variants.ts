import Type, { type Static } from 'typebox';
import { Id } from './common.ts';
import { EmailDesign } from './email-design.ts';
import { MOST_VARIANTS } from './variant-limits.ts';

const closed = { additionalProperties: false } as const;

export const VariantName = Type.String({ minLength: 1, maxLength: 100 });

/** What differs; what a variant leaves out is the campaign's. */
const variantFields = {
  weight: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 1000,
      default: 1,
      description: 'Its part of the sample: with 1 and 3 the second gets three of four',
    }),
  ),
  subject: Type.Optional(Type.String({ maxLength: 2000 })),
  htmlContent: Type.Optional(Type.String()),
  mjml: Type.Optional(Type.String()),
  design: Type.Optional(EmailDesign),
  textContent: Type.Optional(Type.String()),
  fromName: Type.Optional(
    Type.String({ minLength: 1, maxLength: 200, description: 'With the address of the campaign' }),
  ),
};

export const Variant = Type.Object(
  { name: Type.Optional(VariantName), ...variantFields },
  { ...closed, description: 'Without a name: A, B, C and so on. What it leaves out it takes from the campaign' },
);
export type Variant = Static<typeof Variant>;

export const Variants = Type.Array(Variant, {
  minItems: 2,
  maxItems: MOST_VARIANTS,
  description:
    'What is tried against each other. What the campaign itself leaves out of subject and content is that of the first',
});

export const AbTest = Type.Object(
  {
    samplePercent: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 100,
        default: 100,
        description: 'How much of the audience tries the variants; the rest waits for the winner. 100: nobody waits',
      }),
    ),
    winner: Type.Optional(
      Type.Union([Type.Literal('opens'), Type.Literal('clicks'), Type.Literal('manual')], {
        description:
          'What decides: the share of people (not programs) who opened or clicked, or a person. Default: manual',
      }),
    ),
    decideAfterMinutes: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 43_200,
        default: 240,
        description: 'Counted from when the sample is out: nobody of it pending or being sent to any more',
      }),
    ),
    minimumSent: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 1_000_000,
        default: 50,
        description: 'A variant with fewer accepted copies in the sample says nothing',
      }),
    ),
    otherwise: Type.Optional(
      Type.Union([Type.Literal('first'), Type.Literal('wait')], {
        default: 'first',
        description:
          'Where too few copies were accepted, or nobody opened or clicked: the first variant, or wait until there is enough or a person chooses. Of variants with the same rate it is always the first of them',
      }),
    ),
  },
  { ...closed, description: 'How variants are tried; without it everybody gets one of them by their weights' },
);
export type AbTest = Static<typeof AbTest>;

/** As a campaign shows its variants: what each says itself. */
export const StoredVariant = Type.Object({
  position: Type.Integer({ description: '0 is the first' }),
  name: Type.String(),
  weight: Type.Integer(),
  subject: Type.Optional(Type.String()),
  htmlContent: Type.Optional(Type.String()),
  mjml: Type.Optional(Type.String()),
  design: Type.Optional(EmailDesign),
  textContent: Type.Optional(Type.String()),
  fromName: Type.Optional(Type.String()),
});
export type StoredVariant = Static<typeof StoredVariant>;

/** `POST /api/campaigns/{id}/winner` */
export const WinnerBody = Type.Object({ variant: VariantName }, { ...closed, description: 'The name of a variant' });
export type WinnerBody = Static<typeof WinnerBody>;

export const WinnerReply = Type.Object({
  campaignId: Id,
  jobId: Type.String(),
  state: Type.String(),
  winner: Type.String(),
});
