import { findCopy } from '../db/copies.ts';
import { hasRefused } from '../db/tracking-refusals.ts';
import { findLinkOwner } from '../db/unsubscribes.ts';
import { refusesTracking } from '../domain/tracking-consent.ts';
import { AppError } from '../errors.ts';
import { CopyLinker } from '../mail/copy-links.ts';
import { copyVariables } from '../mail/copy-variables.ts';
import type { Core } from './context.ts';
import { linkBaseOf } from './link-base.ts';
import { type SentMessage, SentMessages } from './sent-message.ts';

type ViewCore = Pick<Core, 'db' | 'tokens' | 'linkTokens' | 'baseUrl'>;

/** A copy as its reader has it, for a page. */
export interface WebVersion {
  readonly subject: string;
  readonly from: string;
  readonly sentAt: Date | null;
  /** Without the picture that tells of an opening; pictures that came with the message are in it. Null: there is only text. */
  readonly html: string | null;
  readonly text: string;
  readonly unsubscribeUrl: string;
}

/** Shows readers their copy again, from the content the send was launched with and the fields the ledger keeps. */
export class WebVersions {
  readonly #core: ViewCore;
  readonly #messages: SentMessages;

  constructor(core: ViewCore) {
    this.#core = core;
    this.#messages = new SentMessages(core, 'view');
  }

  /** Throws NOT_FOUND for a forged token, before anything is looked up, and for a message that is gone. */
  async of(token: string): Promise<WebVersion> {
    const ref = this.#core.linkTokens.read('view', token);
    const copy = ref && (await findCopy(this.#core.db.sql, ref));
    const sent = copy && (await this.#messages.get(copy));
    const owner = copy && (await findLinkOwner(this.#core.db.sql, copy));
    if (!ref || !sent || !copy || !owner) throw gone();
    const linker = sent.linkPlan && new CopyLinker(this.#core.linkTokens, await this.#baseOf(sent), sent.linkPlan);
    const isFollowed = !refusesTracking(copy.data) && !(await hasRefused(this.#core.db.sql, owner));
    const variables = copyVariables(sent, copy, this.#core, linker?.of(ref, isFollowed));
    const { subject, html, text, headers } = sent.message.preview(variables);
    return {
      subject,
      from: headers.From ?? sent.from.address,
      sentAt: copy.sentAt,
      html: html === undefined ? null : withInlineImages(html, sent),
      text,
      unsubscribeUrl: variables.unsubscribeUrl,
    };
  }

  #baseOf({ campaign }: SentMessage): Promise<string> {
    return linkBaseOf(this.#core, campaign.workspaceId);
  }
}

/** `cid:` means something in a message only (RFC 2392). */
function withInlineImages(html: string, { message }: SentMessage): string {
  const images = new Map(message.inlineImages.map((image) => [image.cid, image]));
  if (images.size === 0) return html;
  return html.replace(/(["'(])cid:([^"')\s]+)/gi, (found, before: string, cid: string) => {
    const image = images.get(cid);
    return image
      ? `${before}data:${image.contentType.split(';')[0]};base64,${image.content.toString('base64')}`
      : found;
  });
}

function gone(): AppError {
  return new AppError(
    'NOT_FOUND',
    'This message cannot be shown: the link is not one of ours, or is cut short, or the message is gone.',
  );
}
