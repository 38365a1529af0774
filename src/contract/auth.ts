import Type, { type Static } from 'typebox';
import { Id, Nullable, Time } from './common.ts';

const closed = { additionalProperties: false } as const;

/** Checked by length here; `password-rules` says the rest. */
export const NewPassword = Type.String({
  minLength: 1,
  maxLength: 1000,
  description: 'At least 12 characters; none that everybody tries first',
});
const Password = Type.String({ minLength: 1, maxLength: 1000 });
export const Token = Type.String({ minLength: 1, maxLength: 200 });

export const LoginBody = Type.Object(
  { email: Type.String({ maxLength: 320 }), password: Type.String({ maxLength: 1000 }) },
  closed,
);

export const LoginLinkBody = Type.Object(
  { token: Type.String({ minLength: 1, maxLength: 200, description: 'Of the link that the first start prints' }) },
  closed,
);

const WorkspaceOfMine = Type.Object({ id: Id, name: Type.String(), role: Type.String() });

/** What a person has besides a password. */
const SecondFactorState = Type.Object({
  required: Type.Boolean({ description: 'The workspace asks everybody for one' }),
  enrolled: Type.Boolean(),
  due: Type.Boolean({ description: 'Nothing but setting one up is possible before there is one' }),
  totp: Type.Boolean(),
  passkeys: Type.Integer(),
  recoveryCodes: Type.Integer({ description: 'Unused ones' }),
});

/** Who is asking: `GET /api/auth/me`, and the answer to a login. */
export const Me = Type.Object({
  user: Nullable(
    Type.Object({
      id: Id,
      email: Type.String(),
      name: Nullable(Type.String()),
      hasPassword: Type.Boolean(),
    }),
  ),
  role: Type.String(),
  operator: Type.Boolean({
    description: 'An administrator of the first workspace, who may also see to workers and queues of the installation',
  }),
  scopes: Nullable(Type.Array(Type.String(), { description: 'Of an API key that is narrowed to them' })),
  workspace: Type.Object({ id: Id, name: Type.String() }),
  workspaces: Type.Array(WorkspaceOfMine, { description: 'All of the person; that of the key' }),
  setupDone: Type.Boolean({ description: 'Whether the first owner has finished POST /api/setup' }),
  secondFactor: SecondFactorState,
});
export type Me = Static<typeof Me>;

/** A login that is half done: `POST /api/auth/login/second-factor` with the ticket ends it. */
export const SecondFactorDue = Type.Object({
  secondFactor: Type.Array(Type.Union([Type.Literal('totp'), Type.Literal('passkey'), Type.Literal('recovery')]), {
    description: 'What the person can prove themselves with',
  }),
  ticket: Type.String({ description: 'Good for 5 minutes and 5 tries' }),
});
export type SecondFactorDue = Static<typeof SecondFactorDue>;

/** `GET /api/auth/methods` */
export const LoginMethods = Type.Object({
  password: Type.Boolean(),
  passkey: Type.Boolean(),
  oidc: Nullable(Type.Object({ name: Type.String() })),
});
export type LoginMethods = Static<typeof LoginMethods>;

/** `PATCH /api/auth/me` */
export const ProfileChange = Type.Object({ name: Nullable(Type.String({ maxLength: 200 })) }, closed);

/** `POST /api/auth/confirm`: one of them. */
export const ConfirmBody = Type.Object(
  { password: Type.Optional(Password), totp: Type.Optional(Type.String({ maxLength: 20 })) },
  closed,
);
export type ConfirmBody = Static<typeof ConfirmBody>;

export const PasswordChange = Type.Object(
  {
    currentPassword: Type.Optional(Type.String({ maxLength: 1000, description: 'Left out only by who has none yet' })),
    newPassword: NewPassword,
  },
  closed,
);
export type PasswordChange = Static<typeof PasswordChange>;

export const ResetRequest = Type.Object({ email: Type.String({ minLength: 3, maxLength: 320 }) }, closed);
export const ResetRequested = Type.Object({ message: Type.String() });
export const PasswordReset = Type.Object({ token: Token, password: NewPassword }, closed);

export const SessionInfo = Type.Object({
  id: Id,
  current: Type.Boolean({ description: 'The one that asks' }),
  createdAt: Time,
  lastSeenAt: Type.String({ format: 'date-time', description: 'Written at most once a minute' }),
  expiresAt: Time,
  address: Nullable(Type.String()),
  userAgent: Nullable(Type.String()),
});
export type SessionInfo = Static<typeof SessionInfo>;
export const Sessions = Type.Object({ items: Type.Array(SessionInfo) });
export const SessionsEnded = Type.Object({ ended: Type.Integer() });

export const WorkspaceSwitch = Type.Object({ workspaceId: Id }, closed);
