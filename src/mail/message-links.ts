import { isFollowable } from './followable.ts';
import { decodeEntities } from './html-entities.ts';
import { type ShieldedSource, shieldLiquid } from './liquid-shield.ts';
import { parseTemplate } from './template.ts';

/** A link of an HTML body that leads out of the message. */
export interface MessageLink {
  /** Where it leads; of a personal link the HTML of the attribute, with its Liquid. */
  readonly url: string;
  /** It holds Liquid: where it leads is only known for each reader. */
  readonly isPersonal: boolean;
}

/**
 * Gives each link of a template another value of its attribute, or null to leave it as it is. Not asked about: anchors,
 * schemes other than http and https, elements with `data-no-track`, addresses of ours ({{unsubscribeUrl}} and the like),
 * and Liquid that does not end where the attribute ends. Comments are passed over, but not those that Outlook reads.
 */
export function replaceLinks(html: string, replace: (link: MessageLink) => string | null): string {
  const shield = shieldLiquid(html, 'words');
  const rewritten = shield.source.replace(PASSED_OR_TAG, (whole, tag: string | undefined) => {
    if (tag === undefined || /\sdata-no-track(?=[\s=/>])/i.test(whole)) return whole;
    return whole.replace(ATTRIBUTE, (found, name: string, double?: string, single?: string, bare?: string) => {
      if (name.trim().toLowerCase() !== 'href') return found;
      const link = linkOf(double ?? single ?? bare ?? '', shield);
      const value = link === null ? null : replace(link);
      return value === null ? found : `${name}="${value}"`;
    });
  });
  return shield.restore(rewritten);
}

/** What is to be followed, each once, in the order in which it stands in the message. */
export function listLinks(html: string): MessageLink[] {
  const found = new Map<string, MessageLink>();
  replaceLinks(html, (link) => {
    if (!found.has(link.url)) found.set(link.url, link);
    return null;
  });
  return [...found.values()];
}

/** Comments, elements whose text is no markup, and the tags that lead somewhere, also of the buttons Outlook draws. */
const PASSED_OR_TAG =
  /<!--(?!\[if\b)[\s\S]*?-->|<(?:style|script|title|textarea|xmp)\b[\s\S]*?<\/(?:style|script|title|textarea|xmp)\s*>|<(a|area|v:\w+)(?=\s)(?:[^>"']|"[^"]*"|'[^']*')*>/gi;
const ATTRIBUTE = /(\s[^\s=>"'/]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/g;
const OWN = /\b(?:unsubscribeUrl|preferencesUrl|webVersionUrl|postriderLinks)\b/;

function linkOf(value: string, shield: ShieldedSource): MessageLink | null {
  const written = value.trim();
  if (!shield.holdsToken(written)) {
    const url = decodeEntities(written);
    return isFollowable(url) ? { url, isPersonal: false } : null;
  }
  const template = shield.restore(written);
  const opensWithToken = shield.tokensIn(written.slice(0, written.search(/[:/?#]|$/))).length > 0;
  if (OWN.test(template) || written.includes('"') || !(opensWithToken || /^https?:\/\//i.test(written))) return null;
  return isWhole(template) ? { url: template, isPersonal: true } : null;
}

function isWhole(template: string): boolean {
  try {
    parseTemplate(template, { escape: 'html', field: 'html' });
    return true;
  } catch {
    return false;
  }
}
