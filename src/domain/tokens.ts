import { type Cipher, createCipheriv, timingSafeEqual } from 'node:crypto';

/** Which ledger row a token or a Message-ID speaks of. */
export interface RecipientRef {
  readonly sendId: string;
  readonly seq: number;
}

const REF_BYTES = 20; // 16 of the send's UUID, 4 of the row number
const MAC_BYTES = 16; // 128 bits, the least RFC 8058 section 6 leaves room for ("hard to forge")

/**
 * Makes and reads the opaque strings that leave with a message: the unsubscribe token and the Message-ID. Both hold
 * which row they speak of and a MAC over it, each under its own purpose, so that one cannot be made from the other.
 */
export class RecipientTokens {
  readonly #mac: ReferenceMac;

  /** `key`: 32 bytes. */
  constructor(key: Buffer) {
    this.#mac = new ReferenceMac(key);
  }

  /** Both strings of one copy: one keyed hash, split in two. */
  forRecipient(ref: RecipientRef): { unsubscribeToken: string; messageIdLocalPart: string } {
    const bytes = encodeRef(ref);
    const mac = this.#mac.of(bytes);
    return {
      unsubscribeToken: Buffer.concat([bytes, mac.subarray(0, MAC_BYTES)]).toString('base64url'),
      messageIdLocalPart: `${bytes.toString('hex')}.${mac.toString('hex', MAC_BYTES, MAC_BYTES + 8)}`,
    };
  }

  /** Null for anything that was not made with this key: tampered, cut short, or from another installation. */
  readUnsubscribeToken(token: string): RecipientRef | null {
    const bytes = Buffer.from(token, 'base64url');
    if (bytes.length !== REF_BYTES + MAC_BYTES || bytes.toString('base64url') !== token) return null;
    const ref = bytes.subarray(0, REF_BYTES);
    const mac = this.#mac.of(ref).subarray(0, MAC_BYTES);
    return timingSafeEqual(mac, bytes.subarray(REF_BYTES)) ? decodeRef(ref) : null;
  }
}

const BLOCK_BYTES = 16; // of AES

/**
 * Two MACs of a reference, by AES-256 in CBC-MAC over two blocks: the send, and the row with the purpose. Messages of one
 * length are what CBC-MAC is safe for (Bellare, Kilian, Rogaway 2000). 0.5 µs, where HMAC-SHA256 took 4 µs a recipient at full
 * rate, nearly all of it for setting up a hash.
 */
class ReferenceMac {
  readonly #cipher: Cipher;
  readonly #blocks = Buffer.alloc(2 * BLOCK_BYTES);
  #send: Buffer = Buffer.alloc(0);
  #sendState: Buffer = Buffer.alloc(0);

  constructor(key: Buffer) {
    this.#cipher = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false);
  }

  /** 32 bytes: 16 for the unsubscribe token, 16 for the Message-ID. */
  of(ref: Buffer): Buffer {
    const send = ref.subarray(0, BLOCK_BYTES);
    if (!send.equals(this.#send)) {
      this.#send = Buffer.from(send);
      this.#sendState = this.#cipher.update(send);
    }
    for (const [purpose, at] of [0, BLOCK_BYTES].entries()) {
      this.#blocks.set(this.#sendState, at);
      this.#blocks.writeUInt32BE((this.#blocks.readUInt32BE(at) ^ ref.readUInt32BE(BLOCK_BYTES)) >>> 0, at);
      this.#blocks[at + 4] = (this.#blocks[at + 4] ?? 0) ^ (purpose + 1);
    }
    return this.#cipher.update(this.#blocks);
  }
}

function encodeRef(ref: RecipientRef): Buffer {
  const bytes = Buffer.allocUnsafe(REF_BYTES);
  bytes.write(ref.sendId.replaceAll('-', ''), 0, 16, 'hex');
  bytes.writeUInt32BE(ref.seq, 16);
  return bytes;
}

function decodeRef(bytes: Buffer): RecipientRef {
  const hex = bytes.toString('hex', 0, 16);
  const sendId = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  return { sendId, seq: bytes.readUInt32BE(16) };
}
