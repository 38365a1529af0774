import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestApp, type TestApp } from '../../../test/helpers/app.ts';

describe('campaigns over HTTP', () => {
  let test: TestApp;
  beforeAll(async () => {
    test = await openTestApp();
    await test.addAccount(25);
  });
  afterAll(() => test.close());

  it('queues a campaign with an inline audience and tells where it stands', async () => {
    const sent = await test.call('POST', '/api/campaigns/send', {
      subject: 'Hello {{firstName}}',
      htmlContent: '<p>Hi</p>',
      audience: [{ email: 'ada@example.com', firstName: 'Ada' }],
    });
    expect(sent).toMatchObject({ status: 202, body: { status: 'queued', message: 'Campaign queued successfully' } });
    const status = await test.call('GET', `/api/campaigns/status/${sent.body.jobId}`);
    expect(status).toMatchObject({
      status: 200,
      body: { exists: true, state: 'waiting', campaignId: sent.body.campaignId },
    });
  });
});
