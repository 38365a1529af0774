import type { RenderContext } from '../liquid-render.ts';
import { MessageError } from '../message-errors.ts';
import { parseTemplate, type Template } from '../template.ts';
import { assertOneLine, encodeUnstructured, headerLine, headerText } from './header.ts';

/** RFC 5322 section 2.2. */
const NAME = /^[\x21-\x39\x3b-\x7e]{1,76}$/;

/** Headers this program writes itself, and those that would change who gets the message or how its body is read. */
const OWNED =
  /^(?:from|sender|reply-to|to|cc|bcc|subject|date|message-id|list-unsubscribe|list-unsubscribe-post|feedback-id|mime-version|content-.*|return-path|received|dkim-signature|arc-.*|authentication-results|resent-.*)$/i;

/** An unstructured header whose value is Liquid, not HTML-escaped. Encoded once when it names no field. */
export class HeaderTemplate {
  readonly name: string;
  readonly #template: Template;
  readonly #keepLongWords: boolean;
  readonly #static: string | undefined;

  constructor(name: string, source: string, field: string) {
    assertOneLine(field, source);
    this.name = name;
    this.#keepLongWords = name !== 'Subject';
    this.#template = parseTemplate(source, { escape: 'none', field });
    const isStatic = !/\{[{%]/.test(source);
    this.#static = isStatic ? this.#encode(headerText(source, field)) : undefined;
  }

  get hasTags(): boolean {
    return this.#template.hasTags;
  }

  get template(): Template {
    return this.#template;
  }

  /** The whole header, folded, ending in CRLF. */
  line(context: RenderContext): string {
    return this.#static ?? this.#encode(this.value(context));
  }

  /** The value as people read it. */
  value(context: RenderContext): string {
    return headerText(this.#template.renderText(context), this.#template.field);
  }

  #encode(value: string): string {
    const used = this.name.length + 2;
    return headerLine(this.name, encodeUnstructured(value, used, { keepLongWords: this.#keepLongWords }));
  }
}

/** An author's headers. Case tells no names apart (RFC 5322 section 1.2.2): of two that readers take for one, neither is sent. */
export function extraHeaders(headers: Readonly<Record<string, string>>): HeaderTemplate[] {
  const names = new Set<string>();
  return Object.entries(headers).map(([name, source]) => {
    if (names.has(name.toLowerCase())) throw new MessageError(`headers/${name}`, 'is there twice, in other letters');
    names.add(name.toLowerCase());
    return extraHeader(name, source);
  });
}

function extraHeader(name: string, source: string): HeaderTemplate {
  const field = `headers/${name}`;
  assertOneLine('headers', name);
  if (!NAME.test(name)) throw new MessageError(field, 'is not a header name');
  if (OWNED.test(name)) throw new MessageError(field, 'is written by Postrider and cannot be set here');
  return new HeaderTemplate(name, source, field);
}
