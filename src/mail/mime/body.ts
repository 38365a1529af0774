import { toValueSync } from 'liquidjs';
import { type LiquidNode, type RenderContext, TextEmitter } from '../liquid-render.ts';
import { isTextNode, type Template } from '../template.ts';
import { BodyEmitter, encodeStatic, SHORT_TEXT, type StaticText } from './body-emitter.ts';
import type { ByteWriter } from './byte-writer.ts';

type Step =
  | { readonly kind: 'static'; readonly text: StaticText }
  | { readonly kind: 'short'; readonly text: string }
  | { readonly kind: 'dynamic'; readonly node: LiquidNode };

/**
 * A body part in quoted-printable. Every static run of the template is encoded once, beginning in column 0, and copied in
 * behind a soft line break; only what fields and tags write is encoded for each recipient.
 */
export class EncodedBody {
  /** Octets of all static text: about the size of a rendered body. */
  readonly staticSize: number;
  readonly #template: Template;
  readonly #steps: readonly Step[];
  readonly #emitter: BodyEmitter;

  constructor(template: Template, writer: ByteWriter) {
    const statics = new Map<string, StaticText>();
    for (const text of template.texts.map(textOf)) {
      if (text.length >= SHORT_TEXT && !statics.has(text)) statics.set(text, encodeStatic(text));
    }
    this.#template = template;
    this.#steps = template.nodes.map((node) => toStep(node, statics));
    this.#emitter = new BodyEmitter(statics, writer);
    this.staticSize = [...statics.values()].reduce((sum, text) => sum + text.bytes.length, 0);
  }

  /** Writes the body to the writer of the constructor, which stands at the beginning of a line. */
  write(context: RenderContext): void {
    const emitter = this.#emitter;
    emitter.begin();
    for (const step of this.#steps) {
      if (step.kind === 'static') emitter.writeStatic(step.text);
      else if (step.kind === 'short') emitter.append(step.text);
      else if (!this.#template.renderNode(step.node, context, emitter)) break;
    }
    emitter.end();
  }
}

function toStep(node: LiquidNode, statics: ReadonlyMap<string, StaticText>): Step {
  if (!isTextNode(node)) return { kind: 'dynamic', node };
  const text = textOf(node);
  const encoded = statics.get(text);
  return encoded === undefined ? { kind: 'short', text } : { kind: 'static', text: encoded };
}

/** The text of a text node, as it renders: white space that `{{- -}}` takes away is gone. */
function textOf(node: LiquidNode): string {
  const emitter = new TextEmitter();
  toValueSync(node.render(undefined as never, emitter) as unknown as IterableIterator<unknown>);
  return emitter.buffer;
}
