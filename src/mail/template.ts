import { type Emitter, LiquidError, TypeGuards, toValueSync } from 'liquidjs';
import { messageOf } from '../errors.ts';
import { type EscapeMode, liquidEngine } from './liquid-engine.ts';
import { explainSyntaxError } from './liquid-errors.ts';
import { type LiquidNode, RenderContext, TemplateParser, TextEmitter } from './liquid-render.ts';
import { MessageError, TemplateError } from './message-errors.ts';

export interface TemplateOptions {
  /** `html` escapes every output that does not end in `| raw`; `none` is for text and headers. */
  readonly escape: EscapeMode;
  /** Names the source in errors: `subject`, `html`, `text`, `headers/X-Name`. */
  readonly field: string;
  /** The source is what linked-html.ts made of an author's. */
  readonly writesLinks?: boolean;
}

/** A parsed template: immutable, rendered any number of times. */
export class Template {
  readonly field: string;
  readonly escape: EscapeMode;
  readonly nodes: readonly LiquidNode[];
  /** The text nodes at every depth: what an encoder can prepare once. */
  readonly texts: readonly LiquidNode[];
  /** Without tags nothing is assigned, so that a context can be shared with other templates. */
  readonly hasTags: boolean;
  readonly #writesToData: boolean;

  constructor(source: string, { escape: mode, field, writesLinks = false }: TemplateOptions) {
    const parser = new TemplateParser(liquidEngine(mode), mode, writesLinks);
    this.nodes = parser.parse(source) as LiquidNode[];
    this.texts = parser.texts;
    this.hasTags = parser.tagNames.size > 0;
    this.#writesToData = parser.tagNames.has('increment') || parser.tagNames.has('decrement');
    this.escape = mode;
    this.field = field;
  }

  /** `builtins` win over `data`. Neither is changed, whatever the template does. */
  newContext(data: object, builtins: Readonly<Record<string, unknown>> = {}): RenderContext {
    // {% increment %} counts in the data itself.
    return new RenderContext(liquidEngine(this.escape), this.#writesToData ? { ...data } : data, builtins);
  }

  renderText(context: RenderContext): string {
    const emitter = new TextEmitter();
    for (const node of this.nodes) if (!this.renderNode(node, context, emitter)) break;
    return emitter.buffer;
  }

  /** Renders one top-level node; false when a `{% break %}` or `{% continue %}` outside any loop ends the template. */
  renderNode(node: LiquidNode, context: RenderContext, emitter: Emitter): boolean {
    try {
      const rest: unknown = toValueSync(node.render(context, emitter) as unknown as IterableIterator<unknown>);
      if (rest !== undefined) emitter.write(rest);
    } catch (error) {
      throw new MessageError(this.field, `cannot be rendered for this recipient: ${describe(error, node)}`, error);
    }
    return !(context.breakCalled || context.continueCalled);
  }
}

/** Parses Liquid, or throws a TemplateError that says where and what to do. */
export function parseTemplate(source: string, options: TemplateOptions): Template {
  try {
    return new Template(source, options);
  } catch (error) {
    const [line = 1, column = 1] = LiquidError.is(error) ? (error as LiquidError).token.getPosition() : [];
    throw new TemplateError(
      options.field,
      explainSyntaxError(error, liquidEngine(options.escape)),
      { line, column },
      error,
    );
  }
}

/** The names of the merge fields a template reads, in order of first use; what it assigns itself is not among them. */
export function listVariables(template: Template): string[] {
  return liquidEngine(template.escape).globalVariablesSync([...template.nodes], { partials: false });
}

export function isTextNode(node: LiquidNode): boolean {
  return TypeGuards.isHTMLToken(node.token);
}

function describe(error: unknown, node: LiquidNode): string {
  const liquid = LiquidError.is(error) ? (error as LiquidError) : undefined;
  const [line = 1, column = 1] = (liquid?.token ?? node.token).getPosition();
  return `${messageOf(liquid?.originalError ?? error)} (line ${line}, column ${column})`;
}
