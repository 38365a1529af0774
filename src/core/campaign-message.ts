import { listAccountsOfWorkspace } from '../db/accounts.ts';
import { type CampaignRow, listAttachments } from '../db/campaigns.ts';
import { findTemplateVersion, type TemplateVersionRow } from '../db/templates.ts';
import { getWorkspace } from '../db/workspaces.ts';
import { accountsFor } from '../domain/account-choice.ts';
import { AppError } from '../errors.ts';
import { compileMessage } from '../mail/compile.ts';
import { rulesOf } from '../mail/copy-links.ts';
import type { Mailbox, MessageSource } from '../mail/message.ts';
import { parseMailbox } from '../mail/mime/mailbox.ts';
import { attachmentSources } from './campaign-attachments.ts';
import { invalid } from './content.ts';
import type { Core } from './context.ts';
import { linksToFollow } from './link-plan.ts';

/** `Name <a@b>` taken apart, or a VALIDATION error that names the field. */
export function readMailbox(text: string, field: string): Mailbox {
  const parsed = parseMailbox(text);
  if (!parsed.ok) throw invalid(field, `"${text.slice(0, 100)}" cannot be used as an address: ${parsed.reason}`);
  return parsed.mailbox;
}

/** What a worker will need, checked while somebody is there to read the answer. */
export async function checkReady(
  core: Pick<Core, 'db'>,
  campaign: CampaignRow,
): Promise<{ from: Mailbox; version: TemplateVersionRow }> {
  const missing = (path: string, message: string) =>
    new AppError('CAMPAIGN_NOT_READY', message, { details: [{ path, message }] });
  const version = campaign.templateVersionId
    ? await findTemplateVersion(core.db.sql, campaign.workspaceId, campaign.templateVersionId)
    : null;
  if (!version)
    throw missing(
      'subject',
      'The campaign has no content yet: give it a subject and htmlContent, mjml, design or textContent.',
    );
  if (!campaign.audience)
    throw missing('audience', 'The campaign has no audience yet: give it recipients, lists or segments.');
  const accounts = accountsFor(await listAccountsOfWorkspace(core.db.sql, campaign.workspaceId), campaign.accountIds);
  if (accounts.length === 0) throw missing('accountIds', 'There is no sending account to send through: add one first.');
  const from = await resolveFrom(
    core,
    campaign,
    accounts.map((account) => account.fromAddress),
  );
  if (!from)
    throw missing(
      'from',
      'The campaign has no sender: set from, or a default in the workspace settings or the sending account.',
    );
  const source = await messageSource(core, campaign, from, version);
  const links = linksToFollow(campaign, version.preparedHtml);
  compileMessage(links === null ? source : { ...source, links: rulesOf(links) });
  return { from, version };
}

async function resolveFrom(
  core: Pick<Core, 'db'>,
  campaign: CampaignRow,
  ofAccounts: ReadonlyArray<string | null>,
): Promise<Mailbox | null> {
  if (campaign.fromAddress)
    return { address: campaign.fromAddress, ...(campaign.fromName ? { name: campaign.fromName } : {}) };
  const settings = (await getWorkspace(core.db.sql, campaign.workspaceId)).settings as { from?: string };
  const text = settings.from ?? ofAccounts.find((address) => address !== null);
  return text ? readMailbox(text, 'from') : null;
}

/** The message a campaign was written as, for the compiler. `hasAttachments`: false where it is known to have none. */
export async function messageSource(
  core: Pick<Core, 'db'>,
  campaign: CampaignRow,
  from: Mailbox,
  version: Pick<TemplateVersionRow, 'subject' | 'preparedHtml' | 'text'>,
  hasAttachments = true,
): Promise<MessageSource> {
  const attachments = hasAttachments ? await listAttachments(core.db.sql, campaign.id) : [];
  return {
    from,
    subject: version.subject,
    headers: campaign.headers as Record<string, string>,
    ...attachmentSources(attachments),
    ...(campaign.replyTo ? { replyTo: readMailbox(campaign.replyTo, 'replyTo') } : {}),
    ...(version.preparedHtml === null ? {} : { html: version.preparedHtml }),
    ...(version.text === null ? {} : { text: version.text }),
  };
}
