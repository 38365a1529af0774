import { createHash } from 'node:crypto';
import { Tokenizer, TypeGuards } from 'liquidjs';
import { HtmlScanner } from './html-scanner.ts';

/** Keeps css-inline's hands off one element. */
export const IGNORE_ATTRIBUTE = 'data-css-inline="ignore"';

/**
 * - `markup`: for programs that read HTML or MJML and write it again. In text a token becomes a comment, because a comment
 *   stays where it is even between table rows, where a parser would move any other text out of the table.
 * - `words`: every token becomes a word, for reading the text.
 */
export type ShieldMode = 'markup' | 'words';

export interface ShieldedSource {
  readonly source: string;
  readonly tokens: readonly string[];
  /** Puts the Liquid back where its placeholders are. `rewrite` may change a token on the way. */
  restore(text: string, rewrite?: (token: string) => string): string;
  /** True when the text holds a placeholder. */
  holdsToken(text: string): boolean;
  /** Numbers of the tokens in the text, in order. */
  tokensIn(text: string): number[];
  placeholder(token: number): string;
}

/** Tags whose whole block is one token: its content is not HTML of this place. */
const ATOMIC_BLOCKS: Readonly<Record<ShieldMode, readonly string[]>> = {
  markup: ['raw', 'comment'],
  words: ['raw', 'comment', 'capture'],
};

/** Replaces all Liquid of a document by placeholders that HTML tools leave alone. Lines keep their numbers. */
export function shieldLiquid(source: string, mode: ShieldMode): ShieldedSource {
  const prefix = unusedPrefix(source);
  const tokens: string[] = [];
  const scanner = new HtmlScanner();
  let shielded = '';
  let tagStart = 0;
  for (const piece of splitLiquid(source, ATOMIC_BLOCKS[mode], scanner)) {
    if (!piece.isLiquid) {
      const opened = piece.text.lastIndexOf('<');
      if (opened >= 0) tagStart = shielded.length + opened;
      shielded += piece.text;
      continue;
    }
    // The same field twice is the same word: a link whose text is its address is seen to be one.
    const known = piece.text.startsWith('{{') ? tokens.indexOf(piece.text) : -1;
    const word = `${prefix}${known < 0 ? tokens.push(piece.text) - 1 : known}z`;
    if (mode === 'words') {
      shielded += word;
    } else {
      if (breaksStyle(scanner, piece.text)) shielded = ignoreElement(shielded, tagStart);
      shielded += markupPlaceholder(scanner, word, piece.text);
    }
  }
  return new Shield(shielded, tokens, prefix);
}

class Shield implements ShieldedSource {
  readonly source: string;
  readonly tokens: readonly string[];
  readonly #prefix: string;

  constructor(source: string, tokens: readonly string[], prefix: string) {
    this.source = source;
    this.tokens = tokens;
    this.#prefix = prefix;
  }

  restore(text: string, rewrite = (token: string) => token): string {
    // Serialisers write an attribute without a value as name="".
    const pattern = new RegExp(`<!--${this.#prefix}(\\d+)y\\s*-->|${this.#prefix}(\\d+)z(?:="")?`, 'g');
    return text.replace(pattern, (_, comment?: string, word?: string) =>
      rewrite(this.tokens[Number(comment ?? word)] ?? ''),
    );
  }

  holdsToken(text: string): boolean {
    return text.includes(this.#prefix);
  }

  tokensIn(text: string): number[] {
    return Array.from(text.matchAll(new RegExp(`${this.#prefix}(\\d+)z`, 'g')), (match) => Number(match[1]));
  }

  placeholder(token: number): string {
    return `${this.#prefix}${token}z`;
  }
}

interface Piece {
  readonly text: string;
  readonly isLiquid: boolean;
}

/** Liquid tokens and what is between them. The scanner has read everything before the piece that is yielded. */
function* splitLiquid(source: string, atomic: readonly string[], scanner: HtmlScanner): Generator<Piece> {
  const tokens = new Tokenizer(source).readTopLevelTokens();
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    if (token === undefined) continue;
    if (TypeGuards.isHTMLToken(token)) {
      const text = source.slice(token.begin, token.end);
      yield { text, isLiquid: false };
      scanner.read(text);
      continue;
    }
    const isBlock = TypeGuards.isTagToken(token) && (atomic.includes(token.name) || scanner.place === 'attribute');
    if (isBlock) i = endOfBlock(tokens, i);
    yield { text: source.slice(token.begin, tokens[i]?.end), isLiquid: true };
    scanner.skip();
  }
}

/** The index of the tag that closes the block opened at `start`, or `start` itself when the tag opens none. */
function endOfBlock(tokens: ReturnType<Tokenizer['readTopLevelTokens']>, start: number): number {
  let depth = 0;
  let opener = '';
  for (let i = start; i < tokens.length; i++) {
    const token = tokens[i];
    if (!TypeGuards.isTagToken(token)) continue;
    opener ||= token.name;
    if (token.name === opener) depth += 1;
    if (token.name === `end${opener}`) depth -= 1;
    if (depth === 0) return i;
  }
  return start;
}

function markupPlaceholder(scanner: HtmlScanner, word: string, token: string): string {
  // Ends in another letter, because the author's own comment may hold nothing but a field: <!--{{ id }}-->.
  if (scanner.place === 'text') return `<!--${word.slice(0, -1)}y${'\n'.repeat(token.split('\n').length - 1)}-->`;
  return scanner.place === 'attribute' ? ` ${word} ` : word;
}

/** In a style attribute only a field in the place of a value can be taken for CSS: `color: {{ brand }}`. */
function breaksStyle(scanner: HtmlScanner, token: string): boolean {
  if (scanner.place !== 'value' || scanner.attributeName !== 'style') return false;
  return token.startsWith('{%') || !/:[^;]*$/.test(scanner.attributeValue);
}

function ignoreElement(html: string, tagStart: number): string {
  const tag = /^<[^\s/>]+/.exec(html.slice(tagStart))?.[0] ?? '';
  const end = tagStart + tag.length;
  if (tag === '' || html.startsWith(` ${IGNORE_ATTRIBUTE}`, end)) return html;
  return `${html.slice(0, end)} ${IGNORE_ATTRIBUTE}${html.slice(end)}`;
}

/** A word that no text can hold that it is made from: with what a feed says in it, somebody may try. */
function unusedPrefix(source: string): string {
  return `lq${createHash('sha256').update(source).digest('hex').slice(0, 16)}q`;
}
