import { Context, type Emitter, type Liquid, Output, Parser, type Scope, TypeGuards } from 'liquidjs';
import { LINK_FIELDS, LINK_TAG, type LinkScope, LinkTag } from './link-tag.ts';
import { type EscapeMode, escapeHtml, LIQUID_LIMITS, outputText } from './liquid-engine.ts';

/** A parsed piece of a template, as liquidjs makes them. */
export type LiquidNode = ReturnType<Parser['parseToken']>;

class StepLimit {
  #left: number = LIQUID_LIMITS.steps;

  check(): void {
    this.#left -= 1;
    if (this.#left < 0) throw new Error(`more than ${LIQUID_LIMITS.steps} steps: is there a loop within a loop?`);
  }

  use(): void {}
}

/**
 * The state of one render: scopes, assigned names, limits. It keeps its own list of scopes beside liquidjs' private one so
 * that a plain `{{ name }}` is looked up without eight generators in between.
 */
export class RenderContext extends Context {
  /** Null where links stay as they are. */
  links: LinkScope | null = null;
  readonly #scopes: object[];

  constructor(engine: Liquid, data: object, builtins: Readonly<Record<string, unknown>>) {
    // liquidjs calls check() before every node with the time of day; StepLimit counts the calls instead.
    const renderLimit = new StepLimit() as unknown as Context['renderLimit'];
    super(data, engine.options, { sync: true }, { liquid: engine, renderLimit });
    this.#scopes = [Object.assign(this.bottom(), builtins)];
  }

  override push(scope: object): number {
    this.#scopes.push(scope);
    return super.push(scope);
  }

  override pop(): Scope | undefined {
    this.#scopes.pop();
    return super.pop();
  }

  lookup(name: string): unknown {
    for (let i = this.#scopes.length - 1; i >= 0; i--) {
      const scope = this.#scopes[i];
      if (scope !== undefined && name in scope) return this.readProperty(scope as Scope, name);
    }
    return this.readProperty(name in this.environments ? this.environments : this.globals, name);
  }
}

/** An emitter that wants to know what comes from a field: it need not look whether the text is a static one. */
export interface TextSink extends Emitter {
  append(text: string): void;
}

export class TextEmitter implements Emitter {
  buffer = '';

  write(value: unknown): void {
    this.buffer += outputText(value);
    assertOutputSize(this.buffer.length);
  }
}

export function assertOutputSize(length: number): void {
  if (length > LIQUID_LIMITS.output) throw new Error(`the result is longer than ${LIQUID_LIMITS.output} characters`);
}

/** `{{ a.b }}` and `{{ a | default: "x" }}`, with or without `| raw`: nearly every output there is, at a tenth of the cost. */
class FieldOutput extends Output {
  readonly #path: readonly string[];
  readonly #fallback: string | undefined;
  readonly #escape: boolean;

  constructor(token: Output['token'], liquid: Liquid, field: Field) {
    super(token, liquid);
    this.#path = field.path;
    this.#fallback = field.fallback;
    this.#escape = field.escape;
  }

  override render(context: Context, emitter: Emitter): IterableIterator<unknown> {
    const text = this.#text(context as RenderContext);
    // A {% capture %} that holds itself doubles with every turn of a loop: it must not grow for free.
    context.memoryLimit.use(text.length);
    const output = this.#escape ? escapeHtml(text) : text;
    const sink = emitter as Partial<TextSink> & Emitter;
    if (sink.append === undefined) sink.write(output);
    else sink.append(output);
    // Nothing to iterate over: liquidjs takes any value here, only its type says otherwise.
    return undefined as unknown as IterableIterator<unknown>;
  }

  #text(context: RenderContext): string {
    const path = this.#path;
    // Eleven in a usual newsletter: looked up as any other field they take about 3 µs a copy more.
    if (context.links !== null && path[0] === LINK_FIELDS) return context.links.fields[path[1] ?? ''] ?? '';
    let value = context.lookup(path[0] ?? '');
    for (let i = 1; i < path.length; i++) value = context.readProperty(value as Scope, path[i] ?? '');
    if (this.#fallback === undefined) return outputText(value);
    const isEmpty = value === null || value === undefined || value === false || hasNoLength(value);
    return isEmpty ? this.#fallback : outputText(value);
  }
}

function hasNoLength(value: unknown): boolean {
  return (typeof value === 'string' || Array.isArray(value)) && value.length === 0;
}

interface Field {
  readonly path: readonly string[];
  readonly fallback: string | undefined;
  readonly escape: boolean;
}

function readField(node: Output, mode: EscapeMode): Field | undefined {
  const path = readPath(node);
  if (path === undefined) return undefined;
  const all = node.value.filters;
  const isRaw = all.at(-1)?.raw ?? false;
  // Unless the last filter is raw, liquidjs has put the escaping itself at the end of the list.
  const written = mode === 'html' && !isRaw ? all.slice(0, -1) : all;
  const named = written.filter((filter) => filter.name !== 'raw');
  if (named.length === 0) return { path, fallback: undefined, escape: mode === 'html' && !isRaw };
  const [only] = named;
  const [argument, ...more] = only?.args ?? [];
  if (named.length > 1 || only?.name !== 'default' || more.length > 0 || !TypeGuards.isQuotedToken(argument))
    return undefined;
  return { path, fallback: argument.content, escape: mode === 'html' && !isRaw };
}

function readPath(node: Output): string[] | undefined {
  const [token, ...more] = node.value.initial.postfix;
  if (more.length > 0 || !TypeGuards.isPropertyAccessToken(token) || token.variable !== undefined) return undefined;
  const path: string[] = [];
  for (const prop of token.props) {
    if (!TypeGuards.isWordToken(prop) && !TypeGuards.isQuotedToken(prop)) return undefined;
    path.push(prop.content);
  }
  return path;
}

/** liquidjs' parser, with the quick form of simple outputs, and a record of what is static at any depth. */
export class TemplateParser extends Parser {
  /** Text nodes, also those inside `{% if %}` and `{% for %}`. */
  readonly texts: LiquidNode[] = [];
  readonly tagNames = new Set<string>();
  readonly #engine: Liquid;
  readonly #mode: EscapeMode;
  readonly #writesLinks: boolean;

  /** `writesLinks`: the source comes from linked-html.ts and may hold its tag. */
  constructor(engine: Liquid, mode: EscapeMode, writesLinks: boolean) {
    super(engine);
    this.#engine = engine;
    this.#mode = mode;
    this.#writesLinks = writesLinks;
  }

  override parseToken(...args: Parameters<Parser['parseToken']>): LiquidNode {
    const [token, remaining] = args;
    if (this.#writesLinks && TypeGuards.isTagToken(token) && token.name === LINK_TAG) {
      this.tagNames.add(LINK_TAG);
      return new LinkTag(token, remaining, this.#engine, this);
    }
    const node = super.parseToken(...args);
    if (node instanceof Output) {
      const field = readField(node, this.#mode);
      return field === undefined ? node : new FieldOutput(node.token, this.#engine, field);
    }
    if (TypeGuards.isTagToken(node.token)) this.tagNames.add(node.token.name);
    else this.texts.push(node);
    return node;
  }
}
