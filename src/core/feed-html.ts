import { compile } from 'html-to-text';
import sanitize from 'sanitize-html';

const LONGEST_HTML = 100_000;
const LONGEST_LINE = 5000;
const DEEPEST = 100;

const TAGS = [
  ...['p', 'br', 'hr', 'div', 'span', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'blockquote', 'pre', 'code'],
  ...['a', 'img', 'figure', 'figcaption', 'ul', 'ol', 'li', 'dl', 'dt', 'dd'],
  ...['b', 'strong', 'i', 'em', 'u', 's', 'del', 'ins', 'sub', 'sup', 'small', 'mark', 'q', 'cite', 'abbr'],
  ...['table', 'thead', 'tbody', 'tfoot', 'tr', 'td', 'th', 'caption'],
];

/** An address in a feed as readers can follow it: whole, http or https, without braces. Null for any other. */
export function feedUrl(text: string | null | undefined, base: string | null): string | null {
  const written = text?.trim() ?? '';
  if (written === '' || !URL.canParse(written, base ?? undefined)) return null;
  const url = new URL(written, base ?? undefined);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return null;
  return url.href.replaceAll('{', '%7B').replaceAll('}', '%7D');
}

/**
 * HTML of somebody else's as it may stand in a mail of ours: words, tables, pictures and links; no scripts, styles, forms,
 * frames, handlers, nor addresses that are relative or of another scheme.
 */
export function cleanHtml(html: string, base: string | null): string {
  const address = (attributes: Record<string, string>, name: 'href' | 'src') => {
    const { [name]: written, ...others } = attributes;
    const url = feedUrl(written, base);
    return url === null ? others : { ...others, [name]: url };
  };
  return sanitize(html.slice(0, LONGEST_HTML), {
    allowedTags: TAGS,
    allowedAttributes: {
      a: ['href', 'title'],
      img: ['src', 'alt', 'title', 'width', 'height'],
      td: ['colspan', 'rowspan'],
      th: ['colspan', 'rowspan'],
    },
    allowedSchemes: ['http', 'https'],
    allowProtocolRelative: false,
    nestingLimit: DEEPEST,
    transformTags: {
      a: (tagName, attributes) => ({ tagName, attribs: address(attributes, 'href') }),
      img: (tagName, attributes) => ({ tagName, attribs: address(attributes, 'src') }),
    },
    // What is left of a picture nobody can fetch.
    exclusiveFilter: ({ tag, attribs }) => tag === 'img' && !attribs.src,
  }).trim();
}

const toText = compile({
  wordwrap: false,
  limits: { maxDepth: DEEPEST, ellipsis: '' },
  selectors: [
    { selector: 'a', options: { ignoreHref: true } },
    { selector: 'img', format: 'skip' },
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: { uppercase: false } })),
  ],
});

/** HTML as words, paragraphs apart. */
export function plainText(html: string): string {
  return toText(html.slice(0, LONGEST_HTML)).trim();
}

/** HTML as one line of words. */
export function oneLine(html: string): string {
  return plainText(html.slice(0, LONGEST_LINE)).replace(/\s+/g, ' ');
}

/** The first picture in HTML that was cleaned. */
export function firstImage(html: string): string | null {
  return /<img\b[^>]*\ssrc="([^"]+)"/.exec(html)?.[1]?.replaceAll('&amp;', '&') ?? null;
}
