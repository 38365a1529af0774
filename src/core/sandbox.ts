import PostalMime, { type Attachment, type Email } from 'postal-mime';
import type { Page, PageQuery } from '../contract/common.ts';
import type { SandboxBehaviour, SandboxMessage, SandboxMessageSummary } from '../contract/sandbox.ts';
import {
  countSandboxMessages,
  deleteSandboxMessages,
  findSandboxMessage,
  listSandboxMessages,
  type SandboxMessageRow,
} from '../db/sandbox-messages.ts';
import { notFound } from '../errors.ts';
import type { Caller, Core } from './context.ts';
import { decodeCursor, toPage } from './cursor.ts';

/** How people make the running mailbox misbehave. In memory: the next start is well-behaved again. */
export interface SandboxControls {
  get(): SandboxBehaviour;
  set(behaviour: SandboxBehaviour): void;
}

type MailboxCore = Pick<Core, 'db'>;

export async function listMessages(
  core: MailboxCore,
  caller: Caller,
  query: PageQuery,
): Promise<Page<SandboxMessageSummary>> {
  const limit = query.limit ?? 50;
  const filter = { workspaceId: caller.workspaceId, ...(query.search ? { search: query.search } : {}) };
  const before = query.cursor === undefined ? {} : { before: decodeCursor(query.cursor, 'string') };
  const [rows, total] = await Promise.all([
    listSandboxMessages(core.db.sql, { ...filter, ...before, limit: limit + 1 }),
    countSandboxMessages(core.db.sql, filter),
  ]);
  return { ...toPage(rows, limit, (row) => row.id, summaryOf), total };
}

export async function getMessage(core: MailboxCore, caller: Caller, id: string): Promise<SandboxMessage> {
  const row = await getRow(core, caller, id);
  const email = await PostalMime.parse(row.raw);
  return {
    ...summaryOf(row),
    headers: email.headers.map((header) => ({ name: header.originalKey, value: header.value })),
    html: email.html === undefined ? null : withInlineImages(email.html, email.attachments),
    text: email.text ?? null,
    attachments: email.attachments.map((attachment) => ({
      filename: attachment.filename,
      contentType: attachment.mimeType,
      size: octetsOf(attachment).length,
      contentId: attachment.contentId ?? null,
    })),
  };
}

/** The message octet for octet, as it came after the dot-stuffing was taken out. */
export async function getMessageSource(core: MailboxCore, caller: Caller, id: string): Promise<Buffer> {
  return (await getRow(core, caller, id)).raw;
}

export async function getMessageAttachment(
  core: MailboxCore,
  caller: Caller,
  id: string,
  index: number,
): Promise<{ filename: string; content: Buffer }> {
  const { raw } = await getRow(core, caller, id);
  const email: Email = await PostalMime.parse(raw);
  const attachment = email.attachments[index];
  if (!attachment) throw notFound('attachment', String(index));
  return {
    filename: attachment.filename ?? `attachment-${index + 1}`,
    content: octetsOf(attachment),
  };
}

export async function clearMessages(core: MailboxCore, caller: Caller): Promise<{ removed: number }> {
  return { removed: await deleteSandboxMessages(core.db.sql, caller.workspaceId) };
}

async function getRow(core: MailboxCore, caller: Caller, id: string): Promise<SandboxMessageRow & { raw: Buffer }> {
  const row = await findSandboxMessage(core.db.sql, caller.workspaceId, id);
  if (!row) throw notFound('message', id);
  return row;
}

function summaryOf(row: SandboxMessageRow): SandboxMessageSummary {
  return {
    id: row.id,
    receivedAt: row.receivedAt.toISOString(),
    envelopeFrom: row.envelopeFrom,
    envelopeTo: row.envelopeTo,
    messageId: row.messageId,
    subject: row.subject,
    from: row.fromText,
    to: row.toText,
    size: row.size,
  };
}

/** `cid:` addresses mean something only inside the message; a browser needs the picture itself (RFC 2392). */
function withInlineImages(html: string, attachments: readonly Attachment[]): string {
  const images = new Map<string, Attachment>();
  for (const attachment of attachments) {
    if (attachment.contentId && attachment.mimeType.startsWith('image/'))
      images.set(attachment.contentId.replace(/^<|>$/g, ''), attachment);
  }
  if (images.size === 0) return html;
  return html.replace(/\bcid:([^"'\s)>]+)/gi, (address, id: string) => {
    const image = images.get(decodeContentId(id));
    return image ? `data:${image.mimeType};base64,${octetsOf(image).toString('base64')}` : address;
  });
}

function decodeContentId(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}

function octetsOf(attachment: Attachment): Buffer {
  const { content } = attachment;
  if (typeof content === 'string') return Buffer.from(content);
  return content instanceof ArrayBuffer
    ? Buffer.from(content)
    : Buffer.from(content.buffer, content.byteOffset, content.byteLength);
}
