import { sql } from 'kysely';
import { deleteOldAuditRows } from './audit-log.ts';
import type { Executor } from './database.ts';
import { deleteOldWebhookDeliveries } from './webhook-deliveries.ts';

/** Where the workspace says nothing else. */
const AUDIT_DAYS = 400;

/** Deletes what has an end: suppressions, requests to confirm, old answers to idempotent requests, sessions, login links and other one-time tokens, invitations, counts of API limits, rates, told progress, returned mail, names of providers' messages, deliveries of webhooks and the audit log. */
export async function deleteExpired(db: Executor): Promise<void> {
  await db.deleteFrom('idempotencyKeys').where('createdAt', '<', sql<Date>`now() - interval '24 hours'`).execute();
  await db.deleteFrom('suppressions').where('expiresAt', '<', sql<Date>`now()`).execute();
  await db.deleteFrom('confirmations').where('expiresAt', '<', sql<Date>`now()`).execute();
  await db.deleteFrom('sessions').where('expiresAt', '<', sql<Date>`now()`).execute();
  await db.deleteFrom('apiLimits').where('expire', '<', Date.now()).execute();
  await db.deleteFrom('loginLinks').where('expiresAt', '<', sql<Date>`now()`).execute();
  await db.deleteFrom('oneTimeTokens').where('expiresAt', '<', sql<Date>`now()`).execute();
  await db.deleteFrom('invitations').where('expiresAt', '<', sql<Date>`now() - interval '30 days'`).execute();
  await db
    .deleteFrom('returnedMails')
    .where('receivedAt', '<', sql<Date>`now() - interval '30 days'`)
    .where('state', '<>', 'new')
    .execute();
  await db.deleteFrom('providerMessages').where('receivedAt', '<', sql<Date>`now() - interval '2 days'`).execute();
  await deleteOldWebhookDeliveries(db);
  await deleteOldAuditRows(db, AUDIT_DAYS);
  await db.deleteFrom('sendThroughput').where('bucket', '<', sql<Date>`now() - interval '1 day'`).execute();
  await db
    .deleteFrom('progressTracking')
    .where('ended', '=', true)
    .where('updatedAt', '<', sql<Date>`now() - interval '30 days'`)
    .execute();
}
