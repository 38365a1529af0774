import type { TestSendBody } from '../contract/campaigns.ts';
import { type AccountRow, listAccountsOfWorkspace } from '../db/accounts.ts';
import { findSampleContact, findSampleMember, findSampleRow } from '../db/audience.ts';
import type { CampaignRow, StoredAudience } from '../db/campaigns.ts';
import { accountsFor } from '../domain/account-choice.ts';
import { domainOfAddress } from '../domain/domain-name.ts';
import { addressNeedsSmtpUtf8, parseEmailAddress } from '../domain/email-address.ts';
import { AppError, messageOf } from '../errors.ts';
import { uuid7 } from '../lib/uuid7.ts';
import { type CompiledMessage, compileMessage } from '../mail/compile.ts';
import type { MessageSigner } from '../mail/dkim/signer.ts';
import type { Attachment, MessageVariables } from '../mail/message.ts';
import type { OutgoingMessage, SendOutcome, Transport } from '../mail/transport.ts';
import { AttachedFiles } from './attached-files.ts';
import { checkReady, messageSource, senderOf } from './campaign-message.ts';
import { segmentsOfCampaign } from './campaign-segments.ts';
import { variantNamed } from './campaign-variants.ts';
import { getCampaign } from './campaigns.ts';
import { invalid } from './content.ts';
import type { Caller, Core } from './context.ts';
import { findSigner } from './signing-keys.ts';
import { takePermits } from './test-permits.ts';
import { openTransport } from './transports.ts';

export interface TestResult {
  readonly email: string;
  readonly sent: boolean;
  readonly response: string;
}

/** The unsubscribe page of a test copy: there is no recipient who could be unsubscribed. */
export const TEST_UNSUBSCRIBE_TOKEN = 'test';

/** Sends a campaign as it stands to a few addresses, at once and outside the ledger, and answers what the server said. */
export async function sendTest(
  core: Pick<Core, 'db' | 'secrets' | 'baseUrl'>,
  caller: Caller,
  campaignId: string,
  { to, variant }: TestSendBody,
): Promise<TestResult[]> {
  const addresses = to.map(readAddress);
  const campaign = await getCampaign(core, caller, campaignId);
  // A test needs no audience yet.
  const ready = await checkReady(core, { ...campaign, audience: campaign.audience ?? { kind: 'inline' } });
  const [first = null] = ready.variants;
  const chosen = variant === undefined ? first : variantNamed(ready.variants, variant);
  const from = chosen ? senderOf(chosen, ready.from) : ready.from;
  const message = compileMessage(await messageSource(core, campaign, from, chosen?.version ?? ready.version));
  const data = await sampleData(core, campaign);
  const account = await pickAccount(core, campaign);
  const signer = await findSigner(core, account, domainOfAddress(from.address));
  const permits = await takePermits(core, account, addresses.length);
  const transport = openTransport(account, core.secrets, permits);
  const attached = new AttachedFiles(core);
  try {
    return await Promise.all(
      addresses.map(async (email, i) => {
        if (i >= permits.count)
          return { email, sent: false, response: `Not sent: a limit of account "${account.name}" is used up.` };
        const variables = testVariables(core.baseUrl, email, data, from.address, campaign);
        const send = (files: readonly Attachment[]) =>
          submit(transport, message, { ...variables, files }, from.address, signer);
        const { linkedFiles } = message;
        if (!linkedFiles) return send([]);
        return attached.with(campaign.workspaceId, linkedFiles, variables.data, send).catch((error: unknown) => ({
          email,
          sent: false,
          response: `Not sent: ${messageOf(error)}`,
        }));
      }),
    );
  } finally {
    await transport.close(0);
    await permits.used();
  }
}

function readAddress(text: string, i: number): string {
  const parsed = parseEmailAddress(text);
  if (!parsed.ok) throw invalid(`to/${i}`, `"${text.slice(0, 80)}" is not an email address: ${parsed.reason}`);
  return parsed.address;
}

/** Merge fields of somebody real, so that the test shows what people will see. */
async function sampleData(core: Pick<Core, 'db'>, campaign: CampaignRow): Promise<Record<string, unknown>> {
  const audience = campaign.audience as StoredAudience | null;
  const segments = await segmentsOfCampaign(core.db.sql, campaign);
  const found = segments
    ? await findSampleMember(core.db.sql, core.db.pool, segments)
    : audience?.kind === 'lists'
      ? await findSampleContact(core.db.sql, campaign.workspaceId, audience.listIds)
      : await findSampleRow(core.db.sql, campaign.id);
  return found ?? { firstName: 'Ada', lastName: 'Lovelace', name: 'Ada Lovelace' };
}

async function pickAccount(core: Pick<Core, 'db'>, campaign: CampaignRow): Promise<AccountRow> {
  const accounts = await listAccountsOfWorkspace(core.db.sql, campaign.workspaceId);
  const account = accountsFor(accounts, campaign.accountIds).find(({ state }) => state === 'active');
  if (account) return account;
  throw new AppError('CAMPAIGN_NOT_READY', 'No sending account of this campaign is active: resume one first.', {
    details: [{ path: 'accountIds', message: 'none of them is active' }],
  });
}

function testVariables(
  baseUrl: string,
  email: string,
  data: Record<string, unknown>,
  fromAddress: string,
  campaign: CampaignRow,
): MessageVariables {
  return {
    to: { address: email },
    data: { ...data, email },
    messageId: `test.${uuid7()}@${fromAddress.slice(fromAddress.lastIndexOf('@') + 1)}`,
    date: new Date(),
    unsubscribeUrl: `${baseUrl}/u/${TEST_UNSUBSCRIBE_TOKEN}`,
    webVersionUrl: `${baseUrl}/v/${TEST_UNSUBSCRIBE_TOKEN}`,
    feedbackId: `${campaign.id}:${campaign.workspaceId}:test:postrider`,
  };
}

async function submit(
  transport: Transport,
  message: CompiledMessage,
  variables: MessageVariables,
  envelopeFrom: string,
  signer: MessageSigner | null,
): Promise<TestResult> {
  const email = variables.to.address;
  const made = Buffer.from(message.render(variables));
  const outgoing: OutgoingMessage = {
    envelopeFrom,
    envelopeTo: email,
    content: signer ? await signer.sign(made) : made,
    parts: () => message.parts(variables),
    reference: () => localPartOf(variables.messageId),
  };
  const outcome = await transport.send(addressNeedsSmtpUtf8(email) ? { ...outgoing, needsSmtpUtf8: true } : outgoing);
  return { email, sent: outcome.kind === 'accepted', response: wordsOf(outcome) };
}

/** What a provider's events name a message by. */
function localPartOf(messageId: string): string {
  return messageId.slice(0, messageId.lastIndexOf('@'));
}

/** What the server said, or what went wrong before it could. */
export function wordsOf(outcome: SendOutcome): string {
  switch (outcome.kind) {
    case 'accepted':
    case 'refused':
      return `${outcome.reply.code} ${outcome.reply.text}`;
    case 'not-handed-over':
    case 'recalled':
    case 'unknown':
      return outcome.message;
  }
}
