import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** Who logs in at the provider, and what it says wrong about them. */
export interface Claims {
  readonly sub: string;
  readonly email?: string;
  readonly email_verified?: boolean;
  readonly name?: string;
  readonly nonce?: string;
  readonly aud?: string;
  readonly iss?: string;
  readonly exp?: number;
}

interface Grant {
  readonly nonce: string;
  readonly challenge: string;
  readonly redirectUri: string;
}

/**
 * A small OpenID Connect provider: discovery, authorization code with PKCE (S256), RS256 id tokens, JWKS, userinfo. `claims`
 * is what it says of whoever comes next; `wrongKey` signs with a key that is not in its JWKS.
 */
export class OidcProvider {
  claims: Claims = { sub: 'nobody' };
  wrongKey = false;
  /** What userinfo adds. */
  userInfo: object = {};
  readonly clientId = 'postrider-test';
  readonly clientSecret = 'secret of the client';
  readonly #keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  readonly #grants = new Map<string, Grant>();
  readonly #server = http.createServer((request, response) => void this.#serve(request, response));

  static async start(): Promise<OidcProvider> {
    const provider = new OidcProvider();
    await new Promise<void>((done) => provider.#server.listen(0, '127.0.0.1', done));
    return provider;
  }

  get issuer(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }

  /** What a browser does at the provider: asks, and is sent back. Answers the query of the callback. */
  async authorize(url: string, outcome: 'granted' | 'denied' = 'granted'): Promise<string> {
    const asked = new URL(url).searchParams;
    const state = asked.get('state') ?? '';
    if (outcome === 'denied')
      return new URLSearchParams({ error: 'access_denied', state, iss: this.issuer }).toString();
    const code = randomBytes(16).toString('hex');
    this.#grants.set(code, {
      nonce: asked.get('nonce') ?? '',
      challenge: asked.get('code_challenge') ?? '',
      redirectUri: asked.get('redirect_uri') ?? '',
    });
    return new URLSearchParams({ code, state, iss: this.issuer }).toString();
  }

  async #serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const path = request.url?.split('?')[0];
    let body = '';
    for await (const chunk of request) body += chunk;
    const [status, reply] = this.#answerTo(path, request, new URLSearchParams(body));
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(reply));
  }

  #answerTo(path: string | undefined, request: http.IncomingMessage, form: URLSearchParams): [number, object] {
    if (path === '/.well-known/openid-configuration') return [200, this.#metadata()];
    if (path === '/jwks') return [200, { keys: [jwkOf(this.#keys.publicKey)] }];
    if (path === '/token') return this.#redeem(request, form);
    if (path === '/userinfo') return [200, { sub: this.claims.sub, ...this.userInfo }];
    return [404, {}];
  }

  #redeem(request: http.IncomingMessage, form: URLSearchParams): [number, object] {
    const grant = this.#grants.get(form.get('code') ?? '');
    this.#grants.delete(form.get('code') ?? '');
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    const isClient = this.#isClient(request, form);
    if (!grant || !isClient || challenge !== grant.challenge || form.get('redirect_uri') !== grant.redirectUri)
      return [400, { error: 'invalid_grant' }];
    const token = { access_token: randomBytes(16).toString('hex'), token_type: 'Bearer', expires_in: 300 };
    return [200, { ...token, id_token: this.#idToken(grant.nonce) }];
  }

  /** By form or by Basic. */
  #isClient({ headers }: http.IncomingMessage, form: URLSearchParams): boolean {
    if (form.get('client_secret') === this.clientSecret && form.get('client_id') === this.clientId) return true;
    const basic = Buffer.from(headers.authorization?.replace(/^Basic /, '') ?? '', 'base64').toString();
    return basic === `${this.clientId}:${encodeURIComponent(this.clientSecret).replaceAll('%20', '+')}`;
  }

  #idToken(nonce: string): string {
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: this.issuer, aud: this.clientId, iat: now, exp: now + 300, nonce, ...this.claims };
    const head = { alg: 'RS256', typ: 'JWT', kid: 'one' };
    const signed = [head, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
    const key = this.wrongKey ? generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey : this.#keys.privateKey;
    return `${signed}.${sign('sha256', Buffer.from(signed), key).toString('base64url')}`;
  }

  #metadata(): object {
    const { issuer } = this;
    return {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      userinfo_endpoint: `${issuer}/userinfo`,
      jwks_uri: `${issuer}/jwks`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
    };
  }
}

function jwkOf(key: KeyObject): object {
  return { ...key.export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'RS256' };
}
