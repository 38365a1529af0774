import { sql } from 'kysely';
import type { Executor } from './database.ts';

/** Deletes what has an end: suppressions, requests to confirm, old answers to idempotent requests, sessions, login links, counts of API limits, rates and told progress. */
export async function deleteExpired(db: Executor): Promise<void> {
  await db.deleteFrom('idempotencyKeys').where('createdAt', '<', sql<Date>`now() - interval '24 hours'`).execute();
  await db.deleteFrom('suppressions').where('expiresAt', '<', sql<Date>`now()`).execute();
  await db.deleteFrom('confirmations').where('expiresAt', '<', sql<Date>`now()`).execute();
  await db.deleteFrom('sessions').where('expiresAt', '<', sql<Date>`now()`).execute();
  await db.deleteFrom('apiLimits').where('expire', '<', Date.now()).execute();
  await db.deleteFrom('loginLinks').where('expiresAt', '<', sql<Date>`now()`).execute();
  await db.deleteFrom('sendThroughput').where('bucket', '<', sql<Date>`now() - interval '1 day'`).execute();
  await db
    .deleteFrom('progressTracking')
    .where('ended', '=', true)
    .where('updatedAt', '<', sql<Date>`now() - interval '30 days'`)
    .execute();
}
