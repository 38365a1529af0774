import type pg from 'pg';

/** Runs `work` while nobody else does under this name; at once, or not at all. False: somebody else does. */
export async function withAdvisoryLock(pool: pg.Pool, name: string, work: () => Promise<void>): Promise<boolean> {
  const client = await pool.connect();
  let broken = false;
  try {
    const { rows } = await client.query<{ mine: boolean }>(
      'select pg_try_advisory_lock(hashtextextended($1, 0)) as mine',
      [name],
    );
    if (!rows[0]?.mine) return false;
    try {
      await work();
    } finally {
      // A connection that is lost, or kept out of the pool, gives the lock back by itself.
      await client.query('select pg_advisory_unlock(hashtextextended($1, 0))', [name]).catch(() => {
        broken = true;
      });
    }
    return true;
  } finally {
    client.release(broken);
  }
}
