import { afterEach, beforeEach, expect, it } from 'vitest';
import { CountingSink } from '../../bench/counting-sink.ts';
import { LETTER, openWorker, people, statusOf } from '../../test/helpers/campaign.ts';
import { openTestCore, type TestCore } from '../../test/helpers/core.ts';
import type { PostWorker } from '../workers/worker.ts';
import { sendCampaign } from './campaigns.ts';
import { suppress } from './suppressions.ts';

let test: TestCore;
let sink: CountingSink;
let worker: PostWorker;

beforeEach(async () => {
  test = await openTestCore();
  sink = new CountingSink(3000);
  worker = openWorker(test);
});
afterEach(async () => {
  await worker.stop(5000);
  await test.close();
  await sink.close();
});

it('answers a suppression when the message that is on its way has landed, and then nothing is begun any more', async () => {
  await test.addAccount(await sink.listen());
  await worker.start();
  const campaign = await sendCampaign(test.core, test.caller, { ...LETTER, audience: people(1) });
  await expect.poll(() => sink.accepted, { timeout: 10_000, interval: 10 }).toBe(1);
  expect((await statusOf(test, campaign.id)).counts.sending).toBe(1);
  expect(await suppress(test.core, test.caller, { email: 'person0@example.test' })).toMatchObject({ created: true });
  expect((await statusOf(test, campaign.id)).counts).toMatchObject({ sending: 0, sent: 1 });
});
