import { type EncodedText, encodeOnce } from './quoted-printable.ts';

const MAX_ENTRIES = 64;
const MAX_CHARACTERS = 256 * 1024;
/** So many misses more than hits say that every recipient's text is another one: looking up would only cost. */
const GIVE_UP_AFTER = 128;

/** Remembers how long texts encode that many recipients share: a block out of the data, a list in a loop. */
export class EncodingMemo {
  readonly #entries = new Map<string, EncodedText>();
  #characters = 0;
  #misses = 0;

  get isUseful(): boolean {
    return this.#misses < GIVE_UP_AFTER;
  }

  encode(text: string): EncodedText {
    const known = this.#entries.get(text);
    if (known !== undefined) {
      this.#misses = Math.max(0, this.#misses - 1);
      return known;
    }
    this.#misses += 1;
    const encoded = encodeOnce(text);
    if (this.#entries.size >= MAX_ENTRIES || this.#characters + text.length > MAX_CHARACTERS || !this.isUseful)
      this.#clear();
    if (this.isUseful && text.length <= MAX_CHARACTERS) {
      this.#entries.set(text, encoded);
      this.#characters += text.length;
    }
    return encoded;
  }

  #clear(): void {
    this.#entries.clear();
    this.#characters = 0;
  }
}
