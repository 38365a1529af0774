import Type, { type Static } from 'typebox';
import { Id, Nullable, Time } from './common.ts';
import { RoleName } from './users.ts';

export const ApiKey = Type.Object({
  id: Id,
  name: Type.String(),
  hint: Type.String({ description: 'The first characters, to tell keys apart' }),
  role: Type.String(),
  createdAt: Time,
  lastUsedAt: Nullable(Time),
});
export type ApiKey = Static<typeof ApiKey>;

/** `POST /api/api-keys` */
export const NewApiKey = Type.Object(
  { name: Type.String({ minLength: 1, maxLength: 200 }), role: RoleName },
  { additionalProperties: false },
);

export const CreatedApiKey = Type.Object({
  ...ApiKey.properties,
  key: Type.String({ description: 'The key itself, shown this once' }),
});
