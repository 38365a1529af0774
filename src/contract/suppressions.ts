import Type, { type Static } from 'typebox';
import { Id, Nullable, Time } from './common.ts';

export const Suppression = Type.Object({
  id: Id,
  email: Type.String(),
  reason: Type.String({ enum: ['unsubscribed', 'hard-bounce', 'complaint', 'manual'] }),
  source: Nullable(Type.String({ description: 'Where it came from' })),
  createdAt: Time,
});
export type Suppression = Static<typeof Suppression>;

/** `POST /api/suppressions` */
export const NewSuppression = Type.Object(
  { email: Type.String({ maxLength: 1000 }), source: Type.Optional(Type.String({ maxLength: 300 })) },
  { additionalProperties: false },
);
export type NewSuppression = Static<typeof NewSuppression>;
