import { SaxesParser } from 'saxes';
import { messageOf } from '../errors.ts';

/** An element as it stands in the document. Names are lower case, with the prefixes that feeds use for them (`dc:creator`). */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: ReadonlyArray<XmlElement | string>;
}

const MOST_ELEMENTS = 200_000;
const DEEPEST = 100;

/** Of HTML: XML knows five, and feeds use these all the same. A document cannot add any, so nothing can grow. */
const ENTITIES: Readonly<Record<string, string>> = {
  nbsp: '\u00a0',
  iexcl: '¡',
  cent: '¢',
  pound: '£',
  euro: '€',
  yen: '¥',
  sect: '§',
  copy: '©',
  reg: '®',
  trade: '™',
  deg: '°',
  middot: '·',
  bull: '•',
  hellip: '…',
  ndash: '–',
  mdash: '—',
  lsquo: '‘',
  rsquo: '’',
  sbquo: '‚',
  ldquo: '“',
  rdquo: '”',
  bdquo: '„',
  laquo: '«',
  raquo: '»',
  times: '×',
  auml: 'ä',
  ouml: 'ö',
  uuml: 'ü',
  Auml: 'Ä',
  Ouml: 'Ö',
  Uuml: 'Ü',
  szlig: 'ß',
  eacute: 'é',
  egrave: 'è',
  agrave: 'à',
  ccedil: 'ç',
  ntilde: 'ñ',
};

/** Reads a document whole. Throws an Error that says what is wrong with it, and in which line. */
export function parseXml(text: string): XmlElement {
  const parser = new SaxesParser();
  Object.assign(parser.ENTITIES, ENTITIES);
  const root: { name: string; attributes: Record<string, string>; children: Array<XmlElement | string> } = {
    name: '',
    attributes: {},
    children: [],
  };
  const open = [root];
  let elements = 0;
  parser.on('error', (error) => {
    throw new Error(messageOf(error).replace(/^(\d+):(\d+): (.*?)\.?$/s, 'line $1: $3'));
  });
  parser.on('opentag', ({ name, attributes }) => {
    elements++;
    if (elements > MOST_ELEMENTS || open.length > DEEPEST) throw new Error('it has too many elements');
    const lower = Object.entries(attributes).map(([key, value]) => [key.toLowerCase(), value]);
    const element = { name: name.toLowerCase(), attributes: Object.fromEntries(lower), children: [] };
    open.at(-1)?.children.push(element);
    open.push(element);
  });
  parser.on('closetag', () => open.pop());
  const addText = (piece: string) => open.at(-1)?.children.push(piece);
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.write(text).close();
  const [first] = root.children.filter((child) => typeof child !== 'string');
  if (!first) throw new Error('it is empty');
  return first;
}

/** The first child of one of these names, by the order of the names. */
export function childOf(element: XmlElement | null, ...names: string[]): XmlElement | null {
  for (const name of names) {
    const [found] = childrenOf(element, name);
    if (found) return found;
  }
  return null;
}

export function childrenOf(element: XmlElement | null, name: string): XmlElement[] {
  return (element?.children ?? []).filter((child) => typeof child !== 'string' && child.name === name) as XmlElement[];
}

/** All text within, without the white space around it. */
export function textOf(element: XmlElement | null): string {
  return element === null ? '' : element.children.map(rawText).join('').trim();
}

function rawText(node: XmlElement | string): string {
  return typeof node === 'string' ? node : node.children.map(rawText).join('');
}

/** What is within as HTML: of Atom's `type="xhtml"`. */
export function markupOf(element: XmlElement): string {
  return element.children
    .map((child) => {
      if (typeof child === 'string') return escapeMarkup(child);
      const attributes = Object.entries(child.attributes).map(([key, value]) => ` ${key}="${escapeMarkup(value)}"`);
      const name = child.name.slice(child.name.indexOf(':') + 1);
      return `<${name}${attributes.join('')}>${markupOf(child)}</${name}>`;
    })
    .join('');
}

function escapeMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
