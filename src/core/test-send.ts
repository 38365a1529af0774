import { type AccountRow, listAccountsOfWorkspace } from '../db/accounts.ts';
import { findSampleContact, findSampleMember, findSampleRow } from '../db/audience.ts';
import type { CampaignRow, StoredAudience } from '../db/campaigns.ts';
import { exchangePermits } from '../db/hot/exchange-permits.ts';
import { permitOwner } from '../db/permits.ts';
import { getWorkspace } from '../db/workspaces.ts';
import { accountsFor } from '../domain/account-choice.ts';
import { addressNeedsSmtpUtf8, parseEmailAddress } from '../domain/email-address.ts';
import { AppError } from '../errors.ts';
import { sleep } from '../lib/sleep.ts';
import { uuid7 } from '../lib/uuid7.ts';
import { type CompiledMessage, compileMessage } from '../mail/compile.ts';
import type { MessageVariables } from '../mail/message.ts';
import type { OutgoingMessage, SendOutcome, Transport } from '../mail/transport.ts';
import { accountWindows } from './account-settings.ts';
import { checkReady, messageSource } from './campaign-message.ts';
import type { WorkspaceDefaults } from './campaign-schedule.ts';
import { segmentsOfCampaign } from './campaign-segments.ts';
import { getCampaign } from './campaigns.ts';
import { invalid } from './content.ts';
import type { Caller, Core } from './context.ts';
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
  to: readonly string[],
): Promise<TestResult[]> {
  const addresses = to.map(readAddress);
  const campaign = await getCampaign(core, caller, campaignId);
  // A test needs no audience yet.
  const { from, version } = await checkReady(core, { ...campaign, audience: campaign.audience ?? { kind: 'inline' } });
  const message = compileMessage(await messageSource(core, campaign, from, version));
  const data = await sampleData(core, campaign);
  const account = await pickAccount(core, campaign);
  const permits = await takePermits(core, account, addresses.length);
  const transport = openTransport(account, core.secrets);
  try {
    return await Promise.all(
      addresses.map(async (email, i) => {
        if (i >= permits.count)
          return { email, sent: false, response: `Not sent: a limit of account "${account.name}" is used up.` };
        const variables = testVariables(core.baseUrl, email, data, from.address, campaign);
        return submit(transport, message, variables, from.address);
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

interface TestPermits {
  /** How many may go. */
  readonly count: number;
  /** Every reply is in. */
  used(): Promise<unknown>;
}

/** Tests count against the account's limits like any other message. */
export async function takePermits(core: Pick<Core, 'db'>, account: AccountRow, wanted: number): Promise<TestPermits> {
  const { settings } = await getWorkspace(core.db.sql, account.workspaceId);
  const windows = accountWindows(account, (settings as WorkspaceDefaults).rateLimitBuffer ?? 0);
  if (windows.length === 0) return { count: wanted, used: async () => {} };
  const exchange = { owner: permitOwner.account(account.id), holder: uuid7(), inHand: 0, used: [], windows };
  const { granted, waitMs, boundBy } = await exchangePermits(core.db.pool, { ...exchange, wanted });
  const count = granted.reduce((sum, { permits }) => sum + permits, 0);
  if (count === 0) {
    throw new AppError(
      'RATE_LIMITED',
      `The ${boundBy?.name ?? 'limit'} of account "${account.name}" is used up. Nothing was sent.`,
      { retryAfterSeconds: Math.max(1, Math.ceil((waitMs ?? 1000) / 1000)) },
    );
  }
  await sleep(Math.ceil(granted.at(-1)?.afterMs ?? 0));
  const used = () => exchangePermits(core.db.pool, { ...exchange, used: [{ ageMs: 0, permits: count }], wanted: 0 });
  return { count, used };
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
    feedbackId: `${campaign.id}:${campaign.workspaceId}:test:postrider`,
  };
}

async function submit(
  transport: Transport,
  message: CompiledMessage,
  variables: MessageVariables,
  envelopeFrom: string,
): Promise<TestResult> {
  const email = variables.to.address;
  const outgoing: OutgoingMessage = {
    envelopeFrom,
    envelopeTo: email,
    content: Buffer.from(message.render(variables)),
  };
  const outcome = await transport.send(addressNeedsSmtpUtf8(email) ? { ...outgoing, needsSmtpUtf8: true } : outgoing);
  return { email, sent: outcome.kind === 'accepted', response: wordsOf(outcome) };
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
