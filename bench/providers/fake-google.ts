import { FakeGoogleDirectory, type FakeUser } from './fake-google-directory.ts';
import { type FakeServiceAccount, usualServiceAccount } from './fake-google-key.ts';
import { FakeGoogleMailboxes, googleError, retryWords } from './fake-google-mailboxes.ts';
import { FakeGoogleTokens, type FakeGrant } from './fake-google-tokens.ts';
import type { FakeAnswer, FakeApi, FakeRequest, FakeState } from './fake-provider.ts';

export interface FakeGoogleOptions {
  readonly account?: FakeServiceAccount;
  /** The first is the administrator. */
  readonly users?: readonly FakeUser[];
}

const SCOPE = 'https://www.googleapis.com/auth/';
const SENDING = new Set([`${SCOPE}gmail.send`, 'https://mail.google.com/']);
const SEARCHING = new Set([`${SCOPE}gmail.readonly`, 'https://mail.google.com/']);
const READING_USERS = new Set([`${SCOPE}admin.directory.user.readonly`]);

/** Users as a Workspace of that name has them: news@…, u1@…, u2@… */
export function fakeUsers(count: number, domain = 'acme.test'): FakeUser[] {
  return Array.from({ length: count }, (_, i) => ({
    email: i === 0 ? `news@${domain}` : `u${i}@${domain}`,
    name: i === 0 ? 'News' : `User ${i}`,
  }));
}

/** One Google Workspace: token endpoint, directory and Gmail of its users, all on one host. */
export class FakeGoogle implements FakeApi {
  readonly key: string;
  readonly admin: string;
  readonly tokens: FakeGoogleTokens;
  readonly directory: FakeGoogleDirectory;
  readonly mailboxes = new FakeGoogleMailboxes();

  constructor({ account = usualServiceAccount(), users = fakeUsers(1) }: FakeGoogleOptions = {}) {
    this.key = account.json;
    this.admin = users[0]?.email ?? '';
    this.directory = new FakeGoogleDirectory(users);
    this.tokens = new FakeGoogleTokens(account, (email) => this.directory.knows(email));
  }

  sends({ method, path }: Pick<FakeRequest, 'method' | 'path'>): boolean {
    return method === 'POST' && path !== '/token';
  }

  async answer({ method, path, headers, body }: FakeRequest, state: FakeState): Promise<FakeAnswer> {
    const url = new URL(path, 'http://google.test');
    if (method === 'POST' && url.pathname === '/token') return this.tokens.answer(body.toString('utf8'), state);
    const grant = state.isKeyRevoked ? null : this.tokens.grantOf(headers.authorization);
    if (grant === null) return googleError(401, 'authError', 'Request had invalid authentication credentials.');
    switch (`${method} ${url.pathname}`) {
      case 'GET /admin/directory/v1/users':
        return this.#directory(grant, url.searchParams);
      case 'GET /gmail/v1/users/me/messages':
        if (!SEARCHING.has(grant.scope)) return insufficient();
        return this.mailboxes.search(grant.user, url.searchParams.get('q') ?? '');
      case 'POST /gmail/v1/users/me/messages/send': {
        const { raw } = JSON.parse(body.toString('utf8')) as { raw?: string };
        return this.#send(grant, Buffer.from(raw ?? '', 'base64url'), state);
      }
      case 'POST /upload/gmail/v1/users/me/messages/send':
        if (headers['content-type'] !== 'message/rfc822')
          return googleError(400, 'badContent', 'Media type not supported');
        return this.#send(grant, body, state);
      default:
        return { status: 404, body: 'Not Found' };
    }
  }

  tooMany(retryAfterSeconds: number): FakeAnswer {
    return googleError(429, 'userRateLimitExceeded', retryWords(retryAfterSeconds));
  }

  broken(status: number): FakeAnswer {
    return googleError(status, 'backendError', 'Backend Error');
  }

  #send(grant: FakeGrant, raw: Buffer, state: FakeState): Promise<FakeAnswer> | FakeAnswer {
    return SENDING.has(grant.scope) ? this.mailboxes.send(grant.user, raw, state) : insufficient();
  }

  #directory(grant: FakeGrant, query: URLSearchParams): FakeAnswer {
    if (!READING_USERS.has(grant.scope)) return insufficient();
    if (grant.user !== this.admin) return googleError(403, 'forbidden', 'Not Authorized to access this resource/api');
    return this.directory.answer(query);
  }
}

function insufficient(): FakeAnswer {
  return googleError(403, 'insufficientPermissions', 'Request had insufficient authentication scopes.');
}
