import { afterEach, beforeEach, expect, it } from 'vitest';
import { CountingSink } from '../bench/counting-sink.ts';
import { sendCampaign } from '../src/core/campaigns.ts';
import type { PostWorker } from '../src/workers/worker.ts';
import { LETTER, openWorker, people, untilState } from './helpers/campaign.ts';
import { openTestCore, type TestCore } from './helpers/core.ts';

let test: TestCore;
let worker: PostWorker;
const sinks: CountingSink[] = [];

beforeEach(async () => {
  test = await openTestCore();
  worker = openWorker(test);
  sinks.push(new CountingSink(5), new CountingSink(5));
});
afterEach(async () => {
  await worker.stop(5000);
  await test.close();
  await Promise.all(sinks.splice(0).map((sink) => sink.close()));
});

// Batches that found this account used up and the other one busy once woke each other in a circle: 15 messages a second.
it('goes on at full speed through another account when one has used up its limit', async () => {
  for (const [i, sink] of sinks.entries()) {
    const limits = i === 0 ? { limitPerDay: 100 } : {};
    await test.addAccount(await sink.listen(), { ...limits, maxConnections: 5, batchSize: 5 });
  }
  await worker.start();
  const campaign = await sendCampaign(test.core, test.caller, { ...LETTER, audience: people(2500) });
  const { counts } = await untilState(test, campaign.id, 'completed');
  expect(counts.sent).toBe(2500);
  expect(sinks.map((sink) => sink.accepted)).toEqual([100, 2400]);
});
