import { listAccountsOfWorkspace } from '../db/accounts.ts';
import { storedTest } from '../db/campaign-variants.ts';
import { type CampaignRow, listAttachments } from '../db/campaigns.ts';
import { findTemplateVersion, type TemplateVersionRow } from '../db/templates.ts';
import { getWorkspace } from '../db/workspaces.ts';
import { accountsFor } from '../domain/account-choice.ts';
import { AppError } from '../errors.ts';
import { compileMessage } from '../mail/compile.ts';
import { rulesOf } from '../mail/copy-links.ts';
import type { Mailbox, MessageSource } from '../mail/message.ts';
import { listLinks } from '../mail/message-links.ts';
import { parseMailbox } from '../mail/mime/mailbox.ts';
import { attachmentSources } from './campaign-attachments.ts';
import { type WorkspaceDefaults, withDefaults } from './campaign-schedule.ts';
import { ofVariant, type PreparedVariant, prepareVariants } from './campaign-variants.ts';
import { invalid } from './content.ts';
import type { Core } from './context.ts';
import { linksToFollow } from './link-plan.ts';

/** `Name <a@b>` taken apart, or a VALIDATION error that names the field. */
export function readMailbox(text: string, field: string): Mailbox {
  const parsed = parseMailbox(text);
  if (!parsed.ok) throw invalid(field, `"${text.slice(0, 100)}" cannot be used as an address: ${parsed.reason}`);
  return parsed.mailbox;
}

/** What a campaign would be sent as. */
interface ReadyCampaign {
  readonly from: Mailbox;
  readonly version: TemplateVersionRow;
  /** Empty: everybody gets `version`. */
  readonly variants: readonly PreparedVariant[];
}

/** What a worker will need, checked while somebody is there to read the answer. */
export async function checkReady(core: Pick<Core, 'db'>, campaign: CampaignRow): Promise<ReadyCampaign> {
  const version = campaign.templateVersionId
    ? await findTemplateVersion(core.db.sql, campaign.workspaceId, campaign.templateVersionId)
    : null;
  if (!version)
    throw notReady(
      'subject',
      'The campaign has no content yet: give it a subject and htmlContent, mjml, design or textContent.',
    );
  if (!campaign.audience)
    throw notReady('audience', 'The campaign has no audience yet: give it recipients, lists or segments.');
  const accounts = accountsFor(await listAccountsOfWorkspace(core.db.sql, campaign.workspaceId), campaign.accountIds);
  if (accounts.length === 0)
    throw notReady('accountIds', 'There is no sending account to send through: add one first.');
  const from = await resolveFrom(
    core,
    campaign,
    accounts.map((account) => account.fromAddress),
  );
  if (!from)
    throw notReady(
      'from',
      'The campaign has no sender: set from, or a default in the workspace settings or the sending account.',
    );
  await compile(core, campaign, from, version);
  const variants = await prepareVariants(core.db.sql, campaign, version);
  for (const variant of variants)
    await compile(core, campaign, senderOf(variant, from), variant.version).catch((error: unknown) => {
      throw ofVariant(variant, error);
    });
  await checkTest(core, campaign, variants);
  return { from, version, variants };
}

/** The address is the campaign's, the name may be the variant's own. */
export function senderOf({ fromName }: Pick<PreparedVariant, 'fromName'>, from: Mailbox): Mailbox {
  return fromName === null ? from : { ...from, name: fromName };
}

async function compile(
  core: Pick<Core, 'db'>,
  campaign: CampaignRow,
  from: Mailbox,
  version: PreparedVariant['version'],
): Promise<void> {
  const source = await messageSource(core, campaign, from, version);
  const links = linksToFollow(campaign, version.preparedHtml);
  compileMessage(links === null ? source : { ...source, links: rulesOf(links) });
}

/** A test that could never be decided is refused before it begins. */
async function checkTest(
  core: Pick<Core, 'db'>,
  campaign: CampaignRow,
  variants: readonly PreparedVariant[],
): Promise<void> {
  if (campaign.abTest === null) return;
  if (variants.length === 0)
    throw notReady(
      'variants',
      'abTest says how variants are tried out, but there are none: add two or more, or take abTest out.',
    );
  const { samplePercent, winner } = storedTest(campaign.abTest);
  if (samplePercent === 100 || winner === 'manual') return;
  const defaults = (await getWorkspace(core.db.sql, campaign.workspaceId)).settings as WorkspaceDefaults;
  const tracking = (withDefaults(campaign, defaults).tracking ?? {}) as { opens?: boolean; clicks?: boolean };
  if (!tracking[winner])
    throw notReady(
      `tracking/${winner}`,
      `The winner is to be decided by ${winner}, but ${winner} are not tracked: set tracking.${winner}, or decide by something else.`,
    );
  for (const { name, position, version } of variants) {
    const html = version.preparedHtml;
    if (html !== null && (winner === 'opens' || listLinks(html).length > 0)) continue;
    const lacks = html === null ? 'is plain text' : 'has no link to follow';
    throw notReady(
      `variants/${position}`,
      `Variant "${name}" ${lacks}, so its ${winner} cannot be counted and it could never win: decide by something else.`,
    );
  }
}

function notReady(path: string, message: string): AppError {
  return new AppError('CAMPAIGN_NOT_READY', message, { details: [{ path, message }] });
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
