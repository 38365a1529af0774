import { afterEach, describe, expect, it } from 'vitest';
import { CountingSink } from '../bench/counting-sink.ts';
import { sendCampaign } from '../src/core/campaigns.ts';
import { PostgresEventBus } from '../src/events/postgres-bus.ts';
import { RedisEventBus } from '../src/events/redis-bus.ts';
import { parseRedisAddress } from '../src/lib/redis.ts';
import { LETTER, people, TestWorkers, untilState } from './helpers/campaign.ts';
import { openTestCore, type TestCore } from './helpers/core.ts';
import { ProgressNode, percentsOf, type Subscriber } from './helpers/progress-node.ts';
import { redisRunsHere, TestRedis } from './helpers/redis.ts';

/** How far apart two percentages that follow each other may be here, on a machine that does much else meanwhile. */
const WIDEST_GAP = 25;
const gaps = (percents: readonly number[]) => percents.slice(1).map((percent, i) => percent - (percents[i] ?? 0));

describe('progress of a campaign on several nodes', () => {
  let test: TestCore;
  let sink: CountingSink;
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
    sink = new CountingSink(45);
    await test.addAccount(await sink.listen());
    await workers.start(test);
    const { id } = await sendCampaign(test.core, test.caller, { ...LETTER, audience: people(recipients) });
    await untilState(test, id, 'completed', 120_000);
    const seen = () => subscribers.map((each) => Math.max(0, ...percentsOf(each, id)));
    await expect.poll(seen, { timeout: 20_000 }).toEqual([100, 100]);
    return { id, subscribers };
  };

  it('is shown to the subscribers of every node as it moves (each percentage: test/cluster.test.ts, long form)', async () => {
    const { id, subscribers } = await sendTo(2000);
    for (const each of subscribers) {
      const percents = percentsOf(each, id);
      expect(Math.max(...gaps(percents))).toBeLessThanOrEqual(WIDEST_GAP);
      const versions = each.told.map(({ version }) => version);
      expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b));
    }
  }, 150_000);

  it.runIf(redisRunsHere('progress on several nodes'))(
    'does the same over Redis',
    async () => {
      redis = await TestRedis.start();
      const { id, subscribers } = await sendTo(2000);
      for (const each of subscribers) expect(Math.max(...gaps(percentsOf(each, id)))).toBeLessThanOrEqual(WIDEST_GAP);
    },
    150_000,
  );
});
