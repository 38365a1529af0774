import { createHash } from 'node:crypto';
import { type TagToken, Tokenizer, TypeGuards } from 'liquidjs';
import type { EscapeMode } from './liquid-engine.ts';
import { TemplateError } from './message-errors.ts';
import { listVariables, parseTemplate } from './template.ts';

interface FillInOptions {
  readonly escape: EscapeMode;
  /** Names the source in errors. */
  readonly field: string;
}

/**
 * Renders what is the same for every recipient, once, and leaves a template of what is not: `{% for item in items %}` becomes
 * as many pieces as there are items, `{{ firstName }}` stays as it is, also inside of them. No text among the values can
 * become Liquid: its braces come out as `{{ "{" }}`. In HTML values are escaped unless the template says `| raw`.
 *
 * Throws TemplateError where a tag would need both at once, as `{% if item.city == city %}` does.
 */
export function fillIn(source: string, values: Readonly<Record<string, unknown>>, options: FillInOptions): string {
  // Whatever is wrong with it anyway is said of the source its author wrote.
  parseTemplate(source, options);
  const marks: Marks = { kept: unusedWord(source, values), brace: unusedCharacter(source) };
  const reader = new Splitter(source, options.field, Object.keys(values), marks.kept);
  const data = guarded(values, marks.brace) as Record<string, unknown>;
  const template = parseTemplate(reader.split(), options);
  const filled = template.renderText(template.newContext(data)).replaceAll(encodeURIComponent(marks.brace), '%7B');
  return withBraces(filled, marks).replace(
    new RegExp(`${marks.kept}(\\d+)z`, 'g'),
    (_, no: string) => reader.kept[Number(no)] ?? '',
  );
}

/** A word in the place of what stays Liquid, and a character in the place of a value's braces. */
interface Marks {
  readonly kept: string;
  readonly brace: string;
}

/**
 * A brace that stands alone opens nothing and is one again: every output costs something in every copy. What follows counts
 * as Liquid where it will be, or where something of ours may come to stand (the picture of openings, before a tag).
 */
function withBraces(text: string, { kept, brace }: Marks): string {
  return text.replace(new RegExp(`${brace}+`, 'g'), (run, at: number) => {
    const isAlone = run.length === 1 && text[at - 1] !== '{' && /^[^{%<]/.test(text.slice(at + 1, at + 2));
    if (isAlone && !text.startsWith(kept, at + 1)) return '{';
    return `{{ "${'{'.repeat(run.length)}" }}`;
  });
}

type Token = ReturnType<Tokenizer['readTopLevelTokens']>[number];
/** `once`: it reads values that are the same for all; `each`: what differs from recipient to recipient, or nothing. */
type Kind = 'once' | 'each';

interface Block {
  readonly name: string;
  readonly kind: Kind;
  /** Names that mean something of this kind within. */
  readonly names: readonly string[];
}

const CONDITIONS = new Set(['if', 'unless', 'case']);
const LOOPS: Readonly<Record<string, string>> = { for: 'forloop', tablerow: 'tablerowloop' };

/** Goes through a template and puts a word in the place of all that stays for each recipient. */
class Splitter {
  readonly kept: string[] = [];
  readonly #source: string;
  readonly #field: string;
  readonly #word: string;
  readonly #tokens: readonly Token[];
  readonly #once: Set<string>;
  readonly #open: Block[] = [];

  constructor(source: string, field: string, names: readonly string[], word: string) {
    this.#source = source;
    this.#field = field;
    this.#word = word;
    this.#once = new Set(names);
    this.#tokens = new Tokenizer(source).readTopLevelTokens();
  }

  split(): string {
    let split = '';
    for (let i = 0; i < this.#tokens.length; i++) {
      const token = this.#tokens[i] as Token;
      if (TypeGuards.isHTMLToken(token)) split += this.#textOf(token);
      else if (!TypeGuards.isTagToken(token)) split += this.#put(token, this.#kindOf(this.#textOf(token), token));
      else if (token.name === 'raw' || token.name === 'comment') {
        const end = this.#endOf(i, token.name);
        split += this.#keep(this.#source.slice(token.begin, this.#tokens[end]?.end));
        i = end;
      } else split += this.#put(token, this.#tag(token, i));
    }
    return split;
  }

  #tag(token: TagToken, index: number): Kind {
    const { name, args } = token;
    if (name.startsWith('end')) return this.#open.pop()?.kind ?? 'each';
    if (name in LOOPS) return this.#loop(token);
    if (CONDITIONS.has(name)) {
      const kind = this.#kindOf(name === 'case' ? `{{ ${args} }}` : `{% if ${args} %}{% endif %}`, token);
      this.#open.push({ name, kind, names: [] });
      return kind;
    }
    if (name === 'else') return this.#open.at(-1)?.kind ?? 'each';
    if (name === 'elsif') return this.#branch(token, `{% if ${args} %}{% endif %}`);
    if (name === 'when') return this.#branch(token, `{% case 1 %}{% when ${args} %}{% endcase %}`);
    if (name === 'assign')
      return this.#assign(token, this.#kindOf(`{{ ${args.slice(args.indexOf('=') + 1)} }}`, token));
    if (name === 'capture') {
      const kind = this.#mentionsOnce(index) ? 'once' : 'each';
      this.#assign(token, kind);
      this.#open.push({ name, kind, names: [] });
      return kind;
    }
    if (name === 'break' || name === 'continue') return this.#leaveLoop(token);
    if (name === 'echo') return this.#kindOf(`{{ ${args} }}`, token);
    if (name === 'liquid' && this.#mentionsOnce(index, index))
      throw this.#fault(token, 'write tags of their own instead of {% liquid %} for what is the same for everybody');
    return name === 'cycle' ? this.#kindOf(this.#textOf(token), token) : 'each';
  }

  #loop(token: TagToken): Kind {
    const { name, args } = token;
    const kind = this.#kindOf(`{% ${name} ${args} %}{% end${name} %}`, token);
    this.#open.push({ name, kind, names: [args.trim().split(/\s/)[0] ?? '', LOOPS[name] ?? ''] });
    return kind;
  }

  /** A further condition of a block is answered when its first one is. */
  #branch(token: TagToken, condition: string): Kind {
    const kind = this.#open.at(-1)?.kind ?? 'each';
    const names = this.#namesIn(condition);
    if (names.some((found) => this.#meaning(found) !== kind)) throw this.#mixed(token);
    return kind;
  }

  #assign(token: TagToken, kind: Kind): Kind {
    const name = /^\s*["']?([\w-]+)/.exec(token.args)?.[1] ?? '';
    if (kind === 'each' && this.#meaning(name) === 'once') throw this.#mixed(token);
    if (kind === 'once') {
      if (this.#open.some((block) => block.kind === 'each')) throw this.#mixed(token);
      this.#once.add(name);
    }
    return kind;
  }

  #leaveLoop(token: TagToken): Kind {
    const loop = this.#open.map((block) => block.name in LOOPS).lastIndexOf(true);
    const kind = this.#open[loop]?.kind ?? 'each';
    if (kind === 'once' && this.#open.slice(loop).some((block) => block.kind === 'each')) throw this.#mixed(token);
    return kind;
  }

  /** Throws when it reads names of both kinds. */
  #kindOf(snippet: string, token: Token): Kind {
    const kinds = new Set(this.#namesIn(snippet).map((name) => this.#meaning(name)));
    if (kinds.size > 1) throw this.#mixed(token);
    return kinds.has('once') ? 'once' : 'each';
  }

  #namesIn(snippet: string): string[] {
    return listVariables(parseTemplate(snippet, { escape: 'none', field: this.#field }));
  }

  #meaning(name: string): Kind {
    const block = this.#open.findLast(({ names }) => names.includes(name));
    return block?.kind ?? (this.#once.has(name) ? 'once' : 'each');
  }

  /** Whether the tags from this one to the end of its block name anything that is the same for all. */
  #mentionsOnce(index: number, last = this.#endOf(index, 'capture')): boolean {
    const text = this.#source.slice(this.#tokens[index]?.begin, this.#tokens[last]?.end);
    const names = [...this.#once, ...this.#open.filter(({ kind }) => kind === 'once').flatMap((block) => block.names)];
    return names.some((name) => new RegExp(`(?<![\\w.-])${name}(?![\\w-])`).test(text));
  }

  #endOf(index: number, name: string): number {
    const found = this.#tokens.findIndex((t, i) => i > index && TypeGuards.isTagToken(t) && t.name === `end${name}`);
    return found < 0 ? index : found;
  }

  #put(token: Token, kind: Kind): string {
    return kind === 'once' ? this.#textOf(token) : this.#keep(this.#textOf(token));
  }

  #keep(text: string): string {
    return `${this.#word}${this.kept.push(text) - 1}z`;
  }

  #textOf(token: Token): string {
    return this.#source.slice(token.begin, token.end);
  }

  #mixed(token: Token): TemplateError {
    return this.#fault(
      token,
      `${this.#textOf(token)} mixes what is the same for everybody (${[...this.#once].join(', ')}) with what is not: take them apart`,
    );
  }

  #fault(token: Token, message: string): TemplateError {
    const [line = 1, column = 1] = token.getPosition();
    return new TemplateError(this.#field, message, { line, column });
  }
}

/** The values with another character in the place of every brace that could open a field or a tag. */
function guarded(value: unknown, brace: string): unknown {
  if (typeof value === 'string') return value.replaceAll(brace, '').replaceAll('{', brace);
  if (Array.isArray(value)) return value.map((each) => guarded(each, brace));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, guarded(each, brace)]));
}

/** A word that neither text can hold, because it is made from both. */
function unusedWord(source: string, values: object): string {
  return `fq${createHash('sha256').update(source).update(JSON.stringify(values)).digest('hex').slice(0, 16)}q`;
}

/** One of the 32 that Unicode keeps out of all text (its FAQ on noncharacters); values are rid of it. */
function unusedCharacter(source: string): string {
  const characters = Array.from({ length: 32 }, (_, i) => String.fromCharCode(0xfdd0 + i));
  const found = characters.find((character) => !source.includes(character));
  if (found === undefined) throw new RangeError('the template uses every noncharacter there is');
  return found;
}
