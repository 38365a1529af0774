import { createHmac, timingSafeEqual } from 'node:crypto';

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
  readonly #key: Buffer;

  constructor(key: Buffer) {
    this.#key = key;
  }

  /** Both strings of one copy: one keyed hash, split in two. */
  forRecipient(ref: RecipientRef): { unsubscribeToken: string; messageIdLocalPart: string } {
    const bytes = encodeRef(ref);
    const mac = this.#mac(bytes);
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
    const mac = this.#mac(ref).subarray(0, MAC_BYTES);
    return timingSafeEqual(mac, bytes.subarray(REF_BYTES)) ? decodeRef(ref) : null;
  }

  #mac(ref: Buffer): Buffer {
    return createHmac('sha256', this.#key).update(ref).digest();
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
