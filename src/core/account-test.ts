import { randomUUID } from 'node:crypto';
import type { AccountTest, AccountTestResult } from '../contract/accounts.ts';
import { findAccount } from '../db/accounts.ts';
import { getWorkspace } from '../db/workspaces.ts';
import { parseEmailAddress } from '../domain/email-address.ts';
import { notFound } from '../errors.ts';
import { readMailbox } from './campaign-message.ts';
import { invalid } from './content.ts';
import type { Caller, Core } from './context.ts';
import { sendSystemMails } from './system-mail.ts';
import { TEST_UNSUBSCRIBE_TOKEN, wordsOf } from './test-send.ts';

/** The built-in mailbox takes anything: a test needs no address of anybody's. */
const MAILBOX_FROM = 'Postrider <postrider@example.com>';

const CONTENT = {
  subject: 'A test message from {{workspace}}',
  text: 'This came through the sending account "{{account}}".\n\nIf you can read it, the account can send. Nothing needs to be done.\n',
  html: `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A test message</title></head>
<body style="margin:0;padding:32px;background:#FBFAF7;color:#14171F;font:16px/1.5 -apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif">
<p>This came through the sending account <strong>{{account}}</strong>.</p>
<p>If you can read it, the account can send. Nothing needs to be done.</p>
</body></html>
`,
};

/**
 * Sends one message through an account, also one that is paused, within its limits and outside the ledger; answers what its
 * server said. Throws VALIDATION for an address that is none, and RATE_LIMITED when a limit is used up.
 */
export async function sendAccountTest(
  core: Pick<Core, 'db' | 'secrets' | 'baseUrl'>,
  caller: Caller,
  id: string,
  body: AccountTest,
): Promise<AccountTestResult> {
  const to = parseEmailAddress(body.to);
  if (!to.ok) throw invalid('to', `"${body.to.slice(0, 80)}" is not an email address: ${to.reason}`);
  const account = await findAccount(core.db.sql, caller.workspaceId, id);
  if (!account) throw notFound('sending account', id);
  const workspace = await getWorkspace(core.db.sql, caller.workspaceId);
  const usual = account.fromAddress ?? (workspace.settings as { from?: string }).from;
  const from = body.from ?? usual ?? (account.isSandbox ? MAILBOX_FROM : undefined);
  if (from === undefined) throw invalid('from', 'is missing: neither the account nor the workspace has a from address');
  const testId = randomUUID();
  const mail = {
    to: to.address,
    content: CONTENT,
    data: { workspace: workspace.name, account: account.name },
    messageId: `test.${testId}`,
    unsubscribeUrl: `${core.baseUrl}/u/${TEST_UNSUBSCRIBE_TOKEN}`,
    feedbackId: `${testId}:${workspace.id}:test:postrider`,
  };
  const [outcome] = await sendSystemMails(core, { workspace, account, from: readMailbox(from, 'from') }, [mail]);
  if (!outcome)
    return { email: to.address, sent: false, response: `Not sent: a limit of "${account.name}" is used up.` };
  return { email: to.address, sent: outcome.kind === 'accepted', response: wordsOf(outcome) };
}
