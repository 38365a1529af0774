import { escapeHtml } from './liquid-engine.ts';
import type { LinkRules } from './message.ts';
import { type MessageLink, replaceLinks } from './message-links.ts';

/**
 * A template whose links lead where the rules say. A link that is the same for all becomes a field of the copy; one with
 * Liquid in it is put into a tag, which knows its destination when it is rendered (link-tag.ts). Done once a campaign.
 */
export function linkedHtml(html: string, rules: LinkRules): string {
  const linked = replaceLinks(html, (link) => replacementOf(link, rules));
  return rules.opens ? withPixel(linked) : linked;
}

function replacementOf({ url, isPersonal }: MessageLink, rules: LinkRules): string | null {
  const link = rules.numberOf(url);
  if (isPersonal) return `{% postrider_link ${link ?? 'none'} %}${url}{% endpostrider_link %}`;
  if (link !== null) return `{{ postriderLinks.l${link} }}`;
  const destination = rules.destinationOf(url);
  return destination === url ? null : escapeHtml(destination);
}

const PIXEL = '{{ postriderLinks.pixel | raw }}';

/** The last thing of the body. */
function withPixel(html: string): string {
  const end = html.toLowerCase().lastIndexOf('</body');
  return end < 0 ? `${html}${PIXEL}` : `${html.slice(0, end)}${PIXEL}${html.slice(end)}`;
}
