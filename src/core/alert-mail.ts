import type { AlertRow, DeliveryRow } from '../db/alerts.ts';
import type { Core } from './context.ts';
import { findSender, sendSystemMails } from './system-mail.ts';
import { TEST_UNSUBSCRIBE_TOKEN, wordsOf } from './test-send.ts';

/** As data of a template, so that nothing in a message is taken for one. */
const TEMPLATE = { subject: '{{subject}}', text: '{{text}}' };

/** Through the first account of the workspace that can be used, within its limits. Rejects unless the server took it. */
export async function sendAlertMail(
  core: Pick<Core, 'db' | 'secrets' | 'baseUrl'>,
  alert: AlertRow,
  delivery: Pick<DeliveryRow, 'id' | 'target' | 'event'>,
): Promise<void> {
  const sender = await findSender(core, alert.workspaceId);
  const text = textOf(alert, delivery, sender.workspace.name, core.baseUrl);
  const mail = {
    to: delivery.target,
    content: TEMPLATE,
    data: { subject: subjectOf(alert, delivery), text },
    messageId: `alert.${delivery.id}`,
    unsubscribeUrl: `${core.baseUrl}/u/${TEST_UNSUBSCRIBE_TOKEN}`,
    feedbackId: `${alert.id}:${alert.workspaceId}:alert:postrider`,
  };
  const [outcome] = await sendSystemMails(core, sender, [mail]);
  // A reply that was lost is not asked for again: the mail may have arrived.
  if (outcome && outcome.kind !== 'accepted' && outcome.kind !== 'unknown') throw new Error(wordsOf(outcome));
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
