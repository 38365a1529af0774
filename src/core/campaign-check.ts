import type { CampaignCheck, Finding } from '../contract/content.ts';
import { listAccountsOfWorkspace } from '../db/accounts.ts';
import { countMembers, countMissingFields } from '../db/audience.ts';
import type { CampaignRow, StoredAudience } from '../db/campaigns.ts';
import { onConnection } from '../db/on-connection.ts';
import { findTemplateVersion, type TemplateVersionRow } from '../db/templates.ts';
import { accountsFor } from '../domain/account-choice.ts';
import { AppError } from '../errors.ts';
import { compileMessage } from '../mail/compile.ts';
import { checkReady, messageSource } from './campaign-message.ts';
import { segmentsOfCampaign } from './campaign-segments.ts';
import { prepareVariants, type VersionOfVariant } from './campaign-variants.ts';
import { getCampaign } from './campaigns.ts';
import { fieldsOf } from './content-preview.ts';
import type { Caller, Core } from './context.ts';
import { reckon } from './forecast-input.ts';
import { headerFindings, oneClickFinding } from './header-lint.ts';
import { launchFinding as finding } from './launch-finding.ts';
import { checkLinks, type LinkReport } from './link-checks.ts';
import { MailExchangers } from './mail-exchangers.ts';
import { signingFinding } from './signing-check.ts';

/** Gmail cuts what is longer: https://support.google.com/a/answer/14229414 and the experience of senders. */
const CLIPPED_BYTES = 102_000;
const LARGE_BYTES = 5_000_000;
const FREE_MAIL = new Set([
  'gmail.com',
  'googlemail.com',
  'yahoo.com',
  'outlook.com',
  'hotmail.com',
  'aol.com',
  'icloud.com',
  'gmx.de',
  'web.de',
]);

type CheckCore = Pick<Core, 'db' | 'baseUrl'>;

/** What somebody should look at before a campaign is launched. Changes nothing. */
export async function checkCampaign(
  core: CheckCore,
  caller: Caller,
  id: string,
  exchangers = new MailExchangers(),
): Promise<CampaignCheck> {
  const campaign = await getCampaign(core, caller, id);
  const version = campaign.templateVersionId
    ? await findTemplateVersion(core.db.sql, caller.workspaceId, campaign.templateVersionId)
    : null;
  const obstacle = await findObstacle(core, campaign);
  const audience = campaign.audience ? await audienceOf(core, campaign) : null;
  const findings = [
    ...(obstacle ? [obstacle] : []),
    ...(version ? await allContentFindings(core, campaign, version) : []),
    ...(await senderFindings(core, campaign, exchangers)),
    ...(audience?.recipients === 0 ? [nobody()] : []),
  ];
  return {
    isReady: !findings.some(({ level }) => level === 'obstacle'),
    members: audience?.members ?? null,
    recipients: audience?.recipients ?? null,
    isEstimate: audience?.isEstimate ?? false,
    findings,
  };
}

function nobody(): Finding {
  return finding(
    'audience',
    'obstacle',
    'Nobody in the audience can be sent to: it is empty, or all of it is left out.',
  );
}

const ABOUT: Readonly<Record<string, Finding['about']>> = {
  subject: 'subject',
  audience: 'audience',
  accountIds: 'accounts',
  from: 'from',
  variants: 'variants',
  tracking: 'tracking',
};

/** What a launch would be refused for. */
async function findObstacle(core: CheckCore, campaign: CampaignRow): Promise<Finding | null> {
  try {
    await checkReady(core, campaign);
    return null;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const [detail] = error.details ?? [];
    return finding(ABOUT[detail?.path.split('/')[0] ?? ''] ?? 'subject', 'obstacle', error.message);
  }
}

async function audienceOf(
  core: CheckCore,
  campaign: CampaignRow,
): Promise<{ members: number | null; recipients: number; isEstimate: boolean }> {
  const audience = campaign.audience as unknown as StoredAudience;
  const { recipients, isEstimate } = await reckon(core.db, campaign);
  // Who is on several lists would count several times.
  const isCountable = audience.kind === 'inline' || (audience.listIds.length === 1 && !audience.segmentIds?.length);
  if (!isCountable) return { members: null, recipients, isEstimate };
  const members = await onConnection(core.db.pool, (client) =>
    countMembers(core.db.sql, client, { id: campaign.id, audience, segments: null }),
  );
  return { members, recipients, isEstimate };
}

/** Of a campaign with variants what is found in each; what is the same in all is told once. */
async function allContentFindings(
  core: CheckCore,
  campaign: CampaignRow,
  version: TemplateVersionRow,
): Promise<Finding[]> {
  const variants = await prepareVariants(core.db.sql, campaign, version).catch((error: unknown) => {
    if (error instanceof AppError) return null; // told as what a launch would be refused for
    throw error;
  });
  if (variants === null) return [];
  if (variants.length === 0) return contentFindings(core, campaign, version);
  const found = new Map<string, { readonly first: Finding; readonly names: string[] }>();
  for (const { name, version: own } of variants)
    for (const first of await contentFindings(core, campaign, own)) {
      const same = JSON.stringify(first);
      found.set(same, { first, names: [...(found.get(same)?.names ?? []), name] });
    }
  return [...found.values()].map(({ first, names }) =>
    names.length === variants.length ? first : { ...first, message: `${names.join(', ')}: ${first.message}` },
  );
}

async function contentFindings(core: CheckCore, campaign: CampaignRow, version: VersionOfVariant): Promise<Finding[]> {
  const html = version.preparedHtml ?? '';
  return [
    ...headerFindings(campaign, version),
    unsubscribeFinding(version),
    version.text !== null
      ? finding('text-part', 'good', 'It has a text part of its own.')
      : finding('text-part', 'good', 'The text part is made from the HTML.'),
    await sizeFinding(core, campaign, version),
    linkFinding(await checkLinks(html)),
    ...imageFindings(html),
    ...(await fieldFindings(core, campaign, version)),
  ];
}

function linkFinding({ links, broken, unasked }: LinkReport): Finding {
  if (broken.length > 0) {
    const details = broken.map(({ url, reason }) => `${url || '(empty)'}: ${reason}`);
    const how =
      broken.length === 1 ? 'One of its links is broken.' : `${broken.length} of its ${links} links are broken.`;
    return finding('links', 'trouble', how, details);
  }
  if (links === 0) return finding('links', 'good', 'It has no links.');
  return unasked === 0
    ? finding('links', 'good', `All of its ${links} links can be followed.`)
    : finding(
        'links',
        'notice',
        `None of its ${links} links is known to be broken; ${unasked} could not be asked for.`,
      );
}

function unsubscribeFinding({ preparedHtml, text }: VersionOfVariant): Finding {
  const links = /\{\{-?\s*(unsubscribeUrl|preferencesUrl)\b/;
  const parts = [preparedHtml, text].filter((part) => part !== null);
  return parts.every((part) => links.test(part))
    ? finding('unsubscribe', 'good', 'Readers can unsubscribe from a link in the message and from their mailbox.')
    : finding(
        'unsubscribe',
        'trouble',
        'There is no link to unsubscribe in the message itself. Mailboxes show their own button, but Gmail and Yahoo ask for both: add {{unsubscribeUrl}}.',
      );
}

async function sizeFinding(core: CheckCore, campaign: CampaignRow, version: VersionOfVariant): Promise<Finding> {
  const bytes = Buffer.byteLength(version.preparedHtml ?? '');
  const source = await messageSource(core, campaign, { address: 'news@example.com' }, version);
  const whole = compileMessage(source).render({
    to: { address: 'ada@example.com' },
    data: {},
    messageId: 'check@example.com',
    date: new Date(),
    unsubscribeUrl: `${core.baseUrl}/u/test`,
    feedbackId: 'check',
  }).length;
  if (bytes > CLIPPED_BYTES)
    return finding(
      'size',
      'trouble',
      `The HTML has ${kilobytes(bytes)} KB. Gmail cuts it behind 102 KB, and the link to unsubscribe with it.`,
    );
  if (whole > LARGE_BYTES)
    return finding(
      'size',
      'trouble',
      `A message has ${kilobytes(whole)} KB. Many servers refuse what is that large, and it takes long.`,
    );
  return finding('size', 'good', `A message has ${kilobytes(whole)} KB.`);
}

const kilobytes = (bytes: number) => Math.max(1, Math.round(bytes / 1000)).toLocaleString('en');

function imageFindings(html: string): Finding[] {
  const images = html.match(/<img\b[^>]*>/gi) ?? [];
  const silent = images.filter((tag) => !/\balt\s*=/i.test(tag)).length;
  return silent === 0
    ? []
    : [
        finding(
          'images',
          'notice',
          `${silent} of ${images.length} pictures say nothing to readers who do not see them: give them alt texts.`,
        ),
      ];
}

async function fieldFindings(core: CheckCore, campaign: CampaignRow, version: VersionOfVariant): Promise<Finding[]> {
  const fields = fieldsOf(version);
  if (fields.length === 0 || !campaign.audience) return [];
  const audience = campaign.audience as unknown as StoredAudience;
  const segments = await segmentsOfCampaign(core.db.sql, campaign);
  const of = { campaignId: campaign.id, workspaceId: campaign.workspaceId, audience, segments };
  const { looked, missing } = await countMissingFields(core.db.sql, core.db.pool, of, fields);
  if (looked === 0) return [];
  const lacking = [...missing].filter(([name]) => !hasDefault(version, name));
  if (lacking.length === 0)
    return [finding('fields', 'good', `Every merge field is there, or has a default: ${fields.join(', ')}.`)];
  const number = looked.toLocaleString('en');
  return [
    finding(
      'fields',
      'notice',
      `Of ${number} recipients looked at some lack merge fields. Give those a default: {{ firstName | default: "there" }}.`,
      lacking.map(([name, rows]) => `${name}: missing for ${rows.toLocaleString('en')} of ${number}`),
    ),
  ];
}

/** Whether the field is read with a default everywhere, or only asked about. */
function hasDefault({ subject, preparedHtml, text }: VersionOfVariant, name: string): boolean {
  const all = `${subject}\n${preparedHtml ?? ''}\n${text ?? ''}`;
  const reads = [...all.matchAll(/\{\{-?([^}]*)\}\}/g)].map(([, inside = '']) => inside.trim());
  const own = reads.filter((inside) => new RegExp(`^${name}\\b`).test(inside));
  return own.every((inside) => /\|\s*default\s*:/.test(inside));
}

async function senderFindings(core: CheckCore, campaign: CampaignRow, exchangers: MailExchangers): Promise<Finding[]> {
  const accounts = accountsFor(await listAccountsOfWorkspace(core.db.sql, campaign.workspaceId), campaign.accountIds);
  const from = campaign.fromAddress ?? accounts.find(({ fromAddress }) => fromAddress !== null)?.fromAddress ?? null;
  const sandbox = accounts.length > 0 && accounts.every((account) => account.isSandbox);
  const paused = accounts.filter(({ state }) => state !== 'active');
  const findings = [
    ...(sandbox
      ? [finding('accounts', 'notice', 'It goes to the built-in mailbox: nobody outside of this machine gets it.')]
      : []),
    ...(paused.length > 0 && paused.length === accounts.length
      ? [finding('accounts', 'trouble', 'None of its sending accounts is active: it would wait until one is.')]
      : []),
  ];
  const domain = from?.replace(/>\s*$/, '').split('@').at(-1)?.toLowerCase();
  if (sandbox) return findings;
  findings.push(oneClickFinding(core.baseUrl));
  if (domain === undefined) return findings;
  return [...findings, await domainFinding(domain, exchangers), await signingFinding(core, campaign, domain)];
}

async function domainFinding(domain: string, exchangers: MailExchangers): Promise<Finding> {
  if (FREE_MAIL.has(domain))
    return finding(
      'from-domain',
      'trouble',
      `Messages from ${domain} that do not come from its servers are refused by most others: use a domain of your own.`,
    );
  const takesMail = await exchangers.takesMail(domain);
  if (takesMail === null) return finding('from-domain', 'notice', `The DNS could not be asked about ${domain}.`);
  return takesMail
    ? finding('from-domain', 'good', `${domain} takes mail.`)
    : finding(
        'from-domain',
        'trouble',
        `${domain} has no mail server: answers and bounces get lost, and many servers refuse such senders.`,
      );
}
