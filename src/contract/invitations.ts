import Type, { type Static } from 'typebox';
import { NewPassword, Token } from './auth.ts';
import { Id, Nullable, Time } from './common.ts';
import { RoleName } from './users.ts';

const closed = { additionalProperties: false } as const;

export const Invitation = Type.Object({
  id: Id,
  email: Type.String(),
  role: Type.String(),
  createdAt: Time,
  expiresAt: Time,
  expired: Type.Boolean(),
});
export type Invitation = Static<typeof Invitation>;

/** `POST /api/invitations` */
export const NewInvitation = Type.Object(
  { email: Type.String({ minLength: 3, maxLength: 254 }), role: RoleName },
  closed,
);
export type NewInvitation = Static<typeof NewInvitation>;

export const SentInvitation = Type.Object({
  ...Invitation.properties,
  link: Type.String({ description: 'To hand on by yourself; shown this once' }),
  mailed: Type.Boolean(),
  mailNote: Nullable(Type.String({ description: 'Why it was not mailed' })),
});
export type SentInvitation = Static<typeof SentInvitation>;

/** `POST /api/auth/invitation`: what the holder of a link may see. */
export const InvitationToken = Type.Object({ token: Token }, closed);
export const OpenInvitation = Type.Object({
  email: Type.String(),
  role: Type.String(),
  workspace: Type.Object({ name: Type.String() }),
  invitedBy: Nullable(Type.String()),
  known: Type.Boolean({ description: 'There is an account for the address: its password joins' }),
  expiresAt: Time,
});
export type OpenInvitation = Static<typeof OpenInvitation>;

/** `POST /api/auth/invitation/accept`: a new person chooses a password, a known one gives theirs. */
export const InvitationAcceptance = Type.Object(
  { token: Token, name: Type.Optional(Type.String({ maxLength: 200 })), password: NewPassword },
  closed,
);
export type InvitationAcceptance = Static<typeof InvitationAcceptance>;
