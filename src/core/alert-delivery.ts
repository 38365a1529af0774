import { markDelivered, markUndelivered, takeDueDeliveries } from '../db/alert-deliveries.ts';
import { type AlertRow, type DeliveryRow, findAlertOfAnyWorkspace } from '../db/alerts.ts';
import { getWorkspace } from '../db/workspaces.ts';
import { nextDeliveryMs } from '../domain/alert-rules.ts';
import { messageOf } from '../errors.ts';
import { guardedRequest } from '../lib/guarded-request.ts';
import { signWebhook, webhookKey } from '../lib/standard-webhook.ts';
import { sendAlertMail } from './alert-mail.ts';
import type { StoredAlertSettings } from './alert-settings.ts';
import { showAlert } from './alerts.ts';
import type { Core } from './context.ts';

export type DeliveryCore = Pick<Core, 'db' | 'secrets' | 'baseUrl' | 'events' | 'log'>;

const AT_ONCE = 20;
const WEBHOOK_TIMEOUT_MS = 10_000;
const LONGEST_ERROR = 500;

/**
 * Tells those who want to know of alerts what is due to be told, each on its own: who does not answer is tried again later,
 * with growing pauses, and shown with the alert. Safe to run by several processes at once. Returns how many were tried.
 */
export async function deliverDue(core: DeliveryCore): Promise<number> {
  const due = await takeDueDeliveries(core.db.sql, AT_ONCE);
  await Promise.all(due.map((delivery) => attempt(core, delivery)));
  return due.length;
}

async function attempt(core: DeliveryCore, delivery: DeliveryRow): Promise<void> {
  const { id, alertId } = delivery;
  try {
    const alert = await findAlertOfAnyWorkspace(core.db.sql, alertId);
    if (!alert) return; // deleted meanwhile, and its deliveries with it
    await deliver(core, alert, delivery);
    await markDelivered(core.db.sql, id);
  } catch (error) {
    const words = messageOf(error).slice(0, LONGEST_ERROR);
    core.log.warn(
      { alertId, channel: delivery.channel, attempts: delivery.attempts, err: words },
      'an alert was not delivered',
    );
    await markUndelivered(core.db.sql, id, words, nextDeliveryMs(delivery.attempts));
  }
  core.events.publish({ kind: 'alert', id: alertId });
}

async function deliver(core: DeliveryCore, alert: AlertRow, delivery: DeliveryRow): Promise<void> {
  if (delivery.channel === 'email') return sendAlertMail(core, alert, delivery);
  const { settings } = await getWorkspace(core.db.sql, alert.workspaceId);
  const { webhook } = (settings as { alerts?: StoredAlertSettings }).alerts ?? {};
  if (!webhook) throw new Error('The webhook was taken out of the settings.');
  const message = {
    id: `msg_${delivery.id}`,
    type: `alert.${delivery.event}`,
    data: { ...showAlert(alert), workspaceId: alert.workspaceId },
  };
  await postWebhook(core, webhook, message);
}

interface WebhookMessage {
  /** The same at every attempt, so that a receiver can tell a repetition. */
  readonly id: string;
  readonly type: string;
  readonly data: object;
}

/** Signed by Standard Webhooks 1.0.0. Rejects unless the answer is 2xx. */
export async function postWebhook(
  core: Pick<Core, 'secrets'>,
  webhook: NonNullable<StoredAlertSettings['webhook']>,
  { id, type, data }: WebhookMessage,
): Promise<void> {
  const now = new Date();
  const body = JSON.stringify({ type, timestamp: now.toISOString(), data });
  const key = webhookKey(core.secrets.open(Buffer.from(webhook.sealedSecret, 'base64')));
  if (!key) throw new Error('The secret of the webhook cannot be read: set it again.');
  const status = await guardedRequest({
    url: new URL(webhook.url),
    headers: { 'content-type': 'application/json', 'user-agent': 'Postrider', ...signWebhook(key, id, now, body) },
    body,
    allowPrivate: webhook.allowPrivateAddresses,
    timeoutMs: WEBHOOK_TIMEOUT_MS,
  });
  if (status < 200 || status > 299) throw new Error(`The webhook answered ${status}.`);
}
