import { expect, test } from 'vitest';
import { openTestCore } from '../../test/helpers/core.ts';
import { openDatabase } from '../db/database.ts';
import { MetricsFeed } from './metrics.ts';

test('a database that is away is said to be down, instead of no answer', async () => {
  const { core, close } = await openTestCore();
  const db = openDatabase({ host: '127.0.0.1', port: 1, user: 'nobody' }, () => {});
  try {
    const snapshot = await new MetricsFeed({ ...core, db }).read(null);
    expect(snapshot).toMatchObject({ isDatabaseUp: false, redis: 'disabled', emails: [], queues: [] });
  } finally {
    await db.close();
    await close();
  }
});

test('many who ask at once cost one look at the database', async () => {
  const { core, close } = await openTestCore();
  try {
    const feed = new MetricsFeed(core);
    const snapshots = await Promise.all(Array.from({ length: 20 }, () => feed.read(null)));
    expect(new Set(snapshots).size).toBe(1);
    expect(snapshots[0]).toMatchObject({ isDatabaseUp: true });
  } finally {
    await close();
  }
});
