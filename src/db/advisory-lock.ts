import type pg from 'pg';

/**
 * Runs `work` while nobody else does under this name, with the connection that holds the lock; at once, or not at all.
 * False: somebody else does. The lock is free again when this ends, however it does; a connection on which work failed,
 * or that was lost, goes with it.
 */
export async function withAdvisoryLock(
  pool: pg.Pool,
  name: string,
  work: (client: pg.PoolClient) => Promise<void>,
): Promise<boolean> {
  const client = await pool.connect();
  let isMine = false;
  let isSound = false;
  try {
    const { rows } = await client.query<{ mine: boolean }>(
      'select pg_try_advisory_lock(hashtextextended($1, 0)) as mine',
      [name],
    );
    isMine = rows[0]?.mine === true;
    if (isMine) await work(client);
    isSound = true;
    return isMine;
  } finally {
    const isFree = !isMine || (await unlock(client, name));
    client.release(!(isSound && isFree));
  }
}

function unlock(client: pg.PoolClient, name: string): Promise<boolean> {
  return client.query('select pg_advisory_unlock(hashtextextended($1, 0))', [name]).then(
    () => true,
    () => false,
  );
}
