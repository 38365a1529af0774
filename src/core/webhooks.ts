import { randomBytes } from 'node:crypto';
import type { Page, PageQuery } from '../contract/common.ts';
import type {
  CreatedWebhook,
  DeliveriesQuery,
  NewWebhook,
  Webhook,
  WebhookChange,
  WebhookDelivery,
} from '../contract/webhooks.ts';
import { inTransaction } from '../db/database.ts';
import {
  countPending,
  insertTestDelivery,
  listWebhookDeliveries,
  replayDelivery,
  replayFailed,
  type WebhookDeliveryRow,
  type WebhookTry,
} from '../db/webhook-deliveries.ts';
import {
  deleteWebhook,
  disableWebhook,
  enableWebhook,
  findWebhook,
  insertWebhook,
  listWebhooks,
  lockWebhook,
  updateWebhook,
  type WebhookRow,
} from '../db/webhooks.ts';
import { AppError, notFound } from '../errors.ts';
import { isUuid, uuid7 } from '../lib/uuid7.ts';
import { type Caller, type Core, hasRole } from './context.ts';
import { rowsOfPage, toPage, toPageWith } from './cursor.ts';
import { readOutsideUrl } from './outside-url.ts';
import { attempt, type PostCore } from './webhook-delivery.ts';
import { messageOf } from './webhook-messages.ts';

type WebhookCore = Pick<Core, 'db' | 'secrets'>;

/** Makes an endpoint with a secret of its own, which is shown this once. */
export async function createWebhook(core: WebhookCore, caller: Caller, body: NewWebhook): Promise<CreatedWebhook> {
  const { url, types, allowPrivateAddresses = false } = body;
  checkPrivate(caller, allowPrivateAddresses);
  const secret = newSecret();
  const address = readOutsideUrl(url, 'url');
  const row = await inTransaction(core.db.sql, (tx) =>
    insertWebhook(tx, {
      workspaceId: caller.workspaceId,
      name: body.name ?? address.host,
      url: address.href,
      types,
      allowPrivateAddresses,
      secret: core.secrets.seal(secret),
    }),
  );
  return { ...show(row, 0), secret };
}

export async function changeWebhook(
  core: WebhookCore,
  caller: Caller,
  id: string,
  body: WebhookChange,
): Promise<Webhook> {
  const { enabled, url, ...given } = body;
  checkPrivate(caller, given.allowPrivateAddresses ?? false);
  const address = url === undefined ? {} : { url: readOutsideUrl(url, 'url').href };
  await inTransaction(core.db.sql, async (tx) => {
    const before = await lockWebhook(tx, caller.workspaceId, id);
    if (!before) throw notFound('webhook', id);
    // Rows of sends that are over already would all be told at once.
    const isNew = given.types?.some((type) => /^email\.(sent|failed)$/.test(type) && !before.types.includes(type));
    await updateWebhook(tx, id, { ...given, ...address, ...(isNew ? { ledgerSince: new Date() } : {}) });
    if (enabled === true && before.state !== 'active') await enableWebhook(tx, id);
    if (enabled === false && before.state === 'active') await disableWebhook(tx, id, null);
  });
  return getWebhook(core, caller, id);
}

/** The secret of before signs as well until the overlap is over, so that no message is refused on the way. */
export async function rotateSecret(
  core: WebhookCore,
  caller: Caller,
  id: string,
  overlapHours: number,
): Promise<CreatedWebhook> {
  const secret = newSecret();
  const row = await inTransaction(core.db.sql, async (tx) => {
    const before = await lockWebhook(tx, caller.workspaceId, id);
    if (!before) throw notFound('webhook', id);
    const overlap = { oldSecret: before.secret, oldSecretUntil: new Date(Date.now() + overlapHours * 3_600_000) };
    const none = { oldSecret: null, oldSecretUntil: null };
    return updateWebhook(tx, id, { secret: core.secrets.seal(secret), ...(overlapHours > 0 ? overlap : none) });
  });
  return { ...(await withPending(core, row)), secret };
}

export async function getWebhook(core: Pick<Core, 'db'>, caller: Caller, id: string): Promise<Webhook> {
  return withPending(core, await findOwn(core, caller, id));
}

export async function listWebhookPage(
  core: Pick<Core, 'db'>,
  caller: Caller,
  query: PageQuery,
): Promise<Page<Webhook>> {
  const { limit = 50 } = query;
  const rows = await listWebhooks(core.db.sql, { workspaceId: caller.workspaceId, ...rowsOfPage(query, limit) });
  const find = (ids: string[]) => countPending(core.db.sql, ids);
  return toPageWith(rows, limit, find, (row, pending = 0) => show(row, pending));
}

export async function removeWebhook(core: Pick<Core, 'db'>, caller: Caller, id: string): Promise<void> {
  if (!(await deleteWebhook(core.db.sql, caller.workspaceId, id))) throw notFound('webhook', id);
}

export async function listDeliveryPage(
  core: Pick<Core, 'db'>,
  caller: Caller,
  id: string,
  query: DeliveriesQuery,
): Promise<Page<WebhookDelivery>> {
  await findOwn(core, caller, id);
  const { limit = 50, state, type } = query;
  const rows = await listWebhookDeliveries(core.db.sql, {
    webhookId: id,
    ...rowsOfPage(query, limit),
    ...(state === undefined ? {} : { state }),
    ...(type === undefined ? {} : { type }),
  });
  return toPage(rows, limit, (row) => row.id, showDelivery);
}

/** Posts a message of type `webhook.test` now, once, and answers what came of it. */
export async function testWebhook(core: PostCore, caller: Caller, id: string): Promise<WebhookDelivery> {
  const webhook = await findOwn(core, caller, id);
  const words = 'This is a test. A real message has the same form.';
  const { eventId, type, body } = messageOf({
    type: 'webhook.test',
    eventId: `test_${uuid7()}`,
    at: new Date(),
    data: { message: words, workspaceId: caller.workspaceId },
  });
  const delivery = await insertTestDelivery(core.db.sql, { webhookId: id, eventId, type, body });
  await attempt(core, webhook, delivery, false);
  return showDelivery(await findDelivery(core, id, delivery.id));
}

/** Posts one message once more, under the id it had. */
export async function replayOne(
  core: Pick<Core, 'db'>,
  caller: Caller,
  id: string,
  deliveryId: string,
): Promise<WebhookDelivery> {
  await findActive(core, caller, id);
  const bare = deliveryId.replace(/^msg_/, '');
  const row = isUuid(bare) ? await replayDelivery(core.db.sql, id, bare) : null;
  if (!row) throw notFound('delivery', deliveryId);
  return showDelivery(row);
}

/** Posts once more what failed for good since then. */
export async function replayFailedSince(
  core: Pick<Core, 'db'>,
  caller: Caller,
  id: string,
  since: Date,
): Promise<number> {
  await findActive(core, caller, id);
  return replayFailed(core.db.sql, id, since);
}

async function findOwn(core: Pick<Core, 'db'>, caller: Caller, id: string): Promise<WebhookRow> {
  const row = await findWebhook(core.db.sql, caller.workspaceId, id);
  if (!row) throw notFound('webhook', id);
  return row;
}

async function findActive(core: Pick<Core, 'db'>, caller: Caller, id: string): Promise<void> {
  const { state } = await findOwn(core, caller, id);
  if (state === 'active') return;
  throw new AppError(
    'WEBHOOK_DISABLED',
    'The webhook is disabled, so nothing is posted to it. Enable it first (PATCH with enabled: true), then replay.',
  );
}

async function findDelivery({ db }: Pick<Core, 'db'>, webhookId: string, id: string): Promise<WebhookDeliveryRow> {
  const query = db.sql.selectFrom('webhookDeliveries').selectAll().where('id', '=', id);
  const row = await query.where('webhookId', '=', webhookId).executeTakeFirst();
  if (!row) throw notFound('delivery', id);
  return row;
}

/** Standard Webhooks 1.0.0: 24 to 64 random bytes. */
function newSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}

function checkPrivate(caller: Caller, allowed: boolean): void {
  if (allowed && !hasRole(caller, 'owner'))
    throw new AppError(
      'FORBIDDEN',
      'Only an owner can let a webhook lead into the private network. Nothing was changed.',
    );
}

async function withPending({ db }: Pick<Core, 'db'>, row: WebhookRow): Promise<Webhook> {
  return show(row, (await countPending(db.sql, [row.id])).get(row.id) ?? 0);
}

function show(row: WebhookRow, pending: number): Webhook {
  const { id, name, url, types, allowPrivateAddresses, state, stateReason, oldSecretUntil } = row;
  const isOldKnown = oldSecretUntil !== null && oldSecretUntil.getTime() > Date.now();
  return {
    id,
    name,
    url,
    types,
    allowPrivateAddresses,
    state,
    stateReason,
    failingSince: row.failingSince?.toISOString() ?? null,
    oldSecretUntil: isOldKnown ? oldSecretUntil.toISOString() : null,
    pending,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

function showDelivery(row: WebhookDeliveryRow): WebhookDelivery {
  return {
    id: `msg_${row.id}`,
    type: row.type,
    state: row.state,
    attempts: row.attempts,
    nextAttemptAt: row.state === 'pending' ? row.nextAttemptAt.toISOString() : null,
    deliveredAt: row.deliveredAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    body: row.body,
    tries: (row.tries as unknown as WebhookTry[]).map((tried) => ({ ...tried })),
  };
}
