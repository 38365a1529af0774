import { randomUUID, verify } from 'node:crypto';
import { type FakeServiceAccount, TOKEN_URI } from './fake-google-key.ts';
import type { FakeAnswer, FakeState } from './fake-provider.ts';

/** What a token is good for. */
export interface FakeGrant {
  readonly user: string;
  readonly scope: string;
  readonly until: number;
}

interface Claims {
  readonly iss?: unknown;
  readonly scope?: unknown;
  readonly aud?: unknown;
  readonly sub?: unknown;
  readonly iat?: unknown;
  readonly exp?: unknown;
}

const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const SKEW_S = 300;

/**
 * oauth2.googleapis.com/token for service accounts (developers.google.com/identity/protocols/oauth2/service-account): checks
 * signature and claims of every assertion, and refuses in Google's words.
 */
export class FakeGoogleTokens {
  readonly account: FakeServiceAccount;
  /** Scopes that domain-wide delegation was given for. */
  delegated: ReadonlySet<string> = new Set([
    'https://www.googleapis.com/auth/gmail.send',
    'https://www.googleapis.com/auth/gmail.readonly',
    'https://www.googleapis.com/auth/admin.directory.user.readonly',
    'https://mail.google.com/',
  ]);
  lifeS = 3599;
  /** Assertions whose signature and claims were right. */
  verified = 0;
  readonly #grants = new Map<string, FakeGrant>();
  readonly #isUser: (email: string) => boolean;

  constructor(account: FakeServiceAccount, isUser: (email: string) => boolean) {
    this.account = account;
    this.#isUser = isUser;
  }

  answer(body: string, { isKeyRevoked }: Pick<FakeState, 'isKeyRevoked'>): FakeAnswer {
    const form = new URLSearchParams(body);
    if (form.get('grant_type') !== GRANT) return refusal('unsupported_grant_type', 'Invalid grant_type.');
    const claims = this.#read(form.get('assertion') ?? '');
    if (claims === null || isKeyRevoked) return refusal('invalid_grant', 'Invalid JWT Signature.');
    const { iss, scope, aud, sub, iat, exp } = claims;
    if (iss !== this.account.clientEmail) return refusal('invalid_grant', 'Invalid grant: account not found');
    if (aud !== TOKEN_URI) return refusal('invalid_grant', 'Invalid JWT: Failed audience check.');
    const now = Date.now() / 1000;
    if (typeof iat !== 'number' || typeof exp !== 'number' || iat > now + SKEW_S || exp < now || exp - iat > 3600)
      return refusal(
        'invalid_grant',
        'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.',
      );
    if (typeof scope !== 'string' || !scope.split(' ').every((one) => this.delegated.has(one)))
      return refusal(
        'unauthorized_client',
        'Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the scopes requested.',
        401,
      );
    if (typeof sub !== 'string' || !this.#isUser(sub)) return refusal('invalid_grant', 'Invalid email or User ID');
    this.verified++;
    const token = `ya29.${randomUUID()}`;
    this.#grants.set(token, { user: sub, scope, until: Date.now() + this.lifeS * 1000 });
    return { status: 200, body: { access_token: token, expires_in: this.lifeS, token_type: 'Bearer' } };
  }

  /** Whose the bearer token of a request is; null when it is none, or was. */
  grantOf(authorization: string | undefined): FakeGrant | null {
    const grant = this.#grants.get((authorization ?? '').replace(/^Bearer /, ''));
    return grant !== undefined && grant.until > Date.now() ? grant : null;
  }

  all(): string[] {
    return [...this.#grants.keys()];
  }

  /** Every token given so far is worth nothing any more. */
  forgetAll(): void {
    this.#grants.clear();
  }

  #read(assertion: string): Claims | null {
    const [header = '', payload = '', signature = ''] = assertion.split('.');
    const { alg } = JSON.parse(Buffer.from(header, 'base64url').toString() || '{}') as { alg?: unknown };
    const signed = Buffer.from(`${header}.${payload}`);
    if (alg !== 'RS256') return null;
    if (!verify('RSA-SHA256', signed, this.account.publicKey, Buffer.from(signature, 'base64url'))) return null;
    return JSON.parse(Buffer.from(payload, 'base64url').toString()) as Claims;
  }
}

function refusal(error: string, error_description: string, status = 400): FakeAnswer {
  return { status, body: { error, error_description } };
}
