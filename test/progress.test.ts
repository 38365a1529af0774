import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sendCampaign } from '../src/core/campaigns.ts';
import { LETTER, people, TestWorkers, untilState } from './helpers/campaign.ts';
import { openTestCore, type TestCore } from './helpers/core.ts';
import { PacedSink } from './helpers/paced-sink.ts';
import { ProgressNode, percentsOf, type Subscriber } from './helpers/progress-node.ts';

describe('progress of a campaign on several nodes', () => {
  let test: TestCore;
  let nodes: ProgressNode[];
  const workers = new TestWorkers();

  beforeEach(async () => {
    test = await openTestCore();
    nodes = [await ProgressNode.start(test), await ProgressNode.start(test)];
  });
  afterEach(async () => {
    await workers.stop();
    await Promise.all(nodes.map((node) => node.stop()));
    await test.close();
  });

  it('shows every whole percentage to the subscribers of every node', async () => {
    const [first, second] = nodes as [ProgressNode, ProgressNode];
    const subscribers: Subscriber[] = [await first.listen(), await second.connect()];
    const sink = new PacedSink(45);
    await test.addAccount(await sink.listen());
    await workers.start(test);
    const campaign = await sendCampaign(test.core, test.caller, { ...LETTER, audience: people(5000) });
    const seenByAll = () => Math.min(...subscribers.map((each) => Math.max(0, ...percentsOf(each, campaign.id))));
    // 4 % a second; on a machine that stands still for a moment the server waits for it.
    sink.allowed = () => (seenByAll() + 2) * 50 - 1;
    await untilState(test, campaign.id, 'completed', 120_000);
    await expect.poll(seenByAll).toBe(100);
    if (process.env.TEST_LOG) console.log(`the server waited ${sink.held} times`);
    for (const each of subscribers) {
      expect(percentsOf(each, campaign.id)).toEqual(Array.from({ length: 101 }, (_, percent) => percent));
      const versions = each.told.map(({ version }) => version);
      expect(versions).toEqual([...versions].sort((a, b) => a - b));
    }
    await sink.close();
  }, 150_000);
});
