import * as client from 'openid-client';
import { type Executor, inTransaction } from '../db/database.ts';
import { findUserOfIdentity, hasIdentityAt, insertIdentity } from '../db/identities.ts';
import { insertOneTimeToken, takeOneTimeToken } from '../db/one-time-tokens.ts';
import { findUser, findUserByEmail, insertMembership, insertUser, listMemberships, type UserRow } from '../db/users.ts';
import { findFirstWorkspace } from '../db/workspaces.ts';
import type { Core, Role } from './context.ts';
import { acceptInvitationsOf } from './invitations.ts';
import { hashToken, newToken } from './opaque-token.ts';

/** Login by an identity elsewhere: OIDC_ISSUER and its companions. */
export interface OidcSettings {
  readonly issuer: string;
  readonly clientId: string;
  /** Null for a public client: PKCE protects the code in either case. */
  readonly clientSecret: string | null;
  /** On the button. */
  readonly name: string;
  /** Of people whom nobody invited; null: they may not enter. */
  readonly role: Exclude<Role, 'owner'> | null;
}

/** Why nobody is logged in; the page of the login has words for each. */
export type OidcReason = 'expired' | 'refused' | 'unreachable' | 'unverified' | 'unknown' | 'failed';

export class OidcFailure extends Error {
  override readonly name = 'OidcFailure';
  readonly reason: OidcReason;

  constructor(reason: OidcReason, cause?: unknown) {
    super(`login by OpenID Connect: ${reason}`, { cause });
    this.reason = reason;
  }
}

interface Pending {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

interface Profile {
  readonly issuer: string;
  readonly subject: string;
  readonly email: string;
  readonly name: string | null;
}

export const OIDC_SECONDS = 600;
/** What the provider says of itself is asked for again after this long: keys and addresses change. */
const DISCOVERY_MS = 3_600_000;
const TIMEOUT_SECONDS = 10;
const LONGEST_NAME = 200;

/** Authorization code with PKCE, state and nonce (OpenID Connect Core 1.0, RFC 7636). */
export class OidcLogin {
  readonly name: string;
  readonly #core: Pick<Core, 'db' | 'baseUrl' | 'log'>;
  readonly #settings: OidcSettings;
  #provider: { readonly until: number; readonly configuration: Promise<client.Configuration> } | null = null;

  constructor(core: Pick<Core, 'db' | 'baseUrl' | 'log'>, settings: OidcSettings) {
    this.name = settings.name;
    this.#core = core;
    this.#settings = settings;
  }

  /** Where to send the browser, and what it keeps in a cookie until it comes back. */
  async begin(): Promise<{ url: string; token: string }> {
    const configuration = await this.#configuration();
    const pending: Pending = {
      state: client.randomState(),
      nonce: client.randomNonce(),
      verifier: client.randomPKCECodeVerifier(),
    };
    const token = newToken();
    await insertOneTimeToken(this.#core.db.sql, {
      tokenHash: hashToken(token),
      purpose: 'oidc',
      userId: null,
      data: pending,
      seconds: OIDC_SECONDS,
    });
    const url = client.buildAuthorizationUrl(configuration, {
      redirect_uri: this.#redirectUri(),
      scope: 'openid email profile',
      state: pending.state,
      nonce: pending.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(pending.verifier),
      code_challenge_method: 'S256',
    });
    return { url: url.href, token };
  }

  /** The user who came back from the provider. `query` is what stands behind the ? of the callback. Throws OidcFailure. */
  async finish(token: string | undefined, query: string): Promise<string> {
    const row = token === undefined ? null : await takeOneTimeToken(this.#core.db.sql, 'oidc', hashToken(token));
    if (!row) throw new OidcFailure('expired');
    const profile = await this.#redeem(row.data as Pending, query);
    return inTransaction(this.#core.db.sql, (tx) => this.#admit(tx, profile));
  }

  async #redeem({ state, nonce, verifier }: Pending, query: string): Promise<Profile> {
    const configuration = await this.#configuration();
    try {
      const tokens = await client.authorizationCodeGrant(configuration, new URL(`${this.#redirectUri()}?${query}`), {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
      });
      const claims = tokens.claims();
      if (!claims) throw new OidcFailure('failed');
      const about: Record<string, unknown> =
        claims.email === undefined && configuration.serverMetadata().userinfo_endpoint !== undefined
          ? { ...claims, ...(await client.fetchUserInfo(configuration, tokens.access_token, claims.sub)) }
          : claims;
      return profileOf(claims.iss, claims.sub, about);
    } catch (error) {
      throw failureOf(error);
    }
  }

  /** Known by issuer and subject; else by the address that the provider has verified; else invited, or let in by OIDC_ROLE. */
  async #admit(tx: Executor, profile: Profile): Promise<string> {
    const user = (await findKnown(tx, profile)) ?? (await this.#makeUser(tx, profile));
    await insertIdentity(tx, { issuer: profile.issuer, subject: profile.subject, userId: user.id });
    const { length } = await listMemberships(tx, user.id);
    if (length > 0 || (await acceptInvitationsOf(tx, user)).length > 0) return user.id;
    const first = await findFirstWorkspace(tx);
    if (this.#settings.role === null || !first) throw new OidcFailure('unknown'); // rolls the new user back
    await insertMembership(tx, { workspaceId: first.id, userId: user.id, role: this.#settings.role });
    return user.id;
  }

  async #makeUser(tx: Executor, { email, name }: Profile): Promise<UserRow> {
    const user = await insertUser(tx, { email, emailKey: email.toLowerCase(), name, passwordHash: null });
    if (!user) throw new OidcFailure('failed');
    return user;
  }

  #redirectUri(): string {
    return `${this.#core.baseUrl}/api/auth/oidc/callback`;
  }

  /** One question at a time; one that failed is asked again by the next who comes. */
  async #configuration(): Promise<client.Configuration> {
    if (!this.#provider || this.#provider.until < Date.now())
      this.#provider = { until: Date.now() + DISCOVERY_MS, configuration: discover(this.#settings) };
    try {
      return await this.#provider.configuration;
    } catch (error) {
      this.#provider = null;
      this.#core.log.warn({ err: error, issuer: this.#settings.issuer }, 'the OpenID Connect provider did not answer');
      throw new OidcFailure('unreachable', error);
    }
  }
}

function discover({ issuer, clientId, clientSecret }: OidcSettings): Promise<client.Configuration> {
  const server = new URL(issuer);
  const authentication = clientSecret === null ? client.None() : undefined;
  // Only the check of the configuration lets plain HTTP through, and only to this machine.
  const insecure = server.protocol === 'http:' ? [client.allowInsecureRequests] : [];
  // Id tokens are checked against the keys of the provider as well, though they come over TLS.
  const execute = [client.enableNonRepudiationChecks, ...insecure];
  return client.discovery(server, clientId, clientSecret ?? undefined, authentication, {
    execute,
    timeout: TIMEOUT_SECONDS,
  });
}

/** Somebody whose address is taken by another subject of the same issuer is not let into that account. */
async function findKnown(tx: Executor, profile: Profile): Promise<UserRow | null> {
  const userId = await findUserOfIdentity(tx, profile);
  if (userId !== null) return findUser(tx, userId);
  const user = await findUserByEmail(tx, profile.email.toLowerCase());
  if (user && (await hasIdentityAt(tx, user.id, profile.issuer))) throw new OidcFailure('failed');
  return user;
}

/** An address that the provider does not vouch for may be anybody's. */
function profileOf(issuer: string, subject: string, about: Readonly<Record<string, unknown>>): Profile {
  const { email, email_verified: verified, name } = about;
  if (typeof email !== 'string' || !/^[^\s@]+@[^\s@]+$/.test(email) || (verified !== true && verified !== 'true'))
    throw new OidcFailure('unverified');
  return { issuer, subject, email, name: typeof name === 'string' ? name.slice(0, LONGEST_NAME) : null };
}

function failureOf(error: unknown): OidcFailure {
  if (error instanceof OidcFailure) return error;
  if (error instanceof client.AuthorizationResponseError) {
    return new OidcFailure(error.error === 'access_denied' ? 'refused' : 'failed', error);
  }
  return new OidcFailure('failed', error);
}
