import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a token lets its holder do, and nothing else: one made for one purpose is garbage for another. */
type PagePurpose = 'confirm' | 'decline' | 'form' | 'link-domain';

export interface PageToken {
  /** UUID of what the token is about. */
  readonly id: string;
  /** Milliseconds since epoch; a whole second. */
  readonly expiresAt: number;
}

const ID_BYTES = 16;
const TIME_BYTES = 4; // seconds since epoch, until 2106
const MAC_BYTES = 16; // 128 bits

/**
 * Makes and reads the signed strings in links and forms of public pages. Who holds one learns which random id it is about
 * and when it ends; nobody can make one. HMAC-SHA256, cut to 128 bits (RFC 2104 section 5 allows half of the hash).
 */
export class PageTokens {
  readonly #key: Buffer;

  /** `key`: 32 bytes. */
  constructor(key: Buffer) {
    this.#key = key;
  }

  make(purpose: PagePurpose, { id, expiresAt }: PageToken): string {
    const body = Buffer.alloc(ID_BYTES + TIME_BYTES);
    body.write(id.replaceAll('-', ''), 0, ID_BYTES, 'hex');
    body.writeUInt32BE(Math.floor(expiresAt / 1000), ID_BYTES);
    return Buffer.concat([body, this.#mac(purpose, body)]).toString('base64url');
  }

  /** Null for anything that was not made here for this purpose. One that has ended is still read: its holder is to be told. */
  read(purpose: PagePurpose, token: string): PageToken | null {
    const bytes = Buffer.from(token, 'base64url');
    if (bytes.length !== ID_BYTES + TIME_BYTES + MAC_BYTES || bytes.toString('base64url') !== token) return null;
    const body = bytes.subarray(0, ID_BYTES + TIME_BYTES);
    if (!timingSafeEqual(this.#mac(purpose, body), bytes.subarray(ID_BYTES + TIME_BYTES))) return null;
    const hex = body.toString('hex', 0, ID_BYTES);
    const id = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
    return { id, expiresAt: body.readUInt32BE(ID_BYTES) * 1000 };
  }

  #mac(purpose: PagePurpose, body: Buffer): Buffer {
    return createHmac('sha256', this.#key).update(`${purpose}\0`).update(body).digest().subarray(0, MAC_BYTES);
  }
}
