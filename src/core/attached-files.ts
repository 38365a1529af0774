import { messageOf } from '../errors.ts';
import { Cached } from '../lib/cached.ts';
import { type GuardedFile, guardedDownload, PrivateAddressError } from '../lib/guarded-request.ts';
import { Semaphore } from '../lib/semaphore.ts';
import { FileFault, type LinkedFile, type LinkedFiles } from '../mail/linked-files.ts';
import type { Attachment } from '../mail/message.ts';
import { type AttachmentHost, attachmentHostsOf, hostThatAllows } from './attachment-hosts.ts';
import { MAX_ATTACHMENTS_BYTES } from './campaign-attachments.ts';
import type { Core } from './context.ts';

/** Messages whose files are fetched or held at the same time: so much memory, and so many requests to one server. */
const MESSAGES_AT_ONCE = 16;
const MOST_BYTES = 10 * 1024 * 1024;
const TIMEOUT_MS = 20_000;
/** Files that all recipients get are kept for a moment. */
const MOST_SHARED = 8;
const FRESH_MS = 60_000;
const HOSTS_FRESH_MS = 5000;
/** Also 403: what a bucket answers about a file that does not exist to whoever may not list it. */
const MISSING = new Set([403, 404, 410]);
const PASSING = new Set([408, 425, 429]);

/** Fetches the files that recipients have of their own, for as many messages at a time as fit. */
export class AttachedFiles {
  readonly #places = new Semaphore(MESSAGES_AT_ONCE);
  readonly #hosts: Cached<readonly AttachmentHost[]>;
  readonly #shared: Cached<GuardedFile>;

  constructor(core: Pick<Core, 'db'>) {
    this.#hosts = new Cached((workspaceId) => attachmentHostsOf(core.db.sql, workspaceId), HOSTS_FRESH_MS);
    this.#shared = new Cached(
      (key) => this.#download(...(JSON.parse(key) as [string, string])),
      FRESH_MS,
      FRESH_MS,
      MOST_SHARED,
    );
  }

  /**
   * Runs `work` with the files of one recipient, and forgets them after it. Throws FileFault when one is not there, or
   * MessageError when his data do not say which.
   */
  with<T>(
    workspaceId: string,
    linked: LinkedFiles,
    data: Readonly<Record<string, unknown>>,
    work: (files: readonly Attachment[]) => Promise<T>,
  ): Promise<T> {
    return this.#places.run(async () => {
      const found = await Promise.all(linked.of(data).map((file) => this.#attachment(workspaceId, file)));
      const files = found.filter((file) => file !== null);
      const bytes = files.reduce((sum, { content }) => sum + content.length, 0);
      if (bytes > MAX_ATTACHMENTS_BYTES) throw new FileFault('its files are more than 20 MB together', true);
      return work(files);
    });
  }

  /** Null: it is not there, and is left out. */
  async #attachment(workspaceId: string, file: LinkedFile): Promise<Attachment | null> {
    const { status, headers, body } = await (file.isShared
      ? this.#shared.get(JSON.stringify([workspaceId, file.url]))
      : this.#download(workspaceId, file.url));
    if (MISSING.has(status) && file.ifMissing === 'leave-out') return null;
    if (status !== 200) throw faultOf(file.url, status);
    if (body.length > MOST_BYTES) throw new FileFault(`${file.url} has more than 10 MB`, true);
    const contentType = file.contentType ?? headers['content-type'] ?? 'application/octet-stream';
    return { filename: file.filename, contentType, content: body };
  }

  async #download(workspaceId: string, address: string): Promise<GuardedFile> {
    const url = new URL(address);
    const host = hostThatAllows(await this.#hosts.get(workspaceId), url);
    if (!host) throw new FileFault(`files may not be fetched from ${url.host} any more (attachmentHosts)`, true);
    const request = {
      url,
      headers: { 'user-agent': 'Postrider' },
      allowPrivate: host.allowPrivateAddresses ?? false,
      timeoutMs: TIMEOUT_MS,
    };
    try {
      return await guardedDownload(request, MOST_BYTES + 1);
    } catch (error) {
      throw new FileFault(`${address} cannot be fetched: ${messageOf(error)}`, error instanceof PrivateAddressError);
    }
  }
}

function faultOf(url: string, status: number): FileFault {
  const isRedirect = status >= 300 && status <= 399;
  const words = isRedirect ? `${status}, and redirects are not followed` : `${status}`;
  return new FileFault(`${url} answers ${words}`, !(PASSING.has(status) || status >= 500));
}
