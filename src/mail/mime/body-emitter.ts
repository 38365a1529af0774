import { outputText } from '../liquid-engine.ts';
import { assertOutputSize, type TextSink } from '../liquid-render.ts';
import type { ByteWriter } from './byte-writer.ts';
import { EncodingMemo } from './encoding-memo.ts';
import {
  closeLine,
  type EncodedText,
  encodeOnce,
  encodeQuotedPrintable,
  hardBreak,
  softBreak,
} from './quoted-printable.ts';

/** Static text shorter than this is encoded with the fields around it: a line of its own would cost as much. */
export const SHORT_TEXT = 64;
const LONG_OUTPUT = 512;
const CR = 0x0d;
const LF = 0x0a;

/** Static text, encoded. A CR at its end is left out and waits for the LF that the next piece may begin with. */
export interface StaticText extends EncodedText {
  readonly length: number;
  readonly opensWithLf: boolean;
  readonly endsWithCr: boolean;
}

export function encodeStatic(text: string): StaticText {
  const endsWithCr = text.endsWith('\r');
  const encoded = encodeOnce(endsWithCr ? text.slice(0, -1) : text);
  return { ...encoded, length: text.length, opensWithLf: text.startsWith('\n'), endsWithCr };
}

/**
 * What Liquid writes into while it renders a body: outputs are encoded where they stand, long static texts, also those inside `{% if %}` and `{% for %}`, are found by their value and copied in behind a soft line break.
 */
export class BodyEmitter implements TextSink {
  /** Liquid asks for it; the text goes to the writer instead. */
  readonly buffer = '';
  readonly #statics: ReadonlyMap<string, StaticText>;
  readonly #memo = new EncodingMemo();
  readonly #writer: ByteWriter;
  #column = 0;
  #afterCr = false;
  #length = 0;

  constructor(statics: ReadonlyMap<string, StaticText>, writer: ByteWriter) {
    this.#statics = statics;
    this.#writer = writer;
  }

  /** The writer stands at the beginning of a line. */
  begin(): void {
    this.#column = 0;
    this.#afterCr = false;
    this.#length = 0;
  }

  write(value: unknown): void {
    const text = outputText(value);
    const known = text.length >= SHORT_TEXT ? this.#statics.get(text) : undefined;
    if (known === undefined) this.append(text);
    else this.writeStatic(known);
  }

  /** Text that is not among the static ones: encoded where it stands. */
  append(text: string): void {
    if (text === '') return;
    this.#count(text.length);
    if (this.#afterCr && text.charCodeAt(0) !== LF) this.#column = hardBreak(this.#writer, this.#column);
    this.#afterCr = text.charCodeAt(text.length - 1) === CR;
    const ended = this.#afterCr ? text.slice(0, -1) : text;
    if (ended.length >= LONG_OUTPUT && this.#memo.isUseful) this.#copy(this.#memo.encode(ended));
    else this.#column = encodeQuotedPrintable(ended, this.#writer, this.#column);
  }

  writeStatic(text: StaticText): void {
    this.#count(text.length);
    if (this.#afterCr && !text.opensWithLf) this.#column = hardBreak(this.#writer, this.#column);
    this.#copy(text);
    this.#afterCr = text.endsWithCr;
  }

  end(): void {
    if (this.#afterCr) this.#column = hardBreak(this.#writer, this.#column);
    closeLine(this.#writer, this.#column);
  }

  #copy(encoded: EncodedText): void {
    if (this.#column > 0) softBreak(this.#writer);
    this.#writer.writeBytes(encoded.bytes);
    this.#column = encoded.endColumn;
  }

  #count(length: number): void {
    this.#length += length;
    assertOutputSize(this.#length);
  }
}
