import { keepLinks } from '../db/campaign-links.ts';
import type { CampaignRow } from '../db/campaigns.ts';
import { MOST_LINKS } from '../domain/link-tokens.ts';
import { utmOf, withUtm } from '../domain/utm.ts';
import type { LinkPlan } from '../mail/copy-links.ts';
import { listLinks } from '../mail/message-links.ts';
import type { Core } from './context.ts';

type LinkSettings = Pick<CampaignRow, 'tracking' | 'utm'> & { readonly variantName?: string | null };

/** What is done with the links of a campaign's HTML, before any number is given; null: nothing, the HTML stays as it is. */
export function linksToFollow({ tracking, utm, variantName }: LinkSettings, html: string | null): LinkPlan | null {
  const { opens = false, clicks = false } = (tracking ?? {}) as { opens?: boolean; clicks?: boolean };
  const parameters = utmOf(utm, variantName ?? null);
  if (html === null || !(opens || clicks || parameters)) return null;
  const links = clicks ? listLinks(html).slice(0, MOST_LINKS) : [];
  return {
    links: links.map((link, no) => ({ ...link, no })),
    opens,
    destinationOf: parameters === null ? (url) => url : (url) => withUtm(url, parameters),
  };
}

/** The same with the numbers that the links have in this send; written down before the first message leaves. */
export async function linkPlanOf(
  core: Pick<Core, 'db'>,
  sendId: string,
  settings: LinkSettings,
  html: string | null,
): Promise<LinkPlan | null> {
  const plan = linksToFollow(settings, html);
  if (plan === null || plan.links.length === 0) return plan;
  const kept = plan.links.map((link) => ({ ...link, url: link.isPersonal ? link.url : plan.destinationOf(link.url) }));
  const numbers = await keepLinks(core.db.sql, sendId, kept);
  return { ...plan, links: plan.links.map((link, i) => ({ ...link, no: numbers.get(kept[i]?.url ?? '') ?? link.no })) };
}
