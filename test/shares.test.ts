import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CountingSink } from '../bench/counting-sink.ts';
import { OurCampaign } from '../bench/our-campaign.ts';
import { measureShares } from '../bench/shares.ts';
import { startTestServer, type TestServer } from './helpers/server.ts';

/** The short form of `bench --shares`. */
const RECIPIENTS = 6000;
/** Two batches of 500 of the ten thousand messages that are looked at: shares of so few are coarse. */
const COARSE = 0.1;

describe('campaigns that share one worker', { timeout: 240_000 }, () => {
  let server: TestServer;
  const sink = new CountingSink(6);

  beforeAll(async () => {
    server = await startTestServer({ SANDBOX: 'false', WORKER_CONCURRENCY: '5' });
  });
  afterAll(async () => {
    await server.stop();
    await sink.close();
  });

  it('get even shares; a sixth waits for one of five to end, and an urgent one overtakes them', async () => {
    const { postrider } = server;
    const parts = { campaign: new OurCampaign(postrider), pool: postrider.core.db.pool, connections: 20 };
    const shares = await measureShares({ ...parts, recipients: RECIPIENTS }, await sink.listen());
    for (const { share } of shares.campaigns) expect(Math.abs(share - 0.2)).toBeLessThan(COARSE);
    expect(shares.sixth.waited).toBe(true);
    expect(shares.urgent.overtook).toBe(true);
    expect(sink.accepted).toBe(6 * RECIPIENTS + RECIPIENTS / 5);
  });
});
