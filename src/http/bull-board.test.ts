import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestApp, type TestApp } from '../../test/helpers/app.ts';

describe('Bull Board', () => {
  let test: TestApp;
  beforeAll(async () => {
    test = await openTestApp({ bullBoard: true });
    await test.core.queues.enqueue('campaigns', { campaignId: 'c' });
  });
  afterAll(() => test.close());

  it('shows the queues to admins, and to nobody else', async () => {
    const page = await test.as('admin')('GET', '/admin/queues');
    expect(page).toMatchObject({ status: 200, text: expect.stringContaining('<html') });
    const { body } = await test.as('admin')('GET', '/admin/queues/api/queues?activeQueue=campaigns&status=waiting');
    expect(body.queues).toHaveLength(6);
    expect(body.queues.find((queue: { name: string }) => queue.name === 'campaigns')).toMatchObject({
      counts: expect.objectContaining({ waiting: 1 }),
    });
    expect((await test.as('editor')('GET', '/admin/queues')).status).toBe(403);
    expect((await test.inject({ url: '/admin/queues/api/queues' })).statusCode).toBe(401);
    const script = /src="([^"]*\.js)"/.exec(page.text)?.[1] ?? '';
    expect((await test.as('admin')('GET', new URL(script, 'http://x/admin/queues/').pathname)).status).toBe(200);
  });

  it('is not there unless it is asked for', async () => {
    const plain = await openTestApp();
    expect((await plain.as('admin')('GET', '/admin/queues/api/queues')).body).toBeNull(); // the dashboard's page, if any
    expect((await plain.as('admin')('POST', '/admin/queues/api/queues')).status).toBe(404);
    await plain.close();
  });
});
