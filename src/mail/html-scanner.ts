/**
 * Where in an HTML (or MJML) document something stands. `attribute` is between attributes; `value` inside an attribute's
 * value; `opaque` is a comment, a declaration, or text that holds no tags (style, title, script).
 */
export type Place = 'text' | 'name' | 'attribute' | 'value' | 'opaque';

type State =
  | 'text'
  | 'tag-name'
  | 'in-tag'
  | 'attribute-name'
  | 'before-value'
  | 'value'
  | 'comment'
  | 'declaration'
  | 'raw';

const RAW_ELEMENTS = new Set(['script', 'style', 'textarea', 'title', 'xmp', 'mj-style', 'mj-title', 'mj-preview']);
const PLACES: Readonly<Record<State, Place>> = {
  text: 'text',
  'tag-name': 'name',
  'in-tag': 'attribute',
  'attribute-name': 'name',
  'before-value': 'value',
  value: 'value',
  comment: 'opaque',
  declaration: 'opaque',
  raw: 'opaque',
};

/**
 * Follows a document through the pieces between Liquid tokens. It only needs to know where it is, not what the elements
 * mean, and it never fails: HTML in emails is what it is.
 */
export class HtmlScanner {
  /** The attribute whose value is being read, in lower case, and what of the value was read so far. */
  attributeName = '';
  attributeValue = '';
  #state: State = 'text';
  #tagName = '';
  #quote = '';

  get place(): Place {
    return PLACES[this.#state];
  }

  read(html: string): void {
    let i = 0;
    while (i < html.length) i = this.#step(html, i);
  }

  /** Something that is not HTML stands here, such as a Liquid output: within a value it is part of it. */
  skip(): void {
    if (this.#state === 'before-value') this.#openValue('');
    if (this.#state === 'value') this.attributeValue += ' ';
  }

  #step(html: string, i: number): number {
    switch (this.#state) {
      case 'text':
        return this.#text(html, i);
      case 'tag-name':
        return this.#tagNamePart(html, i);
      case 'in-tag':
        return this.#inTag(html, i);
      case 'attribute-name':
        return this.#attributeNamePart(html, i);
      case 'before-value':
        return this.#beforeValue(html, i);
      case 'value':
        return this.#value(html, i);
      case 'comment':
        return this.#until(html, i, '-->');
      case 'declaration':
        return this.#until(html, i, '>');
      case 'raw':
        return this.#raw(html, i);
    }
  }

  #text(html: string, from: number): number {
    const i = html.indexOf('<', from);
    if (i < 0) return html.length;
    if (html.startsWith('<!--', i)) return this.#enter('comment', i + 4);
    if (html[i + 1] === '!' || html[i + 1] === '?') return this.#enter('declaration', i + 2);
    // At the end of the piece the tag's name is Liquid: <{{ tag }}>.
    if (i + 1 < html.length && !/[a-z/]/i.test(html[i + 1] ?? '')) return i + 1;
    this.#tagName = '';
    return this.#enter('tag-name', i + 1);
  }

  #tagNamePart(html: string, i: number): number {
    const end = findFrom(html, i, /[\s>]|\/(?=>)/g);
    this.#tagName += html.slice(i, end).toLowerCase();
    return end < html.length ? this.#enter('in-tag', end) : end;
  }

  #inTag(html: string, i: number): number {
    const character = html[i] ?? '';
    if (character === '>') return this.#endTag(i + 1);
    if (character === '=') return this.#enter('before-value', i + 1);
    if (/[\s/]/.test(character)) return i + 1;
    this.attributeName = '';
    return this.#enter('attribute-name', i);
  }

  #attributeNamePart(html: string, i: number): number {
    const end = findFrom(html, i, /[\s/>=]/g);
    this.attributeName += html.slice(i, end).toLowerCase();
    return end < html.length ? this.#enter('in-tag', end) : end;
  }

  #beforeValue(html: string, i: number): number {
    const character = html[i] ?? '';
    if (/\s/.test(character)) return i + 1;
    if (character === '>') return this.#enter('in-tag', i);
    const isQuote = character === '"' || character === "'";
    this.#openValue(isQuote ? character : '');
    return isQuote ? i + 1 : i;
  }

  #value(html: string, i: number): number {
    const end = this.#quote === '' ? findFrom(html, i, /[\s>]/g) : findText(html, i, this.#quote);
    this.attributeValue += html.slice(i, end);
    if (end === html.length) return end;
    return this.#enter('in-tag', this.#quote === '' ? end : end + 1);
  }

  #raw(html: string, i: number): number {
    const end = findFrom(html, i, new RegExp(`</${this.#tagName}`, 'gi'));
    if (end === html.length) return end;
    this.#tagName = '';
    return this.#enter('tag-name', end + 1);
  }

  #until(html: string, i: number, end: string): number {
    const found = html.indexOf(end, i);
    return found < 0 ? html.length : this.#enter('text', found + end.length);
  }

  #endTag(next: number): number {
    return this.#enter(RAW_ELEMENTS.has(this.#tagName) ? 'raw' : 'text', next);
  }

  #openValue(quote: string): void {
    this.#quote = quote;
    this.attributeValue = '';
    this.#state = 'value';
  }

  #enter(state: State, next: number): number {
    this.#state = state;
    return next;
  }
}

function findFrom(text: string, from: number, pattern: RegExp): number {
  pattern.lastIndex = from;
  return pattern.exec(text)?.index ?? text.length;
}

function findText(text: string, from: number, wanted: string): number {
  const found = text.indexOf(wanted, from);
  return found < 0 ? text.length : found;
}
