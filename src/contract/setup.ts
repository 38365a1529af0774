import Type, { type Static } from 'typebox';
import { NewPassword } from './auth.ts';

export const SetupState = Type.Object({ done: Type.Boolean() });

/** `POST /api/setup`: the owner and the workspace of the first start. */
export const SetupBody = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 200 }),
    email: Type.String({ minLength: 3, maxLength: 254 }),
    password: NewPassword,
    workspaceName: Type.String({ minLength: 1, maxLength: 200 }),
    timezone: Type.Optional(Type.String({ maxLength: 100, description: 'IANA name' })),
  },
  { additionalProperties: false },
);
export type SetupBody = Static<typeof SetupBody>;
