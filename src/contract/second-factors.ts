import Type, { type Static } from 'typebox';
import { Token } from './auth.ts';
import { Id, Nullable, Time } from './common.ts';

const closed = { additionalProperties: false } as const;

/** Codes that count once each; shown this once. */
export const RecoveryCodes = Type.Object({ recoveryCodes: Type.Array(Type.String()) });
export type RecoveryCodes = Static<typeof RecoveryCodes>;

/** `POST /api/auth/totp`: shown this once. */
export const TotpEnrolment = Type.Object({
  secret: Type.String({ description: 'Base32, to type in by hand' }),
  uri: Type.String({ description: 'otpauth://, for a QR code' }),
});
export type TotpEnrolment = Static<typeof TotpEnrolment>;
export const TotpCode = Type.Object({ code: Type.String({ minLength: 6, maxLength: 20 }) }, closed);

/** The first second factor brings recovery codes with it. */
export const Enrolled = Type.Object({ recoveryCodes: Nullable(Type.Array(Type.String())) });
export type Enrolled = Static<typeof Enrolled>;

export const Passkey = Type.Object({
  id: Id,
  name: Type.String(),
  createdAt: Time,
  lastUsedAt: Nullable(Time),
});
export type Passkey = Static<typeof Passkey>;
export const Passkeys = Type.Object({ items: Type.Array(Passkey) });
const PasskeyName = Type.String({ minLength: 1, maxLength: 100 });
export const PasskeyChange = Type.Object({ name: PasskeyName }, closed);

/** What `navigator.credentials` takes, as JSON (WebAuthn Level 3, section 5.1), and a ticket to hand back beside its answer. */
export const PasskeyOptions = Type.Object({
  ticket: Type.String(),
  options: Type.Unsafe<object>({ type: 'object', additionalProperties: true }),
});
export type PasskeyOptions = Static<typeof PasskeyOptions>;

const CredentialResponse = Type.Object(
  {
    id: Type.String({ minLength: 1, maxLength: 2000 }),
    rawId: Type.String({ minLength: 1, maxLength: 2000 }),
    type: Type.String({ maxLength: 50 }),
    response: Type.Record(Type.String(), Type.Unknown()),
    clientExtensionResults: Type.Record(Type.String(), Type.Unknown()),
    authenticatorAttachment: Type.Optional(Nullable(Type.String({ maxLength: 50 }))),
  },
  { description: 'The PublicKeyCredential as JSON, as the browser makes it' },
);

/** `POST /api/auth/passkeys` */
export const NewPasskey = Type.Object({ ticket: Token, name: PasskeyName, response: CredentialResponse }, closed);
export type NewPasskey = Static<typeof NewPasskey>;
export const EnrolledPasskey = Type.Object({ passkey: Passkey, ...Enrolled.properties });
export type EnrolledPasskey = Static<typeof EnrolledPasskey>;

/** `POST /api/auth/login/passkey-options`: with the ticket of a login that is half done, as its second factor. */
export const PasskeyLoginStart = Type.Object({ ticket: Type.Optional(Token) }, closed);
export const PasskeyLogin = Type.Object({ ticket: Token, response: CredentialResponse }, closed);
export type PasskeyLogin = Static<typeof PasskeyLogin>;

/** `POST /api/auth/login/second-factor`: one of the three. */
export const SecondFactorBody = Type.Object(
  {
    ticket: Token,
    totp: Type.Optional(Type.String({ minLength: 1, maxLength: 20 })),
    recoveryCode: Type.Optional(Type.String({ minLength: 1, maxLength: 60 })),
    passkey: Type.Optional(CredentialResponse),
  },
  closed,
);
export type SecondFactorBody = Static<typeof SecondFactorBody>;
