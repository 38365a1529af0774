import { type AccountRow, listAccountsOfWorkspace } from '../db/accounts.ts';
import { getWorkspace, type WorkspaceRow } from '../db/workspaces.ts';
import { accountsFor } from '../domain/account-choice.ts';
import { domainOfAddress } from '../domain/domain-name.ts';
import { addressNeedsSmtpUtf8 } from '../domain/email-address.ts';
import { compileMessage } from '../mail/compile.ts';
import type { Mailbox, MessageVariables } from '../mail/message.ts';
import type { OutgoingMessage, SendOutcome } from '../mail/transport.ts';
import { readMailbox } from './campaign-message.ts';
import type { Core } from './context.ts';
import { findSigner } from './signing-keys.ts';
import { takePermits } from './test-permits.ts';
import { openTransport } from './transports.ts';

type MailCore = Pick<Core, 'db' | 'secrets' | 'baseUrl'>;

/** A message that the product sends by itself. Subject and bodies are Liquid. */
export interface SystemMail {
  readonly to: string;
  readonly content: { readonly subject: string; readonly html?: string; readonly text: string };
  readonly data: Readonly<Record<string, unknown>>;
  /** Before the @ of the Message-ID: the same for every attempt. */
  readonly messageId: string;
  /** Behind List-Unsubscribe; a mail program may POST to it by itself. */
  readonly unsubscribeUrl: string;
  readonly feedbackId: string;
}

/** Whom the mails of a workspace come from. */
export interface Sender {
  readonly workspace: WorkspaceRow;
  readonly account: AccountRow;
  readonly from: Mailbox;
}

/** The first account of a workspace that can be used, and its from address. Throws when there is none. */
export async function findSender(core: Pick<Core, 'db'>, workspaceId: string): Promise<Sender> {
  const accounts = accountsFor(await listAccountsOfWorkspace(core.db.sql, workspaceId), []);
  const account = accounts.find(({ state }) => state === 'active');
  if (!account) throw new Error('No sending account of the workspace is active.');
  const workspace = await getWorkspace(core.db.sql, workspaceId);
  const fromText = (workspace.settings as { from?: string }).from ?? account.fromAddress;
  if (!fromText) throw new Error(`Neither the workspace nor the account "${account.name}" has a from address.`);
  return { workspace, account, from: readMailbox(fromText, 'from') };
}

/**
 * Sends through the sender's account, within its limits. Null for a mail that no permit was left for; throws RATE_LIMITED
 * when there was none at all.
 */
export async function sendSystemMails(
  core: MailCore,
  { account, from }: Sender,
  mails: readonly SystemMail[],
): Promise<Array<SendOutcome | null>> {
  const signer = await findSigner(core, account, domainOfAddress(from.address));
  const permits = await takePermits(core, account, mails.length);
  const transport = openTransport(account, core.secrets, permits);
  try {
    return await Promise.all(
      mails.map(async (mail, i) => {
        if (i >= permits.count) return null;
        const message = compileMessage({ from, ...mail.content });
        const variables = variablesOf(from, mail);
        const made = Buffer.from(message.render(variables));
        const outgoing: OutgoingMessage = {
          envelopeFrom: from.address,
          envelopeTo: mail.to,
          content: signer ? await signer.sign(made) : made,
          parts: () => message.parts(variables),
          reference: () => mail.messageId,
        };
        return transport.send(addressNeedsSmtpUtf8(mail.to) ? { ...outgoing, needsSmtpUtf8: true } : outgoing);
      }),
    );
  } finally {
    await transport.close(0);
    await permits.used();
  }
}

function variablesOf(from: Mailbox, { to, data, messageId, unsubscribeUrl, feedbackId }: SystemMail): MessageVariables {
  return {
    to: { address: to },
    data,
    messageId: `${messageId}@${from.address.slice(from.address.lastIndexOf('@') + 1)}`,
    date: new Date(),
    unsubscribeUrl,
    feedbackId,
  };
}
