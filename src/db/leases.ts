import { sql } from 'kysely';
import type { Executor } from './database.ts';

/**
 * Takes or keeps a lease for `forMs`; false while another holder has it. For work that should be done once for all nodes
 * and does no harm when it is done twice (a holder that was stopped for longer than its lease goes on).
 */
export async function takeLease(db: Executor, name: string, holder: string, forMs: number): Promise<boolean> {
  const until = sql<Date>`now() + make_interval(secs => ${forMs} / 1000.0)`;
  const taken = await db
    .insertInto('leases')
    .values({ name, holder, until })
    .onConflict((conflict) =>
      conflict
        .column('name')
        .doUpdateSet({ holder, until })
        .where((eb) => eb.or([eb('leases.holder', '=', holder), eb('leases.until', '<', sql<Date>`now()`)])),
    )
    .returning('name')
    .executeTakeFirst();
  return taken !== undefined;
}

/** Lets others have it at once. */
export async function returnLease(db: Executor, name: string, holder: string): Promise<void> {
  await db.deleteFrom('leases').where('name', '=', name).where('holder', '=', holder).execute();
}
