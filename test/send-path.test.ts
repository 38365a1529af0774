import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findCampaignStatus, jobIdOf } from '../src/core/campaign-status.ts';
import { sendCampaign } from '../src/core/campaigns.ts';
import { PostWorker } from '../src/workers/worker.ts';
import { openTestCore, type TestCore } from './helpers/core.ts';

describe('a campaign from the request to its last recipient', () => {
  let test: TestCore;
  let worker: PostWorker;
  const got: Array<{ to: string; raw: string }> = [];
  const sink = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        got.push({ to: session.envelope.rcptTo[0]?.address ?? '', raw: Buffer.concat(chunks).toString() });
        done();
      });
    },
  });

  beforeAll(async () => {
    test = await openTestCore();
    await new Promise<void>((resolve) => sink.listen(0, '127.0.0.1', resolve));
    await test.addAccount((sink.server.address() as { port: number }).port);
    worker = new PostWorker(test.core, { campaigns: 5, batches: 5, jobStarts: { max: 100, durationMs: 1000 } });
    await worker.start();
  });
  afterAll(async () => {
    await worker.stop(5000);
    await test.close();
    await new Promise<void>((resolve) => sink.close(() => resolve()));
  });

  it('sends one personalised copy to each recipient and accounts for all of them', async () => {
    const audience = Array.from({ length: 1200 }, (_, i) => ({
      email: `user${i}@example.test`,
      firstName: `User ${i}`,
    }));
    const campaign = await sendCampaign(test.core, test.caller, {
      subject: 'Hello {{firstName}}',
      htmlContent: '<p>Hi {{firstName}}</p>',
      audience: [...audience, { email: 'USER1@example.test' }, { email: 'not an address' }],
    });
    await expect
      .poll(
        async () => (await findCampaignStatus(test.core.db, test.caller.workspaceId, jobIdOf(campaign.id)))?.state,
        { timeout: 20_000 },
      )
      .toBe('completed');
    const status = await findCampaignStatus(test.core.db, test.caller.workspaceId, jobIdOf(campaign.id));
    expect(status?.counts).toMatchObject({ sent: 1200, excluded: 2, pending: 0, sending: 0 });
    expect(new Set(got.map((message) => message.to)).size).toBe(1200);
    expect(got.length).toBe(1200);
  });
});
