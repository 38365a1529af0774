import { randomBytes } from 'node:crypto';
import type { Attachment } from '../message.ts';
import { encodeAttachment } from './attachment.ts';

/** Where the files of one recipient stand, each behind this line. */
interface FilesSegment {
  readonly delimiter: Buffer;
}

/** Where a message holds something that differs from copy to copy; a Buffer is the same in all of them. */
export type Segment = Buffer | 'text' | 'html' | FilesSegment;

/** A MIME entity, from its first header to its last octet; the segment before and after it ends in CRLF. */
type Entity = readonly Segment[];

const BODY_HEADERS = '; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n';

interface Parts {
  readonly hasHtml: boolean;
  readonly attachments: readonly Attachment[];
  /** Recipients have files of their own. */
  readonly hasFiles: boolean;
}

/**
 * The body of a message from its Content-Type header on. mixed(alternative(text, related(html, images)), files), less the
 * levels that would hold one part only (RFC 2046 section 5.1). Without HTML there is nothing to show an image in: all are files.
 */
export function buildStructure({ hasHtml, attachments, hasFiles }: Parts): Segment[] {
  const encoded = attachments.map((attachment, i) => ({
    isImage: hasHtml && attachment.cid !== undefined,
    entity: [encodeAttachment(attachment, `attachments/${i}`)],
  }));
  const images = encoded.filter((part) => part.isImage).map((part) => part.entity);
  const files = encoded.filter((part) => !part.isImage).map((part) => part.entity);

  const text: Entity = [ascii(`Content-Type: text/plain${BODY_HEADERS}`), 'text', ascii('\r\n')];
  const html: Entity = [ascii(`Content-Type: text/html${BODY_HEADERS}`), 'html', ascii('\r\n')];
  const shown = multipart('related; type="text/html"', [html, ...images]);
  const body = hasHtml ? multipart('alternative', [text, shown]) : text;
  return mergeBuffers(multipart('mixed', [body, ...files], hasFiles));
}

function multipart(subtype: string, entities: readonly Entity[], hasFiles = false): Entity {
  const [first] = entities;
  if (entities.length === 1 && first !== undefined && !hasFiles) return first;
  // "=_" can stand neither in quoted-printable nor in base64 (RFC 2045 section 6.7): no content can end this part.
  const boundary = `=_${randomBytes(15).toString('base64url')}`;
  return [
    ascii(`Content-Type: multipart/${subtype};\r\n boundary="${boundary}"\r\n\r\n`),
    ...entities.flatMap((entity) => [ascii(`--${boundary}\r\n`), ...entity]),
    ...(hasFiles ? [{ delimiter: ascii(`--${boundary}\r\n`) }] : []),
    ascii(`--${boundary}--\r\n`),
  ];
}

function ascii(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

function mergeBuffers(segments: readonly Segment[]): Segment[] {
  const merged: Segment[] = [];
  for (const segment of segments) {
    const last = merged.at(-1);
    if (Buffer.isBuffer(segment) && Buffer.isBuffer(last)) merged[merged.length - 1] = Buffer.concat([last, segment]);
    else merged.push(segment);
  }
  return merged;
}
