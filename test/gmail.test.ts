import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeGoogle, fakeUsers } from '../bench/providers/fake-google.ts';
import { makeServiceAccount } from '../bench/providers/fake-google-key.ts';
import { FakeProvider, type FakeRequest, type ProviderFault } from '../bench/providers/fake-provider.ts';
import { createAccount } from '../src/core/accounts.ts';
import { sendCampaign } from '../src/core/campaigns.ts';
import { listRecipients } from '../src/core/recipients.ts';
import { LETTER, people, TestWorkers, untilState } from './helpers/campaign.ts';
import { openTestCore, type TestCore } from './helpers/core.ts';

/** The long form: `GMAIL_ACCOUNTS=10 GMAIL_USERS=50 GMAIL_RECIPIENTS=100000 GMAIL_WORKERS=2 GMAIL_PACE=0`. */
const ACCOUNTS = Number(process.env.GMAIL_ACCOUNTS ?? 2);
const USERS = Number(process.env.GMAIL_USERS ?? 20);
const RECIPIENTS = Number(process.env.GMAIL_RECIPIENTS ?? 1000);
const WORKERS = Number(process.env.GMAIL_WORKERS ?? 1);
/** Of each account: three quarters of what its users may send, so that who has rested can catch up; 0 is no limit. */
const PACE = Number(process.env.GMAIL_PACE ?? USERS * 1.5);
const RECIPIENTS_EACH = RECIPIENTS / (ACCOUNTS * USERS);
/** 5 % of an even share; but a worker takes turns two messages at a time, so not less than two turns. */
const MARGIN = Math.max(0.05 * RECIPIENTS_EACH, 4 * WORKERS);

let injected = 0;

/** In the first third now and then a user is at a limit that nobody else counts: his mail program, his phone. */
function refuseSome(google: FakeGoogle): (request: FakeRequest) => ProviderFault | null {
  const rested = new Set<string>();
  const share = RECIPIENTS / ACCOUNTS;
  let requests = 0;
  return ({ headers }) => {
    const user = google.tokens.grantOf(headers.authorization)?.user ?? '';
    if (++requests > share / 3 || requests % Math.ceil(share / 20) !== 0 || rested.has(user)) return null;
    rested.add(user);
    injected++;
    return { kind: 'too-many', retryAfterSeconds: 1 };
  };
}

interface Workspace {
  readonly google: FakeGoogle;
  readonly provider: FakeProvider;
  readonly accountId: string;
}

describe('sending as the users of Google Workspaces', { timeout: 60 * 60_000 }, () => {
  let test: TestCore;
  let open: Workspace[];
  const workers = new TestWorkers();
  beforeEach(async () => {
    test = await openTestCore();
    open = [];
  });
  afterEach(async () => {
    await workers.stop();
    await test.close();
    for (const { provider } of open) await provider.close();
  });

  const openWorkspace = async (users: number, settings: object = {}): Promise<Workspace> => {
    const no = open.length;
    const google = new FakeGoogle({
      account: makeServiceAccount(`sender-${no}`),
      users: fakeUsers(users, `w${no}.test`),
    });
    const provider = await new FakeProvider(google).start();
    const account = await createAccount(test.core, test.caller, {
      name: `Workspace ${no}`,
      type: 'gmail',
      endpoint: provider.url.href,
      adminEmail: google.admin,
      serviceAccountKey: google.key,
      ...settings,
    });
    const workspace = { google, provider, accountId: account.id };
    open.push(workspace);
    return workspace;
  };
  const campaignTo = (count: number) =>
    sendCampaign(test.core, test.caller, {
      ...LETTER,
      from: 'Acme <hello@acme.test>',
      audience: people(count),
    });

  it('spreads a campaign evenly over all users, none beyond what Gmail lets a user send, and says who sent what', async () => {
    for (let i = 0; i < ACCOUNTS; i++) {
      const { google, provider } = await openWorkspace(USERS, PACE === 0 ? {} : { limits: { perSecond: PACE } });
      google.directory.pageSize = Math.ceil(USERS / 3);
      provider.nextFault = refuseSome(google);
    }
    await workers.start(test, WORKERS);
    const startedAt = performance.now();
    const campaign = await campaignTo(RECIPIENTS);
    const { counts } = await untilState(test, campaign.id, 'completed', 55 * 60_000);
    const seconds = (performance.now() - startedAt) / 1000;
    expect(counts.sent).toBe(RECIPIENTS);
    const sentBy = open.flatMap(({ google }) => [...google.mailboxes.counts().values()]);
    const least = Math.min(...sentBy);
    const most = Math.max(...sentBy);
    if (process.env.GMAIL_RECIPIENTS !== undefined)
      console.log(
        JSON.stringify({
          accounts: ACCOUNTS,
          users: sentBy.length,
          recipients: RECIPIENTS,
          seconds: Math.round(seconds),
          perSecond: Math.round(RECIPIENTS / seconds),
          least,
          most,
          refused: open.reduce((sum, { google }) => sum + google.mailboxes.overLimit, 0),
          signatures: open.reduce((sum, { google }) => sum + google.tokens.verified, 0),
          pages: open.reduce((sum, { google }) => sum + google.directory.pages, 0),
          injected,
          copies: open.reduce((sum, { provider }) => sum + provider.copies.length, 0),
          mostCopies: Math.max(...open.map(({ provider }) => provider.mostCopies)),
        }),
      );
    expect(sentBy).toHaveLength(ACCOUNTS * USERS);
    expect(least).toBeGreaterThanOrEqual(Math.floor(RECIPIENTS_EACH - MARGIN));
    expect(most).toBeLessThanOrEqual(Math.ceil(RECIPIENTS_EACH + MARGIN));
    for (const { google, provider } of open) {
      expect(google.mailboxes.overLimit).toBe(0);
      expect(google.directory.pages).toBeGreaterThanOrEqual(3);
      expect(google.tokens.verified).toBeGreaterThanOrEqual(USERS);
      expect(provider.mostCopies).toBe(1);
    }
    const copies = new Map(open.flatMap(({ provider }) => provider.copies).map((mail) => [mail.recipient, mail]));
    expect(copies.size).toBe(RECIPIENTS);
    const { items } = await listRecipients(test.core, test.caller, campaign.id, { limit: 1000 });
    for (const { email, sentAs } of items) {
      const mail = copies.get(email);
      expect(mail?.from).toBe(sentAs);
      expect(mail?.headers.get('from')).toBe(`Acme <${sentAs}>`);
      expect(mail?.headers.get('reply-to')).toBe('Acme <hello@acme.test>');
    }
  });
});
