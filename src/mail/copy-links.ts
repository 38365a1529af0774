import { type LinkMark, type LinkTokens, MOST_TURNS, markOf } from '../domain/link-tokens.ts';
import type { RecipientRef } from '../domain/tokens.ts';
import type { CopyLinks, LinkRules } from './message.ts';
import type { MessageLink } from './message-links.ts';

/** A link with the number it has in its send. */
interface NumberedLink extends MessageLink {
  readonly no: number;
}

export interface LinkPlan {
  /** Those that are followed; empty where clicks are not. */
  readonly links: readonly NumberedLink[];
  readonly opens: boolean;
  /** The address readers are led to: with UTM parameters, or as it is. */
  destinationOf(url: string): string;
}

/** How a message is compiled whose links go by this plan. */
export function rulesOf(plan: LinkPlan): LinkRules {
  const numbers = new Map(plan.links.map(({ url, no }) => [url, no]));
  return { opens: plan.opens, destinationOf: plan.destinationOf, numberOf: (url) => numbers.get(url) ?? null };
}

/** Addresses of the copies of one send, made as late as they are needed and all at once. */
export class CopyLinker {
  readonly #tokens: LinkTokens;
  readonly #base: string;
  readonly #names: readonly string[];
  readonly #marks: readonly LinkMark[];
  readonly #opens: boolean;
  /** For whoever is not followed. */
  readonly #plain: CopyLinks;

  /** `base`: our public address, or the links' own domain, without a slash at the end. */
  constructor(tokens: LinkTokens, base: string, plan: LinkPlan) {
    const fixed = plan.links.filter(({ isPersonal }) => !isPersonal);
    this.#tokens = tokens;
    this.#base = base;
    this.#names = fixed.map(({ no }) => `l${no}`);
    this.#opens = plan.opens;
    this.#marks = [...fixed.map(({ no }) => markOf('click', no)), ...(plan.opens ? [markOf('open')] : [])];
    const destinations = fixed.map(({ no, url }) => [`l${no}`, plan.destinationOf(url)] as const);
    this.#plain = { fields: { ...Object.fromEntries(destinations), pixel: '' }, follow: (_link, _turn, led) => led };
  }

  of(ref: RecipientRef, isFollowed: boolean): CopyLinks {
    if (!isFollowed) return this.#plain;
    const tokens = this.#tokens.ofCopy(ref, this.#marks);
    const fields: Record<string, string> = {};
    for (let i = 0; i < this.#names.length; i++) fields[this.#names[i] ?? ''] = `${this.#base}/c/${tokens[i]}`;
    fields.pixel = this.#opens ? pixel(`${this.#base}/o/${tokens[this.#names.length]}`) : '';
    return { fields, follow: (link, turn, led) => this.#follow(ref, link, turn, led) };
  }

  #follow(ref: RecipientRef, link: number, turn: number, destination: string): string {
    if (turn > MOST_TURNS) return destination;
    return `${this.#base}/c/${this.#tokens.ofCopy(ref, [markOf('click', link, turn)])[0]}`;
  }
}

/** No border, no text, and nothing to see; its address holds no character that would have to be escaped. */
function pixel(address: string): string {
  return `<img src="${address}" width="1" height="1" alt="" border="0" style="display:block;width:1px;height:1px;border:0">`;
}
