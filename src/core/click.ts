import { listLinksOfSend, type SendLink } from '../db/campaign-links.ts';
import { findCopy } from '../db/copies.ts';
import type { LinkRef, LinkTokens } from '../domain/link-tokens.ts';
import { Cached } from '../lib/cached.ts';
import { CopyLinker } from '../mail/copy-links.ts';
import { copyVariables } from '../mail/copy-variables.ts';
import { isFollowable } from '../mail/followable.ts';
import type { CopyLinks } from '../mail/message.ts';
import type { Core } from './context.ts';
import { type SentMessage, SentMessages } from './sent-message.ts';

type ClickCore = Pick<Core, 'db' | 'tokens' | 'linkTokens' | 'baseUrl'>;

/** Links never change; a deleted campaign's lead nowhere after so long. */
const FRESH_MS = 60_000;

/** Where links lead: what all readers share is read once a minute, a personal link is rendered again from its reader's fields. */
export class Destinations {
  readonly #core: ClickCore;
  readonly #links: Cached<ReadonlyMap<number, SendLink>>;
  readonly #messages: SentMessages;

  constructor(core: ClickCore) {
    this.#core = core;
    this.#links = new Cached(async (sendId) => {
      const links = await listLinksOfSend(core.db.sql, sendId);
      return new Map(links.map((link) => [link.no, link]));
    }, FRESH_MS);
    this.#messages = new SentMessages(core, 'mail');
  }

  /** Null when the campaign, or the reader's row, is gone. */
  async of(ref: LinkRef): Promise<string | null> {
    const link = (await this.#links.get(ref.sendId)).get(ref.link);
    if (link === undefined) return null;
    const url = link.isPersonal ? await this.#render(ref) : link.url;
    // As browsers write it: nothing in it can end the header.
    return url !== null && isFollowable(url) ? new URL(url).href : null;
  }

  /** The message as this reader has it, only to see where the link led. */
  async #render(ref: LinkRef): Promise<string | null> {
    const copy = await findCopy(this.#core.db.sql, ref);
    const sent = copy && (await this.#messages.get(copy));
    if (!sent?.linkPlan || !copy) return null;
    const finder = new LinkFinder(this.#core.linkTokens, sent, ref);
    sent.message.preview(copyVariables(sent, copy, this.#core, finder.links));
    return finder.found;
  }
}

/** Stands for the links of a copy and notes where one of them leads. */
class LinkFinder {
  readonly links: CopyLinks;
  found: string | null = null;

  constructor(tokens: LinkTokens, sent: SentMessage, wanted: LinkRef) {
    const plain = new CopyLinker(tokens, '', sent.linkPlan ?? NO_LINKS).of(wanted, false);
    this.links = {
      fields: plain.fields,
      follow: (link, turn, destination) => {
        if (link === wanted.link && turn === wanted.turn) this.found = destination;
        return destination;
      },
    };
  }
}

const NO_LINKS = { links: [], opens: false, destinationOf: (url: string) => url };
