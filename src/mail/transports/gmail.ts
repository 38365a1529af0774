import { GMAIL_RULES } from '../classify/gmail-rules.ts';
import { Directory } from '../google/directory.ts';
import { googleRefusal } from '../google/google-refusal.ts';
import { SEARCH_SCOPE, SEND_SCOPE } from '../google/scopes.ts';
import { sendAs } from '../google/send-as.ts';
import type { ServiceAccountKey } from '../google/service-account-key.ts';
import { serviceAccountTokens } from '../google/service-account-tokens.ts';
import type { HttpAnswer, HttpContent } from '../http/http-client.ts';
import { HttpTransport, type HttpTransportOptions } from '../http/http-transport.ts';
import type { Entry, HttpProvider, ProviderAnswer, ProviderCheck, ProviderSearch } from '../http/provider.ts';
import { rawContent } from '../http/raw-content.ts';
import { jsonObject, readFailure } from '../http/read-answer.ts';
import type { AccessTokens } from '../oauth/access-tokens.ts';
import type { OutgoingMessage, Transport } from '../transport.ts';

export interface GmailOptions extends HttpTransportOptions {
  readonly key: ServiceAccountKey;
  /** The user whose mail it is. */
  readonly user: string;
  /** An administrator, for whom the directory opens; only asked for by `verify`. */
  readonly admin: string;
  /** Instead of Google's own hosts. */
  readonly baseUrl?: URL;
}

const BASE_URL = new URL('https://gmail.googleapis.com');
const SEND = '/gmail/v1/users/me/messages/send';
const UPLOAD = '/upload/gmail/v1/users/me/messages/send?uploadType=media';
/** Base64 in JSON adds a third; beyond this a message goes as it is (developers.google.com/gmail/api/guides/uploads, "Simple upload"). */
const MAX_IN_JSON = 1024 * 1024;

/**
 * A way out over the Gmail API as one user of a Google Workspace, whom a service account acts for (developers.google.com/gmail
 * /api/reference/rest/v1/users.messages/send). One message a request; after a lost answer the user's mailbox is searched.
 */
export function gmailTransport(options: GmailOptions): Transport {
  return new HttpTransport(new Gmail(options), options);
}

class Gmail implements HttpProvider {
  readonly name = 'Gmail';
  readonly maxBatch = 1;
  readonly baseUrl: URL;
  readonly #options: GmailOptions;
  readonly #send: AccessTokens;
  readonly #search: AccessTokens;

  constructor(options: GmailOptions) {
    const { key, user, baseUrl } = options;
    this.baseUrl = baseUrl ?? BASE_URL;
    this.#options = options;
    this.#send = serviceAccountTokens(key, user, SEND_SCOPE, baseUrl);
    this.#search = serviceAccountTokens(key, user, SEARCH_SCOPE, baseUrl);
  }

  async encode(message: OutgoingMessage): Promise<Entry> {
    // Copied before anything is awaited: the bytes of a message may lie in memory that the next one uses.
    const raw = sendAs(Buffer.from(rawContent(message)), this.#options.user);
    const id = { key: messageIdOf(raw) };
    const isLarge = raw.length > MAX_IN_JSON;
    const entry = isLarge
      ? { ...id, path: UPLOAD, headers: { 'content-type': 'message/rfc822' }, content: raw }
      : {
          ...id,
          path: SEND,
          headers: { 'content-type': 'application/json' },
          content: JSON.stringify({ raw: raw.toString('base64url') }),
        };
    await this.#send.get();
    return entry;
  }

  request([entry]: readonly Entry[]): HttpContent {
    const headers = { ...entry?.headers, accept: 'application/json', authorization: `Bearer ${this.#send.current}` };
    return { headers, body: entry?.content ?? '' };
  }

  async renewAccess(): Promise<void> {
    await this.#send.get(this.#send.current);
  }

  read(answer: HttpAnswer): ProviderAnswer {
    if (answer.status === 200) {
      const id = jsonObject(answer.body)?.id;
      if (typeof id !== 'string') return { kind: 'unclear', text: 'the answer holds no id' };
      return { kind: 'entries', results: [{ kind: 'accepted', id }] };
    }
    const refusal = googleRefusal(answer.body);
    const failure = readFailure(answer, refusal, GMAIL_RULES);
    if (failure.kind !== 'refused' || refusal === null) return failure;
    return refusal.retryAfterMs === null ? failure : { ...failure, retryAfterMs: refusal.retryAfterMs };
  }

  /** By Message-ID among all mail of the user, what was sent included. */
  async search({ key = '' }: Entry): Promise<ProviderSearch | null> {
    const token = await this.#search.get().catch(() => null);
    if (token === null || key === '') return null;
    return { path: searchPath(key), headers: { authorization: `Bearer ${token}` }, read: foundId };
  }

  /** Everything that is needed: to send, to search, and to read the directory. */
  async check(): Promise<ProviderCheck> {
    const { key, user, admin, baseUrl } = this.#options;
    await this.#send.get();
    const { users } = await new Directory({ key, admin, ...(baseUrl && { baseUrl }) }).page(null, 1);
    const token = await this.#search.get();
    const seen = users.length === 0 ? 'and sees no user in the directory' : 'and reads the directory';
    return {
      path: searchPath('postrider-check'),
      headers: { authorization: `Bearer ${token}` },
      read: (answer) => {
        if (answer.status === 200)
          return { ok: true, isKey: true, message: `ready to send: ${key.clientEmail} acts as ${user} ${seen}` };
        const refusal = googleRefusal(answer.body);
        const message = refusal?.text ?? `it answered ${answer.status}, which is not Gmail`;
        return { ok: false, isKey: refusal !== null, message };
      },
    };
  }
}

function searchPath(messageId: string): string {
  return `/gmail/v1/users/me/messages?maxResults=1&includeSpamTrash=true&q=${encodeURIComponent(`rfc822msgid:${messageId}`)}`;
}

function foundId({ status, body }: HttpAnswer): string | null {
  if (status !== 200) return null;
  const messages = jsonObject(body)?.messages;
  const first: unknown = Array.isArray(messages) ? messages[0] : null;
  return typeof first === 'object' && first !== null && 'id' in first && typeof first.id === 'string' ? first.id : null;
}

/** Without its angle brackets; empty where there is none. */
function messageIdOf(raw: Buffer): string {
  const head = raw.subarray(0, Math.max(0, raw.indexOf('\r\n\r\n')) + 2).toString('latin1');
  return /^Message-ID:\s*<([^<>\s]+)>/im.exec(head)?.[1] ?? '';
}
