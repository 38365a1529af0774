import { type Cipher, createCipheriv } from 'node:crypto';

/** Which ledger row a token or a Message-ID speaks of. */
export interface RecipientRef {
  readonly sendId: string;
  readonly seq: number;
}

export const REF_BYTES = 20; // 16 of the send's UUID, 4 of the row number
const BLOCK_BYTES = 16; // of AES

/** What a MAC is for, beside the row: it goes into the block, so that no MAC of one purpose is one of another. */
export interface MacPurpose {
  readonly purpose: number;
  /** Two numbers below 65,536. */
  readonly link: number;
  readonly turn: number;
}

/**
 * MACs of a reference, by AES-256 in CBC-MAC over two blocks: the send, and the row with the purpose. Messages of one
 * length are what CBC-MAC is safe for (Bellare, Kilian, Rogaway 2000). 0.5 µs, where HMAC-SHA256 took 4 µs a recipient at full
 * rate, nearly all of it for setting up a hash.
 */
export class ReferenceMac {
  readonly #cipher: Cipher;
  readonly #blocks = Buffer.alloc(2 * BLOCK_BYTES);
  readonly #block = Buffer.alloc(BLOCK_BYTES);
  #send: Buffer = Buffer.alloc(0);
  #sendState: Buffer = Buffer.alloc(0);

  constructor(key: Buffer) {
    this.#cipher = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false);
  }

  /** 32 bytes: 16 for the unsubscribe token, 16 for the Message-ID. */
  of(ref: Buffer): Buffer {
    this.#readSend(ref);
    for (const [purpose, at] of [0, BLOCK_BYTES].entries()) this.#fillBlock(this.#blocks, at, ref, purpose + 1);
    return this.#cipher.update(this.#blocks);
  }

  /** 16 bytes under another purpose. */
  forPurpose(ref: Buffer, purpose: number): Buffer {
    this.#readSend(ref);
    this.#fillBlock(this.#block, 0, ref, purpose);
    return this.#cipher.update(this.#block);
  }

  /** 16 bytes for each of these purposes, in one pass of the cipher. */
  forPurposes(ref: Buffer, purposes: readonly MacPurpose[]): Buffer {
    this.#readSend(ref);
    this.#fillBlock(this.#block, 0, ref, 0);
    const blocks = Buffer.allocUnsafe(purposes.length * BLOCK_BYTES);
    let at = 0;
    for (const { purpose, link, turn } of purposes) {
      blocks.set(this.#block, at);
      xor(blocks, at + 4, purpose);
      xor(blocks, at + 5, link >> 8);
      xor(blocks, at + 6, link & 0xff);
      xor(blocks, at + 7, turn >> 8);
      xor(blocks, at + 8, turn & 0xff);
      at += BLOCK_BYTES;
    }
    return this.#cipher.update(blocks);
  }

  #readSend(ref: Buffer): void {
    const send = ref.subarray(0, BLOCK_BYTES);
    if (send.equals(this.#send)) return;
    this.#send = Buffer.from(send);
    this.#sendState = this.#cipher.update(send);
  }

  #fillBlock(blocks: Buffer, at: number, ref: Buffer, purpose: number): void {
    blocks.set(this.#sendState, at);
    blocks.writeUInt32BE((blocks.readUInt32BE(at) ^ ref.readUInt32BE(BLOCK_BYTES)) >>> 0, at);
    blocks[at + 4] = (blocks[at + 4] ?? 0) ^ purpose;
  }
}

function xor(bytes: Buffer, at: number, by: number): void {
  bytes[at] = (bytes[at] ?? 0) ^ by;
}

export function encodeRef(ref: RecipientRef): Buffer {
  const bytes = Buffer.allocUnsafe(REF_BYTES);
  bytes.write(ref.sendId.replaceAll('-', ''), 0, 16, 'hex');
  bytes.writeUInt32BE(ref.seq, 16);
  return bytes;
}

export function decodeRef(bytes: Buffer): RecipientRef {
  const hex = bytes.toString('hex', 0, 16);
  const sendId = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  return { sendId, seq: bytes.readUInt32BE(16) };
}
