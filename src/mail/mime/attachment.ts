import type { Attachment } from '../message.ts';
import { MessageError } from '../message-errors.ts';
import { assertOneLine } from './header.ts';
import { formatLegacyParameter, formatParameter } from './parameter.ts';

/** RFC 2045 section 6.8. */
const BASE64_LINE = 76;
const TYPE = /^([\w!#$&^.+-]+)\/[\w!#$&^.+-]+((?:\s*;\s*[\w!#$&^.+-]+=(?:"[^"\\\r\n]*"|[\w!#$%&'*^.+`|{}~-]+))*)$/;
const CONTENT_ID = /^[\x21\x23-\x3b\x3d\x3f-\x7e]+$/;
/** Neither can be folded, and a line must not have more than 998 octets (RFC 5322 section 2.1.1). */
const MAX_UNFOLDED = 900;

/** A whole body part, headers included, ending in CRLF: encoded once, copied into every message. */
export function encodeAttachment(attachment: Attachment, field: string): Buffer {
  checkAttachment(attachment, field);
  const { filename, contentType, cid, content } = attachment;
  const isNamed = /;\s*name\s*=/i.test(contentType);
  const headers = [
    `Content-Type: ${contentType}${isNamed ? '' : `;\r\n ${formatLegacyParameter('name', filename)}`}`,
    'Content-Transfer-Encoding: base64',
    ...(cid === undefined ? [] : [`Content-ID: <${cid}>`]),
    `Content-Disposition: ${cid === undefined ? 'attachment' : 'inline'};\r\n ${formatParameter('filename', filename)}`,
  ];
  return Buffer.from(`${headers.join('\r\n')}\r\n\r\n${wrapBase64(content)}`, 'latin1');
}

function checkAttachment({ filename, contentType, cid }: Attachment, field: string): void {
  assertOneLine(`${field}/filename`, filename);
  assertOneLine(`${field}/contentType`, contentType);
  if (filename.trim() === '') throw new MessageError(`${field}/filename`, 'must not be empty');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(filename)) throw new MessageError(`${field}/filename`, 'holds a control character');
  const type = TYPE.exec(contentType)?.[1]?.toLowerCase();
  if (type === undefined)
    throw new MessageError(`${field}/contentType`, `"${contentType}" is not a media type like image/png`);
  if (contentType.length > MAX_UNFOLDED)
    throw new MessageError(`${field}/contentType`, `is longer than ${MAX_UNFOLDED} characters`);
  // RFC 2045 section 6.4: these may not be base64-encoded, and readers take them apart.
  if (type === 'multipart' || type === 'message') {
    throw new MessageError(`${field}/contentType`, `${contentType} cannot be attached: use application/octet-stream`);
  }
  if (cid === undefined) return;
  assertOneLine(`${field}/cid`, cid);
  if (cid.length > MAX_UNFOLDED) throw new MessageError(`${field}/cid`, `is longer than ${MAX_UNFOLDED} characters`);
  if (!CONTENT_ID.test(cid))
    throw new MessageError(`${field}/cid`, 'must be printable ASCII without spaces, quotes or angle brackets');
}

function wrapBase64(content: Buffer): string {
  const encoded = content.toString('base64');
  let wrapped = '';
  for (let i = 0; i < encoded.length; i += BASE64_LINE) wrapped += `${encoded.slice(i, i + BASE64_LINE)}\r\n`;
  return wrapped;
}
