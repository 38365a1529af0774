import { afterEach, describe, expect, it } from 'vitest';
import { sendCampaign } from '../src/core/campaigns.ts';
import { PostgresEventBus } from '../src/events/postgres-bus.ts';
import { RedisEventBus } from '../src/events/redis-bus.ts';
import { parseRedisAddress } from '../src/lib/redis.ts';
import { LETTER, people, TestWorkers, untilState } from './helpers/campaign.ts';
import { openTestCore, type TestCore } from './helpers/core.ts';
import { PacedSink } from './helpers/paced-sink.ts';
import { ProgressNode, percentsOf, type Subscriber } from './helpers/progress-node.ts';
import { redisRunsHere, TestRedis } from './helpers/redis.ts';

const ALL = Array.from({ length: 101 }, (_, percent) => percent);

describe('progress of a campaign on several nodes', () => {
  let test: TestCore;
  let sink: PacedSink;
  let redis: TestRedis | null = null;
  let nodes: ProgressNode[] = [];
  const workers = new TestWorkers();

  afterEach(async () => {
    await workers.stop();
    await Promise.all(nodes.map((node) => node.stop()));
    await test.close();
    await sink.close();
    await redis?.stop();
    redis = null;
  });

  /** Sends to `recipients`, ten at a time, and gives what subscribers of two nodes were told. */
  const sendTo = async (recipients: number): Promise<{ id: string; subscribers: Subscriber[] }> => {
    test = await openTestCore({ redisUrl: redis?.url });
    const bus = () => {
      if (redis) return new RedisEventBus(parseRedisAddress(redis.url), () => {});
      return new PostgresEventBus(test.core.db.pool, test.database.config);
    };
    nodes = [await ProgressNode.start(test, bus()), await ProgressNode.start(test, bus())];
    const [first, second] = nodes as [ProgressNode, ProgressNode];
    const subscribers: Subscriber[] = [await first.listen(), await second.connect()];
    sink = new PacedSink(45);
    await test.addAccount(await sink.listen());
    await workers.start(test);
    const { id } = await sendCampaign(test.core, test.caller, { ...LETTER, audience: people(recipients) });
    const seenByAll = () => Math.min(...subscribers.map((each) => Math.max(0, ...percentsOf(each, id))));
    // On a machine that stands still for a moment the server waits for it, less than two percent ahead.
    sink.allowed = () => ((seenByAll() + 2) * recipients) / 100 - 1;
    await untilState(test, id, 'completed', 240_000);
    await expect.poll(seenByAll, { timeout: 5000 }).toBe(100);
    if (process.env.TEST_LOG) console.log(`the server waited ${sink.held} times`);
    return { id, subscribers };
  };

  it('shows every whole percentage to the subscribers of every node, at four of them a second', async () => {
    const { id, subscribers } = await sendTo(5000);
    for (const each of subscribers) {
      expect(percentsOf(each, id)).toEqual(ALL);
      const versions = each.told.map(({ version }) => version);
      expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b));
    }
  }, 270_000);

  it.runIf(redisRunsHere('progress on several nodes'))(
    'does the same over Redis',
    async () => {
      redis = await TestRedis.start();
      const { id, subscribers } = await sendTo(2500);
      for (const each of subscribers) expect(percentsOf(each, id)).toEqual(ALL);
    },
    270_000,
  );
});
