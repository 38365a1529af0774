import Type, { type Static } from 'typebox';
import { Id, Nullable, Time } from './common.ts';

export const RoleName = Type.Union(
  [Type.Literal('viewer'), Type.Literal('editor'), Type.Literal('admin'), Type.Literal('owner')],
  { description: 'viewer reads; editor changes campaigns and contacts; admin also accounts, keys and users' },
);

export const User = Type.Object({
  id: Id,
  email: Type.String(),
  name: Nullable(Type.String()),
  role: Type.String(),
  createdAt: Time,
  secondFactor: Type.Boolean(),
  lastSeenAt: Nullable(Time),
});
export type User = Static<typeof User>;

/** `POST /api/users` */
export const NewUser = Type.Object(
  {
    email: Type.String({ minLength: 3, maxLength: 254 }),
    name: Type.Optional(Type.String({ maxLength: 200 })),
    password: Type.Optional(
      Type.String({ minLength: 12, maxLength: 256, description: 'Made up and answered once when absent' }),
    ),
    role: RoleName,
  },
  { additionalProperties: false },
);
export type NewUser = Static<typeof NewUser>;

export const CreatedUser = Type.Object({
  ...User.properties,
  generatedPassword: Type.Optional(Type.String({ description: 'Shown this once' })),
});

/** `PATCH /api/users/{id}` */
export const UserChange = Type.Object({ role: RoleName }, { additionalProperties: false });
