import Type, { type Static } from 'typebox';
import { Id, Nullable, Time } from './common.ts';
import { ScopeName } from './scopes.ts';
import { RoleName } from './users.ts';

export const ApiKey = Type.Object({
  id: Id,
  name: Type.String(),
  hint: Type.String({ description: 'The first characters, to tell keys apart' }),
  role: Type.String(),
  scopes: Nullable(Type.Array(Type.String(), { description: 'null: everything that the role allows' })),
  createdAt: Time,
  lastUsedAt: Nullable(Time),
  expiresAt: Nullable(Time),
});
export type ApiKey = Static<typeof ApiKey>;

/** `POST /api/api-keys` */
export const NewApiKey = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 200 }),
    role: RoleName,
    scopes: Type.Optional(
      Nullable(Type.Array(ScopeName, { minItems: 1, uniqueItems: true, description: 'Narrows what the role allows' })),
    ),
    expiresAt: Type.Optional(Nullable(Time)),
  },
  { additionalProperties: false },
);

export type NewApiKey = Static<typeof NewApiKey>;

export const CreatedApiKey = Type.Object({
  ...ApiKey.properties,
  key: Type.String({ description: 'The key itself, shown this once' }),
});
