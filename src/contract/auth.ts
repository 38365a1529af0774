import Type, { type Static } from 'typebox';
import { Id, Nullable } from './common.ts';

export const LoginBody = Type.Object(
  { email: Type.String({ maxLength: 320 }), password: Type.String({ maxLength: 1000 }) },
  { additionalProperties: false },
);

export const LoginLinkBody = Type.Object(
  { token: Type.String({ minLength: 1, maxLength: 200, description: 'Of the link that the first start prints' }) },
  { additionalProperties: false },
);

/** Who is asking: `GET /api/auth/me`, and the answer to a login. */
export const Me = Type.Object({
  user: Nullable(Type.Object({ id: Id, email: Type.String(), name: Nullable(Type.String()) })),
  role: Type.String(),
  workspace: Type.Object({ id: Id, name: Type.String() }),
});
export type Me = Static<typeof Me>;
