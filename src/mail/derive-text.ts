import { compile, type FormatCallback } from 'html-to-text';
import { messageOf } from '../errors.ts';
import { type ShieldedSource, shieldLiquid } from './liquid-shield.ts';
import { TemplateError } from './message-errors.ts';
import { parseTemplate } from './template.ts';

const altText: FormatCallback = (element, _walk, builder) => {
  const alt: string = element.attribs?.alt ?? '';
  if (alt.trim() !== '') builder.addInline(alt);
};

/** Cells stand beside each other; what is a block within them breaks the line itself. */
const tableCell: FormatCallback = (element, walk, builder) => {
  walk(element.children, builder);
  builder.addInline(' ');
};

const HEADINGS = ['h1', 'h2', 'h3', 'h4', 'h5', 'h6'];
/** Preheaders are for the list of messages, not for reading: hidden text stays out. */
const HIDDEN = [
  '[style*="display:none"]',
  '[style*="display: none"]',
  '[style*="mso-hide:all"]',
  '[style*="mso-hide: all"]',
  '[hidden]',
];

const toText = compile({
  wordwrap: false,
  formatters: { altText, tableCell },
  selectors: [
    ...HEADINGS.map((selector) => ({
      selector,
      options: { uppercase: false, leadingLineBreaks: 2, trailingLineBreaks: 2 },
    })),
    { selector: 'a', options: { hideLinkHrefIfSameAsText: true, noAnchorUrl: true } },
    { selector: 'img', format: 'altText' },
    { selector: 'tr', format: 'block', options: { leadingLineBreaks: 1, trailingLineBreaks: 1 } },
    { selector: 'td', format: 'tableCell' },
    { selector: 'th', format: 'tableCell' },
    ...HIDDEN.map((selector) => ({ selector, format: 'skip' })),
  ],
});

/**
 * The text version of an HTML template, itself a template: fields, conditions and loops stay, links become `text [url]`,
 * images their alt text. Throws TemplateError where tags and conditions are so entangled that no text can be derived.
 */
export function deriveText(html: string): string {
  const shield = shieldLiquid(html, 'words');
  const converted = toText(keepTagsOf(shield, shield.source, UNREAD));
  const text = joinTagLines(withAssignments(converted, shield), shield);
  const derived = `${shield.restore(text, forText).trim()}\n`;
  try {
    parseTemplate(derived, { escape: 'none', field: 'text' });
  } catch (error) {
    const why = `no text version can be derived from this HTML (${messageOf(error)}). Write the text version yourself.`;
    throw new TemplateError('text', why, { line: 1 }, error);
  }
  return derived;
}

/** What shows nothing in a reader. Liquid tags in there may still concern what follows. */
const UNREAD =
  /<!--[\s\S]*?-->|<head\b[\s\S]*?<\/head\s*>|<style\b[\s\S]*?<\/style\s*>|<script\b[\s\S]*?<\/script\s*>|<title\b[\s\S]*?<\/title\s*>|<\/?(?:html|body)\b[^>]*>|<![^>]*>/gi;

function keepTagsOf(shield: ShieldedSource, html: string, unread: RegExp): string {
  return html.replace(unread, (part) =>
    shield
      .tokensIn(part)
      .filter((token) => shield.tokens[token]?.startsWith('{%'))
      .map((token) => shield.placeholder(token))
      .join(''),
  );
}

/** Assignments in a part that is not shown (a hidden element) move to the beginning: the text may use their names. */
function withAssignments(text: string, shield: ShieldedSource): string {
  const present = new Set(shield.tokensIn(text));
  const lost = shield.tokens.map((token, i) =>
    /^\{%-?\s*(?:assign|capture)\b/.test(token) && !present.has(i) ? i : -1,
  );
  return (
    lost
      .filter((token) => token >= 0)
      .map((token) => shield.placeholder(token))
      .join('') + text
  );
}

/** A line of nothing but tags would leave empty lines behind, once for every turn of a loop: it joins the next line. */
function joinTagLines(text: string, shield: ShieldedSource): string {
  const lines = text.split('\n');
  let joined = '';
  for (const [i, line] of lines.entries()) {
    const isTags =
      shield.holdsToken(line) && shield.tokensIn(line).every((token) => shield.tokens[token]?.startsWith('{%'));
    if (isTags && shield.restore(line, () => '').trim() === '') joined += line.trim();
    else if (line !== '' || !endsInTags(joined, shield)) joined += i === lines.length - 1 ? line : `${line}\n`;
  }
  return joined;
}

function endsInTags(text: string, shield: ShieldedSource): boolean {
  const last = text.slice(text.lastIndexOf('\n') + 1);
  return last !== '' && shield.holdsToken(last);
}

/** Text is not escaped, and HTML in a field must not show its tags. */
function forText(token: string): string {
  if (!token.startsWith('{{')) return token;
  return token
    .replace(/\|\s*(?:escape|escape_once|xml_escape|newline_to_br)\s*(?=\||-?\}\}$)/g, '')
    .replace(/\|\s*raw\s*(?=\||-?\}\}$)/g, '| strip_html ');
}
