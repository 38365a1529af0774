import { replyClass } from '../classify/reply-classes.ts';
import { HttpClient, type HttpTimeouts } from '../http/http-client.ts';
import { HttpFailure } from '../http/http-failure.ts';
import { jsonObject } from '../http/read-answer.ts';
import { AccessError } from '../oauth/access-error.ts';
import type { AccessTokens } from '../oauth/access-tokens.ts';
import { googleRefusal } from './google-refusal.ts';
import { DIRECTORY_SCOPE } from './scopes.ts';
import type { ServiceAccountKey } from './service-account-key.ts';
import { serviceAccountTokens } from './service-account-tokens.ts';

interface DirectoryAccess {
  readonly key: ServiceAccountKey;
  /** The administrator as whom the directory is read. */
  readonly admin: string;
  /** Instead of Google's own hosts. */
  readonly baseUrl?: URL;
}

interface DirectoryUser {
  /** In lower case. */
  readonly email: string;
  readonly name: string;
  /** Neither suspended nor archived, and with a mailbox. */
  readonly isActive: boolean;
}

interface DirectoryPage {
  readonly users: readonly DirectoryUser[];
  readonly nextPageToken: string | null;
}

const BASE_URL = new URL('https://admin.googleapis.com');
const TIMEOUTS: HttpTimeouts = { connectMs: 10_000, answerMs: 60_000 };
/** What users.list gives at once. */
const MOST_A_PAGE = 500;

/** The users of a Workspace (developers.google.com/admin-sdk/directory/reference/rest/v1/users/list). */
export class Directory {
  readonly #admin: string;
  readonly #base: URL;
  readonly #tokens: AccessTokens;

  constructor({ key, admin, baseUrl }: DirectoryAccess) {
    this.#admin = admin;
    this.#base = baseUrl ?? BASE_URL;
    this.#tokens = serviceAccountTokens(key, admin, DIRECTORY_SCOPE, baseUrl);
  }

  /** One page, from its token on. Rejects with an AccessError: its class says whether anything was reached. */
  async page(pageToken: string | null, size = MOST_A_PAGE): Promise<DirectoryPage> {
    const token = await this.#tokens.get();
    const query = new URLSearchParams({ customer: 'my_customer', maxResults: String(size), orderBy: 'email' });
    query.set('fields', 'nextPageToken,users(primaryEmail,name/fullName,suspended,archived,isMailboxSetup)');
    if (pageToken !== null) query.set('pageToken', pageToken);
    const client = new HttpClient(this.#base, TIMEOUTS);
    const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
    const path = `/admin/directory/v1/users?${query}`;
    try {
      const answer = await client.exchange({ method: 'GET', path, content: () => ({ headers, body: '' }) });
      return readPage(answer?.status ?? 0, answer?.body ?? '', this.#admin);
    } catch (error) {
      if (error instanceof HttpFailure)
        throw new AccessError(`the directory was not reached: ${error.message}`, error.replyClass, null);
      throw error;
    } finally {
      client.destroy();
    }
  }
}

function readPage(status: number, text: string, admin: string): DirectoryPage {
  const body = jsonObject(text);
  if (status === 200 && body !== null) {
    const users = Array.isArray(body.users) ? body.users.map(userOf).filter((user) => user !== null) : [];
    return { users, nextPageToken: typeof body.nextPageToken === 'string' ? body.nextPageToken : null };
  }
  const refusal = googleRefusal(text);
  const said = refusal?.text ?? `it answered ${status}`;
  if (status === 429 || status >= 500 || refusal === null)
    throw new AccessError(`the directory cannot be read: ${said}`, replyClass('server-not-ready'), status);
  throw new AccessError(
    `the directory cannot be read (${said}): ${admin} must be an administrator who may read users, and the Admin SDK API switched on in the project of the service account`,
    replyClass('delegation-missing'),
    status,
  );
}

function userOf(value: unknown): DirectoryUser | null {
  if (typeof value !== 'object' || value === null) return null;
  const user = value as Readonly<Record<string, unknown>>;
  if (typeof user.primaryEmail !== 'string') return null;
  const name = user.name as { readonly fullName?: unknown } | undefined;
  return {
    email: user.primaryEmail.toLowerCase(),
    name: typeof name?.fullName === 'string' ? name.fullName : '',
    isActive: user.suspended !== true && user.archived !== true && user.isMailboxSetup !== false,
  };
}
