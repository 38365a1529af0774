import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import type { EnrolledPasskey, NewPasskey, Passkey, PasskeyLogin, PasskeyOptions } from '../contract/second-factors.ts';
import { inTransaction } from '../db/database.ts';
import { insertOneTimeToken, setOneTimeTokenData, takeOneTimeToken } from '../db/one-time-tokens.ts';
import {
  countPasskeyUse,
  deletePasskey,
  findPasskey,
  insertPasskey,
  listPasskeys,
  type PasskeyRow,
  renamePasskey,
} from '../db/passkeys.ts';
import { lockUser } from '../db/second-factors.ts';
import { findUser } from '../db/users.ts';
import { AppError, notFound } from '../errors.ts';
import { invalid } from './content.ts';
import type { Core, Person } from './context.ts';
import { hashToken, newToken } from './opaque-token.ts';
import { removeFactor, settleEnrolment, TICKET_EXPIRED, type Ticket } from './second-factors.ts';
import { rotateSession, tellAccessChanged } from './sessions.ts';

/** Loaded when the first passkey is used: reading certificates takes every process a quarter of a second to learn. */
const webauthn = () => import('@simplewebauthn/server');

type PasskeyCore = Pick<Core, 'db' | 'events' | 'baseUrl' | 'log'>;
type LoginCore = Pick<Core, 'db' | 'baseUrl' | 'log'>;

const CHALLENGE_SECONDS = 300;
const MOST_PASSKEYS = 20;
const NAME = 'Postrider';

/** Whom a passkey belongs to: the host of BASE_URL, and only pages from there may use it (WebAuthn Level 3, section 5.1.2). */
function partyOf(baseUrl: string): { rpID: string; origin: string } {
  const { hostname, origin } = new URL(baseUrl);
  return { rpID: hostname, origin };
}

/** What the browser makes a passkey from; the challenge stays here, counts once and for five minutes. */
export async function beginPasskeyEnrolment(core: PasskeyCore, { userId }: Person): Promise<PasskeyOptions> {
  const user = await findUser(core.db.sql, userId);
  const known = await listPasskeys(core.db.sql, userId);
  if (known.length >= MOST_PASSKEYS)
    throw new AppError('VALIDATION', `There are ${MOST_PASSKEYS} passkeys already: remove one first.`);
  const options = await (await webauthn()).generateRegistrationOptions({
    rpName: NAME,
    rpID: partyOf(core.baseUrl).rpID,
    userID: new Uint8Array(Buffer.from(userId)),
    userName: user?.email ?? userId,
    userDisplayName: user?.name ?? user?.email ?? '',
    attestationType: 'none',
    excludeCredentials: known.map(credentialOf),
    // A passkey that is to do without a password has to know who it belongs to, and that it is them.
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  });
  const ticket = newToken();
  await insertOneTimeToken(core.db.sql, {
    tokenHash: hashToken(ticket),
    purpose: 'passkey-enrolment',
    userId,
    data: { challenge: options.challenge },
    seconds: CHALLENGE_SECONDS,
  });
  return { ticket, options };
}

/** Takes a passkey that the browser made. The session gets a new token, and those elsewhere end. */
export async function enrolPasskey(
  core: PasskeyCore,
  person: Person,
  body: NewPasskey,
): Promise<EnrolledPasskey & { readonly token: string }> {
  const row = await takeOneTimeToken(core.db.sql, 'passkey-enrolment', hashToken(body.ticket));
  if (row?.userId !== person.userId)
    throw new AppError('TOKEN_EXPIRED', 'This took longer than 5 minutes. Begin again.');
  const { rpID, origin } = partyOf(core.baseUrl);
  const { registrationInfo } = await (await webauthn())
    .verifyRegistrationResponse({
      response: body.response as unknown as RegistrationResponseJSON,
      expectedChallenge: (row.data as { challenge: string }).challenge,
      expectedOrigin: origin,
      expectedRPID: rpID,
      requireUserVerification: true,
    })
    .catch((error: unknown) => {
      core.log.info({ err: error }, 'a passkey was not accepted');
      throw invalid('response', 'is not an answer to this challenge from a page of this address');
    });
  if (!registrationInfo) throw invalid('response', 'could not be verified');
  const { credential } = registrationInfo;
  const done = await inTransaction(core.db.sql, async (tx) => {
    await lockUser(tx, person.userId);
    const passkey = await insertPasskey(tx, {
      userId: person.userId,
      name: body.name,
      credentialId: credential.id,
      publicKey: Buffer.from(credential.publicKey),
      counter: credential.counter,
      transports: credential.transports ?? [],
    });
    if (!passkey) throw new AppError('NAME_TAKEN', 'This passkey is known already. Nothing was changed.');
    const recoveryCodes = await settleEnrolment(tx, person);
    return { passkey: show(passkey), recoveryCodes, token: await rotateSession(tx, person) };
  });
  tellAccessChanged(core, person.userId);
  return done;
}

/** For a login with nothing but a passkey: the browser offers those it has. */
export async function beginPasskeyLogin(core: LoginCore): Promise<PasskeyOptions> {
  const options = await (await webauthn()).generateAuthenticationOptions({
    rpID: partyOf(core.baseUrl).rpID,
    userVerification: 'required',
  });
  const ticket = newToken();
  await insertOneTimeToken(core.db.sql, {
    tokenHash: hashToken(ticket),
    purpose: 'passkey-login',
    userId: null,
    data: { challenge: options.challenge },
    seconds: CHALLENGE_SECONDS,
  });
  return { ticket, options };
}

/** For the second factor of a login that is half done: only this person's passkeys. */
export async function beginPasskeyFactor(core: LoginCore, ticket: Ticket, token: string): Promise<PasskeyOptions> {
  const options = await (await webauthn()).generateAuthenticationOptions({
    rpID: partyOf(core.baseUrl).rpID,
    allowCredentials: (await listPasskeys(core.db.sql, ticket.userId)).map(credentialOf),
    userVerification: 'preferred',
  });
  await setOneTimeTokenData(core.db.sql, ticket.tokenHash, { ...ticket.data, challenge: options.challenge });
  return { ticket: token, options };
}

/** Whose passkey answered. It proved both that the person has it and that it is them, so no second factor is asked for. */
export async function checkPasskeyLogin(core: LoginCore, { ticket, response }: PasskeyLogin): Promise<string> {
  const row = await takeOneTimeToken(core.db.sql, 'passkey-login', hashToken(ticket));
  if (!row) throw new AppError('TOKEN_EXPIRED', TICKET_EXPIRED);
  const { challenge } = row.data as { challenge: string };
  const passkey = await verify(core, response, challenge, true);
  if (passkey) return passkey.userId;
  throw new AppError('AUTHENTICATION_REQUIRED', 'This passkey is not known here, or its answer is not right.');
}

/** Whether one of this person's passkeys answered the challenge of their login. */
export async function checkPasskeyFactor(
  core: LoginCore,
  ticket: Ticket,
  response: PasskeyLogin['response'],
): Promise<boolean> {
  const { challenge, ...data } = ticket.data;
  if (challenge === undefined) return false;
  await setOneTimeTokenData(core.db.sql, ticket.tokenHash, data); // a challenge counts once
  const passkey = await verify(core, response, challenge, false);
  return passkey?.userId === ticket.userId;
}

async function verify(
  core: LoginCore,
  response: PasskeyLogin['response'],
  expectedChallenge: string,
  requireUserVerification: boolean,
): Promise<PasskeyRow | null> {
  const passkey = await findPasskey(core.db.sql, response.id);
  if (!passkey) return null;
  const { rpID, origin } = partyOf(core.baseUrl);
  try {
    const { verified, authenticationInfo } = await (await webauthn()).verifyAuthenticationResponse({
      response: response as unknown as AuthenticationResponseJSON,
      expectedChallenge,
      expectedOrigin: origin,
      expectedRPID: rpID,
      requireUserVerification,
      credential: {
        id: passkey.credentialId,
        publicKey: new Uint8Array(passkey.publicKey),
        counter: passkey.counter,
      },
    });
    const counted = verified && (await countPasskeyUse(core.db.sql, passkey.id, authenticationInfo.newCounter));
    return counted ? passkey : null;
  } catch (error) {
    core.log.info({ err: error, passkeyId: passkey.id }, 'the answer of a passkey was refused');
    return null;
  }
}

export async function listOwnPasskeys(core: Pick<Core, 'db'>, { userId }: Person): Promise<Passkey[]> {
  return (await listPasskeys(core.db.sql, userId)).map(show);
}

export async function changePasskey(
  core: Pick<Core, 'db'>,
  { userId }: Person,
  id: string,
  name: string,
): Promise<Passkey> {
  const row = await renamePasskey(core.db.sql, userId, id, name);
  if (!row) throw notFound('passkey', id);
  return show(row);
}

export function removePasskey(core: PasskeyCore, person: Person, id: string): Promise<void> {
  return removeFactor(core, person, async (tx) => {
    if (!(await deletePasskey(tx, person.userId, id))) throw notFound('passkey', id);
  });
}

function credentialOf({ credentialId, transports }: PasskeyRow): { id: string; transports: string[] } {
  return { id: credentialId, transports };
}

function show({ id, name, createdAt, lastUsedAt }: PasskeyRow): Passkey {
  return { id, name, createdAt: createdAt.toISOString(), lastUsedAt: lastUsedAt?.toISOString() ?? null };
}
