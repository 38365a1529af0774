import { inTransaction } from '../db/database.ts';
import {
  recordTry,
  takeDueWebhookDeliveries,
  type WebhookDeliveryRow,
  type WebhookTry,
} from '../db/webhook-deliveries.ts';
import { disableWebhook, noteWebhookHealth, type WebhookRow } from '../db/webhooks.ts';
import { FAILING_DAYS, nextTryMs, readRetryAfter } from '../domain/webhook-retry.ts';
import { messageOf } from '../errors.ts';
import { type GuardedAnswer, guardedExchange } from '../lib/guarded-request.ts';
import { signWebhook, webhookKey } from '../lib/standard-webhook.ts';
import type { Core } from './context.ts';

export type PostCore = Pick<Core, 'db' | 'secrets' | 'log'>;

/** Requests to one endpoint at a time. */
const AT_ONCE = 10;
const TIMEOUT_MS = 15_000;
const ANSWER_BYTES = 500;
const GONE = 410;
const DAY_MS = 86_400_000;

/**
 * Posts what is due of one webhook, ten at a time. Safe to run by several processes at once: each takes its own. Killed
 * between taking and recording, what was taken is posted again after two minutes, under the same id. Returns how many
 * were tried.
 */
export async function deliverWebhook(core: PostCore, webhookId: string): Promise<number> {
  const due = await takeDueWebhookDeliveries(core.db.sql, webhookId, AT_ONCE);
  if (due.length === 0) return 0;
  const webhook = await core.db.sql.selectFrom('webhooks').selectAll().where('id', '=', webhookId).executeTakeFirst();
  if (webhook?.state !== 'active') return 0;
  const outcomes = await Promise.all(due.map((delivery) => attempt(core, webhook, delivery, true)));
  await settleHealth(core, webhook, outcomes);
  return due.length;
}

export type TryOutcome = 'delivered' | 'failed' | 'gone';

/** One attempt, recorded. Without `again` it is the only one. */
export async function attempt(
  core: PostCore,
  webhook: WebhookRow,
  delivery: WebhookDeliveryRow,
  again: boolean,
): Promise<TryOutcome> {
  const at = new Date();
  const startedAt = performance.now();
  const { answer, error } = await post(core, webhook, delivery, at);
  const durationMs = Math.round(performance.now() - startedAt);
  const isDelivered = answer !== null && answer.status >= 200 && answer.status <= 299;
  const tried: WebhookTry = {
    at: at.toISOString(),
    status: answer?.status ?? null,
    durationMs,
    answer: answer?.body || null,
    error: isDelivered ? null : (error ?? `The endpoint answered ${answer?.status}.`),
  };
  const wait = readRetryAfter(answer?.headers['retry-after'], new Date());
  const retryMs = isDelivered || !again ? null : nextTryMs(delivery.attempts, wait, Math.random());
  const state = isDelivered ? 'delivered' : retryMs === null ? 'failed' : 'pending';
  await recordTry(core.db.sql, delivery.id, { state, retryMs, tried });
  if (!isDelivered)
    core.log.debug({ webhookId: webhook.id, deliveryId: delivery.id, err: tried.error }, 'a webhook failed');
  if (answer?.status === GONE) return 'gone';
  return isDelivered ? 'delivered' : 'failed';
}

async function post(
  core: PostCore,
  webhook: WebhookRow,
  { id, body }: WebhookDeliveryRow,
  at: Date,
): Promise<{ answer: GuardedAnswer | null; error: string | null }> {
  try {
    const answer = await guardedExchange(
      {
        url: new URL(webhook.url),
        headers: {
          'content-type': 'application/json',
          'user-agent': 'Postrider',
          ...signedBy(core, webhook, `msg_${id}`, at, body),
        },
        body,
        allowPrivate: webhook.allowPrivateAddresses,
        timeoutMs: TIMEOUT_MS,
      },
      ANSWER_BYTES,
    );
    return { answer, error: null };
  } catch (error) {
    return { answer: null, error: messageOf(error).slice(0, ANSWER_BYTES) };
  }
}

/** By both secrets while one takes over from the other (Standard Webhooks 1.0.0, "Secret rotation"). */
function signedBy(core: PostCore, webhook: WebhookRow, id: string, at: Date, body: string): Record<string, string> {
  const isOldKnown = webhook.oldSecret !== null && (webhook.oldSecretUntil?.getTime() ?? 0) > at.getTime();
  const sealed = isOldKnown && webhook.oldSecret ? [webhook.secret, webhook.oldSecret] : [webhook.secret];
  const signed = sealed.map((secret) => {
    const key = webhookKey(core.secrets.open(secret));
    if (!key) throw new Error('The secret of the webhook cannot be read: rotate it.');
    return signWebhook(key, id, at, body);
  });
  const signatures = signed.map((headers) => headers['webhook-signature']);
  return { ...signed[0], 'webhook-signature': signatures.join(' ') };
}

/** An endpoint that says it is gone, or that took nothing for days, is told nothing more. */
async function settleHealth(core: PostCore, webhook: WebhookRow, outcomes: readonly TryOutcome[]): Promise<void> {
  const { sql } = core.db;
  if (outcomes.includes('gone')) return disable(core, webhook, 'The endpoint answered 410: it is gone for good.');
  if (outcomes.includes('delivered')) {
    if (webhook.failingSince) await noteWebhookHealth(sql, webhook.id, false);
    return;
  }
  if (!webhook.failingSince) await noteWebhookHealth(sql, webhook.id, true);
  else if (Date.now() - webhook.failingSince.getTime() > FAILING_DAYS * DAY_MS)
    await disable(core, webhook, `The endpoint has taken nothing for ${FAILING_DAYS} days.`);
}

async function disable(core: PostCore, webhook: WebhookRow, reason: string): Promise<void> {
  await inTransaction(core.db.sql, (tx) => disableWebhook(tx, webhook.id, reason));
  core.log.warn({ webhookId: webhook.id, reason }, 'a webhook was disabled');
}
