import { hash, timingSafeEqual } from 'node:crypto';

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
  readonly #mac: FixedLengthHmac;

  constructor(key: Buffer) {
    this.#mac = new FixedLengthHmac(key, REF_BYTES);
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

const BLOCK_BYTES = 64; // of SHA-256

/**
 * HMAC-SHA256 (RFC 2104) of short messages of one length. Two one-shot hashes over buffers that hold the padded key:
 * `createHmac` makes an object for every message, whose collection cost 8 µs a recipient at full rate.
 */
class FixedLengthHmac {
  readonly #inner: Buffer;
  readonly #outer: Buffer;

  constructor(key: Buffer, messageBytes: number) {
    const padded = Buffer.alloc(BLOCK_BYTES);
    padded.set(key.length > BLOCK_BYTES ? hash('sha256', key, 'buffer') : key);
    this.#inner = Buffer.concat([padded.map((byte) => byte ^ 0x36), Buffer.alloc(messageBytes)]);
    this.#outer = Buffer.concat([padded.map((byte) => byte ^ 0x5c), Buffer.alloc(32)]);
  }

  of(message: Buffer): Buffer {
    this.#inner.set(message, BLOCK_BYTES);
    this.#outer.set(hash('sha256', this.#inner, 'buffer'), BLOCK_BYTES);
    return hash('sha256', this.#outer, 'buffer');
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
