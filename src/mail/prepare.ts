import { inline } from '@css-inline/css-inline';
import { messageOf } from '../errors.ts';
import { IGNORE_ATTRIBUTE, shieldLiquid } from './liquid-shield.ts';
import { TemplateError } from './message-errors.ts';
import { parseTemplate } from './template.ts';

export interface HtmlSource {
  /** One of the two. */
  readonly mjml?: string;
  readonly html?: string;
  /** Copies the rules of style elements into style attributes. Default: for HTML yes, for MJML (which does its own) no. */
  readonly inlineCss?: boolean;
}

export interface PreparedHtml {
  /** Still a Liquid template. */
  readonly html: string;
  /** What did not stop the template from working, but is probably not meant. */
  readonly warnings: readonly string[];
}

/**
 * What is done when a template is saved, and never per recipient: MJML becomes HTML, style rules become attributes, media
 * queries stay. Liquid comes out as it went in. Throws TemplateError with the line in the author's source. Needs some
 * milliseconds.
 */
export async function prepareHtml({ mjml, html, inlineCss }: HtmlSource): Promise<PreparedHtml> {
  const source = mjml ?? html ?? '';
  // Errors in the Liquid itself are reported against what the author wrote, not against what becomes of it.
  parseTemplate(source, { escape: 'html', field: mjml === undefined ? 'html' : 'mjml' });
  const compiled = mjml === undefined ? { html: source, warnings: [] } : await compileMjml(mjml);
  const wanted = inlineCss ?? mjml === undefined;
  if (!wanted || !/<style\b/i.test(compiled.html)) return compiled;
  const inlined = inlineStyles(compiled.html);
  return { html: inlined.html, warnings: [...compiled.warnings, ...inlined.warnings] };
}

async function compileMjml(source: string): Promise<PreparedHtml> {
  // 176 packages that only saving a template needs.
  const { default: mjml2html } = await import('mjml');
  const include = /<mj-include\b/i.exec(source);
  if (include !== null) {
    const line = source.slice(0, include.index).split('\n').length;
    throw new TemplateError('mjml', '<mj-include> is not available: there are no files to include from.', { line });
  }
  const shield = shieldLiquid(source, 'markup');
  const root = /<mjml\b[\s\S]*<\/mjml\s*>/i.exec(shield.source);
  if (root === null) throw new TemplateError('mjml', 'there is no <mjml>…</mjml> element.', { line: 1 });
  const before = shield.source.slice(0, root.index);
  const after = shield.source.slice(root.index + root[0].length);
  const lineOffset = before.split('\n').length - 1;

  const { html, errors } = await mjml2html(root[0]).catch((error: unknown) => {
    throw new TemplateError('mjml', `cannot be compiled: ${messageOf(error)}`, { line: 1 }, error);
  });
  // A value with Liquid in it is no colour and no number yet.
  const findings = errors.filter((error) => !shield.holdsToken(error.message));
  const fatal = findings.find((error) => !error.message.startsWith('Attribute'));
  if (fatal !== undefined) throw new TemplateError('mjml', `${fatal.message}.`, { line: fatal.line + lineOffset });
  return {
    html: shield.restore(before.trim() + html.trim() + after.trim()),
    warnings: findings.map(({ line, tagName, message }) => `Line ${line + lineOffset}, ${tagName}: ${message.trim()}`),
  };
}

function inlineStyles(source: string): PreparedHtml {
  const shield = shieldLiquid(ignoreLiquidRules(markOwnBodies(source)), 'markup');
  // A rule may be left out of the style element only when every element it concerns has got it.
  const isComplete = !shield.source.includes(IGNORE_ATTRIBUTE);
  try {
    const inlined = inline(shield.source, {
      keepStyleTags: true,
      removeInlinedSelectors: isComplete,
      keepAtRules: isComplete,
      keepLinkTags: true,
      // Nothing is fetched, from the network or from disk: sources come from any member of a workspace.
      loadRemoteStylesheets: false,
    });
    return { html: shield.restore(tidy(inlined)), warnings: [] };
  } catch (error) {
    return { html: source, warnings: [`CSS was not inlined, it cannot be read: ${messageOf(error).trim()}`] };
  }
}

/** Style elements whose rules depend on conditions stay as they are. */
function ignoreLiquidRules(html: string): string {
  return html.replace(/<style\b([^>]*)>([\s\S]*?)<\/style\s*>/gi, (whole, attributes: string, css: string) =>
    css.includes('{%') ? `<style ${IGNORE_ATTRIBUTE}${attributes}>${css}</style>` : whole,
  );
}

const OWN_BODY = 'data-own-tbody';
const COMMENT_OR_BODY = /<!--[\s\S]*?-->|<tbody\b[^>]*>|<\/tbody\s*>/gi;

/**
 * Parsers put <tbody> into tables that have none, and would put it between {% if %} and its rows. Those that the author
 * wrote are marked, so that `tidy` can take the others out again.
 */
function markOwnBodies(html: string): string {
  return html.replace(COMMENT_OR_BODY, (found) =>
    /^<tbody/i.test(found) ? found.replace(/^<tbody/i, `<tbody ${OWN_BODY}`) : found,
  );
}

function tidy(html: string): string {
  const open: boolean[] = [];
  const bodies = html.replace(COMMENT_OR_BODY, (found) => {
    if (found.startsWith('<!--')) return found;
    if (found.startsWith('</')) return open.pop() === true ? found : '';
    open.push(found.includes(OWN_BODY));
    return found.includes(OWN_BODY) ? found.replace(new RegExp(` ${OWN_BODY}(?:="")?`), '') : '';
  });
  return bodies.replaceAll(` ${IGNORE_ATTRIBUTE}`, '').replace(/<style[^>]*>\s*<\/style>/g, '');
}
