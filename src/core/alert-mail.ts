import { type AccountRow, listAccountsOfWorkspace } from '../db/accounts.ts';
import type { AlertRow, DeliveryRow } from '../db/alerts.ts';
import { getWorkspace } from '../db/workspaces.ts';
import { accountsFor } from '../domain/account-choice.ts';
import { addressNeedsSmtpUtf8 } from '../domain/email-address.ts';
import { compileMessage } from '../mail/compile.ts';
import { readMailbox } from './campaign-message.ts';
import type { Core } from './context.ts';
import { TEST_UNSUBSCRIBE_TOKEN, takePermits, wordsOf } from './test-send.ts';
import { openTransport } from './transports.ts';

/** As data of a template, so that nothing in a message is taken for one. */
const TEMPLATE = { subject: '{{subject}}', text: '{{text}}' };

/** Through the first account of the workspace that can be used, within its limits. Rejects unless the server took it. */
export async function sendAlertMail(
  core: Pick<Core, 'db' | 'secrets' | 'baseUrl'>,
  alert: AlertRow,
  delivery: Pick<DeliveryRow, 'id' | 'target' | 'event'>,
): Promise<void> {
  const account = await pickAccount(core, alert.workspaceId);
  const { settings, name } = await getWorkspace(core.db.sql, alert.workspaceId);
  const fromText = (settings as { from?: string }).from ?? account.fromAddress;
  if (!fromText) throw new Error(`Neither the workspace nor the account "${account.name}" has a from address.`);
  const from = readMailbox(fromText, 'from');
  const content = compileMessage({ from, ...TEMPLATE }).render({
    to: { address: delivery.target },
    data: { subject: subjectOf(alert, delivery), text: textOf(alert, delivery, name, core.baseUrl) },
    messageId: `alert.${delivery.id}@${from.address.slice(from.address.lastIndexOf('@') + 1)}`,
    date: new Date(),
    unsubscribeUrl: `${core.baseUrl}/u/${TEST_UNSUBSCRIBE_TOKEN}`,
    feedbackId: `${alert.id}:${alert.workspaceId}:alert:postrider`,
  });
  const permits = await takePermits(core, account, 1);
  const transport = openTransport(account, core.secrets);
  try {
    const outgoing = { envelopeFrom: from.address, envelopeTo: delivery.target, content: Buffer.from(content) };
    const outcome = await transport.send(
      addressNeedsSmtpUtf8(delivery.target) ? { ...outgoing, needsSmtpUtf8: true } : outgoing,
    );
    // A reply that was lost is not asked for again: the mail may have arrived.
    if (outcome.kind !== 'accepted' && outcome.kind !== 'unknown') throw new Error(wordsOf(outcome));
  } finally {
    await transport.close(0);
    await permits.used();
  }
}

async function pickAccount(core: Pick<Core, 'db'>, workspaceId: string): Promise<AccountRow> {
  const accounts = accountsFor(await listAccountsOfWorkspace(core.db.sql, workspaceId), []);
  const account = accounts.find(({ state }) => state === 'active');
  if (!account) throw new Error('No sending account of the workspace is active.');
  return account;
}

function subjectOf({ kind, message }: AlertRow, { event }: Pick<DeliveryRow, 'event'>): string {
  const begin = event === 'raised' ? 'Alert' : 'Over';
  return `${begin}: ${kind}: ${message}`.replace(/\s+/g, ' ').slice(0, 150);
}

function textOf(alert: AlertRow, { event }: Pick<DeliveryRow, 'event'>, workspace: string, baseUrl: string): string {
  const since = `It began at ${alert.raisedAt.toISOString()}.`;
  const over = event === 'cleared' ? ` It was over at ${alert.clearedAt?.toISOString() ?? 'an unknown time'}.` : '';
  return `${alert.message}\n\n${since}${over}\n\nWorkspace ${workspace}, ${baseUrl}\n`;
}
