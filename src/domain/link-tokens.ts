import { timingSafeEqual } from 'node:crypto';
import { decodeRef, encodeRef, type MacPurpose, REF_BYTES, type RecipientRef, ReferenceMac } from './reference-mac.ts';

/** What an address of ours in a message is for. A token of one kind is worth nothing as another. */
type LinkKind = 'click' | 'open' | 'view';

const PURPOSE: Readonly<Record<LinkKind, number>> = { click: 16, open: 17, view: 18 };

/**
 * What is to be signed of one copy, made by `markOf`. `link`: of a click the number of the link in its send, else 0. `turn`: how
 * many times a link that stands in a loop was written before in the same copy.
 */
export type LinkMark = MacPurpose;

/** The most that fits: links of a message, and turns of one of them. */
export const MOST_LINKS = 0x7fff;
export const MOST_TURNS = 0xffff;

export interface LinkRef extends RecipientRef, Omit<LinkMark, 'purpose'> {}

const MARK_BYTES = REF_BYTES + 4;
/** 96 bits: who tries a thousand million tokens a second finds one in 10^12 years. With the rest 36 bytes, 48 characters. */
const MAC_BYTES = 12;
const TOKEN_BYTES = MARK_BYTES + MAC_BYTES;
const TOKEN_CHARACTERS = 48; // of base64url, without a rest: that is why tokens can be cut out of one text

/**
 * Makes and reads the tokens of tracked links, of the picture that tells of an opening, and of the web version. A token
 * names send, row, link and turn, and carries a MAC over all of them and its kind under a key of its own. The send belongs to
 * one campaign of one workspace, so a token is worth nothing anywhere else; the destination is not in it.
 */
export class LinkTokens {
  readonly #mac: ReferenceMac;

  /** `key`: 32 bytes. */
  constructor(key: Buffer) {
    this.#mac = new ReferenceMac(key);
  }

  /** One token for each mark, in order. Ten cost about as much as four single ones. */
  ofCopy(ref: RecipientRef, marks: readonly LinkMark[]): string[] {
    const row = encodeRef(ref);
    const macs = this.#mac.forPurposes(row, marks);
    const bytes = Buffer.allocUnsafe(marks.length * TOKEN_BYTES);
    for (const [i, { link, turn }] of marks.entries()) {
      const at = i * TOKEN_BYTES;
      bytes.set(row, at);
      bytes[at + REF_BYTES] = link >> 8;
      bytes[at + REF_BYTES + 1] = link & 0xff;
      bytes[at + REF_BYTES + 2] = turn >> 8;
      bytes[at + REF_BYTES + 3] = turn & 0xff;
      macs.copy(bytes, at + MARK_BYTES, i * 16, i * 16 + MAC_BYTES);
    }
    const text = bytes.toString('base64url');
    return marks.map((_, i) => text.slice(i * TOKEN_CHARACTERS, (i + 1) * TOKEN_CHARACTERS));
  }

  /** Null for anything that was not made with this key as a token of this kind: tampered, cut short, of another kind. */
  read(kind: LinkKind, token: string): LinkRef | null {
    if (token.length !== TOKEN_CHARACTERS) return null;
    const bytes = Buffer.from(token, 'base64url');
    if (bytes.length !== TOKEN_BYTES || bytes.toString('base64url') !== token) return null;
    const link = bytes.readUInt16BE(REF_BYTES);
    const turn = bytes.readUInt16BE(REF_BYTES + 2);
    const mac = this.#mac.forPurposes(bytes.subarray(0, REF_BYTES), [{ purpose: PURPOSE[kind], link, turn }]);
    if (!timingSafeEqual(mac.subarray(0, MAC_BYTES), bytes.subarray(MARK_BYTES))) return null;
    return { ...decodeRef(bytes), link, turn };
  }
}

export function markOf(kind: LinkKind, link = 0, turn = 0): LinkMark {
  return { purpose: PURPOSE[kind], link, turn };
}
