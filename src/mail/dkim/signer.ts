import { createHash } from 'node:crypto';
import { headerFields, relaxedBody } from './canonical.ts';
import { type DkimKey, dkimSignature } from './signature.ts';
import { signedHeaders } from './signed-headers.ts';

/** Puts signatures in front of messages. */
export interface MessageSigner {
  /** `message` as it goes over the wire: CRLF line ends, header, empty line, body. Answers a message of its own. */
  sign(message: Buffer): Promise<Buffer>;
}

/**
 * Signs with every key there is, each for itself (RFC 8463 section 3: RSA beside Ed25519, for those who know only one).
 * What has to be done on the loop (canonical forms, hash of the body) takes 50 µs for 10 KB; the rest is done beside it.
 */
export class DkimSigner implements MessageSigner {
  readonly #keys: readonly DkimKey[];
  /** For the canonical form of a body, which is hashed at once. */
  #room = Buffer.alloc(0);

  constructor(keys: readonly DkimKey[]) {
    this.#keys = keys;
  }

  async sign(message: Buffer): Promise<Buffer> {
    const end = message.indexOf('\r\n\r\n');
    if (end === -1) throw new Error('The message has no end of its header');
    // Byte for byte: a header may hold UTF-8 (RFC 6532).
    const headers = signedHeaders(headerFields(message.toString('latin1', 0, end)));
    const bodyHash = this.#hashBody(message.subarray(end + 4));
    const signed = { headers, bodyHash, at: Math.floor(Date.now() / 1000) };
    const signatures = await Promise.all(this.#keys.map((key) => dkimSignature(key, signed)));
    return Buffer.concat([Buffer.from(signatures.join(''), 'latin1'), message]);
  }

  #hashBody(body: Buffer): string {
    if (this.#room.length < body.length + 2) this.#room = Buffer.allocUnsafeSlow(2 * body.length + 2);
    return createHash('sha256').update(relaxedBody(body, this.#room)).digest('base64');
  }
}
