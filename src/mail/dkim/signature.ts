import { createHash, type KeyObject, sign } from 'node:crypto';
import { relaxedHeader } from './canonical.ts';
import type { SignedHeaders } from './signed-headers.ts';

/** A private key and where its public half is found: `selector._domainkey.domain`. */
export interface DkimKey {
  readonly domain: string;
  readonly selector: string;
  readonly privateKey: KeyObject;
}

/** What the signatures of one message have in common. */
export interface Signed {
  readonly headers: SignedHeaders;
  /** SHA-256 of the canonical body, base64. */
  readonly bodyHash: string;
  /** Seconds since 1970. */
  readonly at: number;
}

const LINE = 74;

/** A DKIM-Signature header with its CRLF (RFC 6376 section 3.5; Ed25519: RFC 8463). */
export async function dkimSignature(key: DkimKey, signed: Signed): Promise<string> {
  const isEd25519 = key.privateKey.asymmetricKeyType === 'ed25519';
  const field =
    `DKIM-Signature: v=1; a=${isEd25519 ? 'ed25519' : 'rsa'}-sha256; c=relaxed/relaxed;\r\n` +
    ` d=${key.domain}; s=${key.selector}; t=${signed.at};\r\n` +
    ` h=${foldedNames(signed.headers.names)};\r\n` +
    ` bh=${signed.bodyHash};\r\n b=`;
  // The signature covers its own field as well, with an empty b= and without the last CRLF (section 3.7).
  const data = Buffer.from(signed.headers.canonical + relaxedHeader(field), 'latin1');
  const signature = isEd25519
    ? await signOnPool(null, createHash('sha256').update(data).digest(), key.privateKey)
    : await signOnPool('sha256', data, key.privateKey);
  return `${field}${foldedText(signature.toString('base64'))}\r\n`;
}

/** On libuv's pool: a signature of RSA-2048 takes most of a millisecond, in which the loop sends other messages. */
function signOnPool(algorithm: 'sha256' | null, data: Buffer, key: KeyObject): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    sign(algorithm, data, key, (error, signature) => (error ? reject(error) : resolve(signature)));
  });
}

function foldedNames(names: readonly string[]): string {
  let text = '';
  let column = 3;
  for (const [i, name] of names.entries()) {
    const part = i === 0 ? name : `:${name}`;
    const fits = column + part.length <= LINE;
    text += fits ? part : `:\r\n ${part.slice(1)}`;
    column = fits ? column + part.length : part.length;
  }
  return text;
}

/** White space inside b= means nothing. */
function foldedText(base64: string): string {
  return base64.match(/.{1,72}/g)?.join('\r\n ') ?? '';
}
