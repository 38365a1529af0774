import { timingSafeEqual } from 'node:crypto';
import { decodeRef, encodeRef, REF_BYTES, type RecipientRef, ReferenceMac } from './reference-mac.ts';

export type { RecipientRef } from './reference-mac.ts';

const MAC_BYTES = 16; // 128 bits, the least RFC 8058 section 6 leaves room for ("hard to forge")
const MESSAGE_ID_MAC_BYTES = 8;
/** 80 bits: with the row 30 bytes, 48 characters of base32 without a rest, well within the 64 of a local part (RFC 5321 section 4.5.3.1.1). */
const RETURN_MAC_BYTES = 10;
const RETURN_PURPOSE = 3;

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
      messageIdLocalPart: `${bytes.toString('hex')}.${mac.toString('hex', MAC_BYTES, MAC_BYTES + MESSAGE_ID_MAC_BYTES)}`,
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

  /** Local part of the return path of one copy (VERP): letters of one case, because servers fold them. */
  returnLocalPart(ref: RecipientRef): string {
    const bytes = encodeRef(ref);
    const mac = this.#mac.forPurpose(bytes, RETURN_PURPOSE).subarray(0, RETURN_MAC_BYTES);
    return `b-${toBase32(Buffer.concat([bytes, mac]))}`;
  }

  /** Null for an address that was not made with this key. */
  readReturnLocalPart(localPart: string): RecipientRef | null {
    const bytes = fromBase32(/^b-([a-z2-7]{48})$/i.exec(localPart)?.[1]?.toLowerCase() ?? '');
    if (bytes.length !== REF_BYTES + RETURN_MAC_BYTES) return null;
    const ref = bytes.subarray(0, REF_BYTES);
    const mac = this.#mac.forPurpose(ref, RETURN_PURPOSE).subarray(0, RETURN_MAC_BYTES);
    return timingSafeEqual(mac, bytes.subarray(REF_BYTES)) ? decodeRef(ref) : null;
  }

  /** `messageId` with or without angle brackets. Null when this key did not make it. */
  readMessageId(messageId: string): RecipientRef | null {
    const [, row, given] = /^<?([0-9a-f]{40})\.([0-9a-f]{16})@[^<>\s]{1,255}>?$/i.exec(messageId) ?? [];
    if (row === undefined || given === undefined) return null;
    const ref = Buffer.from(row, 'hex');
    const mac = this.#mac.of(ref).subarray(MAC_BYTES, MAC_BYTES + MESSAGE_ID_MAC_BYTES);
    return timingSafeEqual(mac, Buffer.from(given, 'hex')) ? decodeRef(ref) : null;
  }
}

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567'; // RFC 4648 section 6, in lower case

function toBase32(bytes: Buffer): string {
  let out = '';
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xfff;
    bits += 8;
    for (; bits >= 5; bits -= 5) out += BASE32[(held >> (bits - 5)) & 31];
  }
  return out;
}

function fromBase32(text: string): Buffer {
  const out = Buffer.alloc(Math.floor((text.length * 5) / 8));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (const letter of text) {
    held = ((held << 5) | BASE32.indexOf(letter)) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    out[at++] = (held >> bits) & 0xff;
  }
  return out;
}
