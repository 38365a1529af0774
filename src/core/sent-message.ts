import { type CampaignRow, findCampaignOfSend, type StoredAudience } from '../db/campaigns.ts';
import { Cached } from '../lib/cached.ts';
import { type CompiledMessage, compileMessage } from '../mail/compile.ts';
import { type LinkPlan, rulesOf } from '../mail/copy-links.ts';
import type { CopySource } from '../mail/copy-variables.ts';
import type { Mailbox } from '../mail/message.ts';
import { messageSource } from './campaign-message.ts';
import type { Core } from './context.ts';
import { linkPlanOf } from './link-plan.ts';

/** The message of a send, as it was launched. */
export interface SentMessage extends CopySource {
  readonly campaign: CampaignRow;
  readonly from: Mailbox;
  readonly message: CompiledMessage;
  readonly linkPlan: LinkPlan | null;
}

/** Which message of a send: of a campaign with variants each has its own. */
export interface SentKey {
  readonly sendId: string;
  readonly variant: number | null;
}

/**
 * Reads and compiles the message of a send; null when there is no such send any more. `use`: `view` is for a page, without
 * the picture that tells of an opening.
 */
export async function findSentMessage(
  core: Pick<Core, 'db'>,
  { sendId, variant }: SentKey,
  use: 'mail' | 'view',
): Promise<SentMessage | null> {
  const campaign = await findCampaignOfSend(core.db.sql, sendId, variant);
  if (!campaign?.fromAddress) return null;
  const { fromAddress, fromName, preparedHtml, text, subject } = campaign;
  const from = { address: fromAddress, ...(fromName ? { name: fromName } : {}) };
  const found = await linkPlanOf(core, sendId, campaign, preparedHtml);
  const linkPlan = found && use === 'view' ? { ...found, opens: false } : found;
  const source = await messageSource(core, campaign, from, campaign, campaign.hasAttachments);
  const isEmail = campaign.kind === 'email';
  const offersLeaving = !isEmail || (campaign.audience as StoredAudience | null)?.kind === 'lists';
  return {
    sendId,
    campaign,
    from,
    message: compileMessage({ ...source, offersLeaving, ...(linkPlan && { links: rulesOf(linkPlan) }) }),
    linkPlan,
    messageIdDomain: fromAddress.slice(fromAddress.lastIndexOf('@') + 1),
    feedbackId: isEmail
      ? `email:${campaign.workspaceId}:email:postrider`
      : `${campaign.id}:${campaign.workspaceId}:campaign:postrider`,
    showsWebVersion: [preparedHtml, text, subject].some((part) => part?.includes('webVersionUrl')),
  };
}

const FRESH_MS = 60_000;
/** A message may hold 20 MB of attachments. */
const MOST_MESSAGES = 8;

/** Messages of sends, kept for a minute. */
export class SentMessages {
  readonly #messages: Cached<SentMessage | null>;

  constructor(core: Pick<Core, 'db'>, use: 'mail' | 'view') {
    const read = (key: string) => {
      const [sendId = '', variant] = key.split(' ');
      return findSentMessage(core, { sendId, variant: variant === undefined ? null : Number(variant) }, use);
    };
    this.#messages = new Cached(read, FRESH_MS, FRESH_MS, MOST_MESSAGES);
  }

  get({ sendId, variant }: SentKey): Promise<SentMessage | null> {
    return this.#messages.get(variant === null ? sendId : `${sendId} ${variant}`);
  }
}
