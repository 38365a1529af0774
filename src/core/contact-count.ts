import { sql } from 'kysely';
import type { ContactCount, ContactFilterBody } from '../contract/contacts.ts';
import { contactConditions } from '../db/contact-filter.ts';
import { countFound } from '../db/contact-search.ts';
import { onConnection } from '../db/on-connection.ts';
import { type Condition, countOrEstimate } from '../db/segment-count.ts';
import { SqlValues } from '../db/sql-values.ts';
import { readContactFilter } from './contact-filter.ts';
import type { Caller, Core } from './context.ts';

/** How many contacts a filter of the list holds for, in about a tenth of a second: exactly, or between two bounds. */
export async function countContactList(
  core: Pick<Core, 'db'>,
  caller: Caller,
  body: ContactFilterBody,
): Promise<ContactCount> {
  const filter = readContactFilter(caller, body);
  const found = await countFound(core.db.sql, filter);
  if (found !== null) return { count: found, exact: true, atLeast: found, atMost: found };
  // The workspace is $1 of a condition.
  const compiled = sql`${filter.workspaceId}::uuid is not null and ${contactConditions(filter)}`.compile(core.db.sql);
  const condition: Condition = { sql: compiled.sql, values: new SqlValues(compiled.parameters) };
  const conditions = { all: condition, each: condition };
  return onConnection(core.db.pool, (client) => countOrEstimate(client, caller.workspaceId, conditions));
}
