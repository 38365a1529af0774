import type { ImapFlow } from 'imapflow';
import { messageOf } from '../../errors.ts';
import { classifyConnectionError } from '../classify/classify-connection-error.ts';
import { REPLY_CLASSES, type ReplyClassName } from '../classify/reply-classes.ts';

export interface MailboxAddress {
  readonly host: string;
  readonly port: number;
  readonly secure: 'tls' | 'starttls' | 'none';
  readonly username: string;
  readonly password: string;
  readonly folder: string;
}

export interface FetchedMessage {
  readonly uid: number;
  /** Its beginning. */
  readonly raw: Buffer;
}

/** What becomes of a message that was read. */
export type AfterReading = { readonly kind: 'flag' | 'delete' } | { readonly kind: 'move'; readonly to: string };

/** Words for people: what was tried, what the server said, what to do. */
export class MailboxError extends Error {}

const CONNECT_MS = 15_000;
const SILENT_MS = 60_000;
/** Reports stand in front of what they return. */
const FETCHED_BYTES = 512 * 1024;

/** One connection to a folder of an IMAP mailbox (RFC 3501, RFC 9051). */
export class MailboxSession {
  readonly #client: ImapFlow;
  /** UIDs count under this only (RFC 3501 section 2.3.1.1). */
  readonly uidValidity: number;
  readonly messages: number;

  private constructor(client: ImapFlow, opened: { readonly uidValidity: bigint; readonly exists: number }) {
    this.#client = client;
    this.uidValidity = Number(opened.uidValidity);
    this.messages = opened.exists;
  }

  /** Connects, logs in and opens the folder; throws a MailboxError. */
  static async open(address: MailboxAddress): Promise<MailboxSession> {
    const { host, port, secure, username, password, folder } = address;
    const { ImapFlow } = await import('imapflow'); // most installations have no such mailbox
    const client = new ImapFlow({
      host,
      port,
      secure: secure === 'tls',
      ...(secure === 'tls' ? {} : { doSTARTTLS: secure === 'starttls' }),
      auth: { user: username, pass: password },
      logger: false,
      disableAutoIdle: true,
      connectionTimeout: CONNECT_MS,
      greetingTimeout: CONNECT_MS,
      socketTimeout: SILENT_MS,
    });
    // A connection that breaks between two commands fails the next one; without a listener it would end the process.
    client.on('error', () => {});
    try {
      await client.connect();
    } catch (error) {
      client.close();
      throw new MailboxError(loginWords(error, address));
    }
    try {
      return new MailboxSession(client, await client.mailboxOpen(folder));
    } catch (error) {
      client.close();
      throw new MailboxError(`The folder "${folder}" cannot be opened: ${saidBy(error)}. Check its name.`);
    }
  }

  /** Messages behind this UID, oldest first, `limit` at most. */
  async newMessages(afterUid: number, limit: number): Promise<FetchedMessage[]> {
    if (this.messages === 0) return [];
    const found = await this.#client.search({ uid: `${afterUid + 1}:*` }, { uid: true });
    // `n:*` always names the last message, also when its UID is below n (RFC 3501 section 6.4.8).
    const uids = (found || [])
      .filter((uid) => uid > afterUid)
      .sort((a, b) => a - b)
      .slice(0, limit);
    const messages: FetchedMessage[] = [];
    for (const uid of uids) {
      const message = await this.#client.fetchOne(String(uid), { source: { maxLength: FETCHED_BYTES } }, { uid: true });
      if (message && message.source !== undefined) messages.push({ uid, raw: message.source });
    }
    return messages;
  }

  /** Doing it again to what is gone changes nothing. */
  async act(uids: readonly number[], after: AfterReading): Promise<void> {
    if (uids.length === 0) return;
    const range = uids.join(',');
    if (after.kind === 'flag') await this.#client.messageFlagsAdd(range, ['\\Seen', '\\Flagged'], { uid: true });
    if (after.kind === 'delete') await this.#client.messageDelete(range, { uid: true });
    if (after.kind !== 'move') return;
    await this.#client.mailboxCreate(after.to).catch(() => {}); // it is there already, or the move says why not
    const moved = await this.#client.messageMove(range, after.to, { uid: true });
    if (moved === false) throw new MailboxError(`Messages cannot be moved to "${after.to}". Check the folder's name.`);
  }

  async close(): Promise<void> {
    await this.#client.logout().catch(() => this.#client.close());
  }
}

function loginWords(error: unknown, { host, port, secure }: MailboxAddress): string {
  const failure = error as { readonly authenticationFailed?: boolean; readonly code?: string };
  if (failure.authenticationFailed)
    return `The server did not accept the user name or password: ${saidBy(error)}. Check them; some providers want an app password.`;
  const server = `${host}:${port}`;
  if (failure.code === 'CONNECT_TIMEOUT' || failure.code === 'GREETING_TIMEOUT')
    return `${server} did not answer in time. Check host, port and whether it wants ${secure === 'tls' ? 'STARTTLS' : 'TLS'}.`;
  const { name } = classifyConnectionError(error);
  return `${server} cannot be reached: ${REPLY_CLASSES[name as ReplyClassName].explanation} (${saidBy(error)})`;
}

function saidBy(error: unknown): string {
  const { responseText } = error as { readonly responseText?: string };
  return (responseText ?? messageOf(error)).slice(0, 300);
}
