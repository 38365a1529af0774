import { expect, it } from 'vitest';
import { openTestCore } from '../../test/helpers/core.ts';
import { LoadWatch } from './load-watch.ts';

const PATIENCE = { timeout: 20_000, interval: 20 };

it('the load of this process, its database and its queues is looked at while requests come in', async () => {
  const test = await openTestCore();
  const watch = new LoadWatch(test.core, 1);
  const load = () => {
    watch.touch();
    return watch.load;
  };
  try {
    expect(load()).toEqual({ factor: 1, reason: null });
    await test.core.queues.enqueue('campaigns', { campaignId: 'c' }, 1001);
    await expect.poll(() => load().reason, PATIENCE).toBe('1001 campaigns and imports wait in the queue');
    expect(watch.load.factor).toBeLessThan(1);
    await test.core.queues.drain('campaigns');
    await expect.poll(load, PATIENCE).toEqual({ factor: 1, reason: null });
  } finally {
    watch.close();
    await test.close();
  }
});
