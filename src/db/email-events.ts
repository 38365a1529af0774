import { sql } from 'kysely';
import type { Executor } from './database.ts';

export interface EventRow {
  readonly id: string;
  readonly type: string;
  readonly occurredAt: Date;
  readonly receivedAt: Date;
  readonly source: string | null;
  readonly campaignId: string;
  readonly isEmail: boolean;
  readonly seq: number;
  readonly email: string;
  readonly accountId: string | null;
  readonly machine: boolean;
  readonly data: unknown;
}

export interface EventFilter {
  readonly workspaceId: string;
  readonly type?: string;
  readonly machine?: boolean;
  readonly campaignId?: string;
  readonly emailKey?: string;
  readonly accountId?: string;
  readonly since?: Date;
  readonly until?: Date;
  readonly before?: string;
  readonly limit: number;
}

/** Newest first, by when they were received: ids are of that moment. */
export async function listEmailEvents(db: Executor, filter: EventFilter): Promise<EventRow[]> {
  let query = eventsOf(db, filter.workspaceId);
  if (filter.type !== undefined) query = query.where('v.type', '=', filter.type);
  if (filter.machine !== undefined) query = query.where('v.machine', '=', filter.machine);
  if (filter.campaignId !== undefined) query = query.where('s.campaignId', '=', filter.campaignId);
  if (filter.emailKey !== undefined) query = query.where('v.emailKey', '=', filter.emailKey);
  if (filter.accountId !== undefined) query = query.where('e.accountId', '=', filter.accountId);
  if (filter.since !== undefined) query = query.where('v.receivedAt', '>=', filter.since);
  if (filter.until !== undefined) query = query.where('v.receivedAt', '<', filter.until);
  if (filter.before !== undefined) query = query.where('v.id', '<', filter.before);
  return query.orderBy('v.id', 'desc').limit(filter.limit).execute() as Promise<EventRow[]>;
}

export async function findEmailEvent(db: Executor, workspaceId: string, id: string): Promise<EventRow | null> {
  const row = await eventsOf(db, workspaceId).where('v.id', '=', id).executeTakeFirst();
  return (row as EventRow | undefined) ?? null;
}

function eventsOf(db: Executor, workspaceId: string) {
  return db
    .selectFrom('emailEvents as v')
    .innerJoin('campaignSends as s', 's.id', 'v.sendId')
    .innerJoin('emailSends as e', (join) => join.onRef('e.sendId', '=', 'v.sendId').onRef('e.seq', '=', 'v.seq'))
    .select([
      'v.id',
      'v.type',
      'v.occurredAt',
      'v.receivedAt',
      'v.source',
      's.campaignId',
      's.isEmail',
      'v.seq',
      'e.email',
      'e.accountId',
      'v.machine',
      'v.data',
    ])
    .where('v.workspaceId', '=', workspaceId);
}

/** How many recipients of a send have at least one event of each type. From the index alone. */
export async function countEventsByType(db: Executor, sendId: string): Promise<Map<string, number>> {
  const { rows } = await sql<{ type: string; recipients: number }>`
    select type, count(distinct seq)::int as recipients from email_events where send_id = ${sendId}::uuid group by type`.execute(
    db,
  );
  return new Map(rows.map(({ type, recipients }) => [type, recipients]));
}
