import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestApp, type TestApp } from '../../../test/helpers/app.ts';
import { uuid7 } from '../../lib/uuid7.ts';

const draft = { subject: 'Hello {{firstName}}', htmlContent: '<p>Hi</p>', audience: [{ email: 'ada@example.com' }] };

describe('campaigns over HTTP', () => {
  let test: TestApp;
  beforeAll(async () => {
    test = await openTestApp();
    await test.addAccount(25);
  });
  afterAll(() => test.close());
  const make = async (body: object = draft) => (await test.call('POST', '/api/campaigns', body)).body;

  it('makes, shows, changes and deletes a draft', async () => {
    const made = await test.call('POST', '/api/campaigns', { ...draft, name: 'First', from: 'Ada <ada@sender.test>' });
    expect(made).toMatchObject({ status: 201, body: { name: 'First', state: 'draft', from: 'Ada <ada@sender.test>' } });
    const url = `/api/campaigns/${made.body.id}`;
    const changed = await test.call('PATCH', url, { name: 'Second', mjml: '<mjml><mj-body></mj-body></mjml>' });
    expect(changed).toMatchObject({ status: 200, body: { name: 'Second', subject: draft.subject, htmlContent: null } });
    expect((await test.call('GET', url)).body.mjml).toContain('<mjml>');
    expect((await test.call('DELETE', url)).status).toBe(204);
    expect(await test.call('GET', url)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
  });

  it('launches, pauses, resumes and cancels, and refuses what the state does not allow', async () => {
    const { id } = await make();
    const move = (verb: string) => test.call('POST', `/api/campaigns/${id}/${verb}`);
    expect(await move('pause')).toMatchObject({ status: 409, body: { code: 'CAMPAIGN_STATE' } });
    expect(await move('launch')).toMatchObject({
      status: 202,
      body: { campaignId: id, jobId: `campaign-${id}`, state: 'waiting' },
    });
    expect(await move('launch')).toMatchObject({ status: 409 });
    expect(await test.call('PATCH', `/api/campaigns/${id}`, { name: 'x' })).toMatchObject({ status: 409 });
    expect(await test.call('DELETE', `/api/campaigns/${id}`)).toMatchObject({ status: 409 });
    expect(await move('pause')).toMatchObject({ body: { state: 'paused' } });
    expect(await move('resume')).toMatchObject({ body: { state: 'active' } });
    expect(await move('retry-failed')).toMatchObject({ status: 409 });
    expect(await move('cancel')).toMatchObject({ body: { state: 'cancelled' } });
    expect(await move('resume')).toMatchObject({ status: 409 });
  });

  it('says what is missing before a launch', async () => {
    const { id } = await make({ name: 'Empty' });
    const launched = await test.call('POST', `/api/campaigns/${id}/launch`);
    expect(launched).toMatchObject({
      status: 422,
      body: { code: 'CAMPAIGN_NOT_READY', errors: [{ path: 'subject' }] },
    });
  });

  it('waits for its time when it has one', async () => {
    const { id } = await make({ ...draft, scheduledAt: '2099-01-01T00:00:00Z' });
    expect(await test.call('POST', `/api/campaigns/${id}/launch`)).toMatchObject({ body: { state: 'delayed' } });
  });

  it('lists by page, state and name, and counts', async () => {
    for (const name of ['Page 1', 'Page 2', 'Page 3', '100% off_now']) await make({ ...draft, name });
    const first = await test.call('GET', '/api/campaigns?search=page&limit=2');
    expect(first.body).toMatchObject({ total: 3, items: [{ name: 'Page 3' }, { name: 'Page 2' }] });
    const second = await test.call('GET', `/api/campaigns?search=page&limit=2&cursor=${first.body.nextCursor}`);
    expect(second.body).toMatchObject({ items: [{ name: 'Page 1' }], nextCursor: null });
    expect((await test.call('GET', `/api/campaigns?search=${encodeURIComponent('0% off_')}`)).body.total).toBe(1);
    const states = (await test.call('GET', '/api/campaigns?state=draft,delayed')).body.items;
    expect(new Set(states.map((item: { state: string }) => item.state))).toEqual(new Set(['draft', 'delayed']));
    expect(await test.call('GET', '/api/campaigns?state=gone')).toMatchObject({ status: 422 });
  });

  it.each(['abc', Buffer.from('"x"').toString('base64url'), Buffer.from('7').toString('base64url')])(
    'refuses the cursor %s',
    async (cursor) => {
      const page = await test.call('GET', `/api/campaigns?cursor=${cursor}`);
      expect(page).toMatchObject({ status: 422, body: { code: 'VALIDATION', errors: [{ path: 'cursor' }] } });
    },
  );

  it('lists launched campaigns as jobs by position, and forgets finished queue jobs without touching them', async () => {
    const { id } = await make({ ...draft, name: 'A job' });
    await test.call('POST', `/api/campaigns/${id}/launch`);
    const jobs = await test.call('GET', '/api/campaigns/jobs?status=waiting&start=0&end=0');
    expect(jobs.body).toMatchObject({
      status: 'waiting',
      count: 1,
      jobs: [{ jobId: `campaign-${id}`, name: 'A job' }],
    });
    expect((await test.call('GET', '/api/campaigns/jobs')).body.jobs.length).toBeGreaterThan(1);
    expect(await test.call('DELETE', '/api/campaigns/jobs/cleanup')).toMatchObject({
      status: 200,
      body: { removed: 0 },
    });
    expect((await test.call('GET', `/api/campaigns/status/campaign-${id}`)).body.state).toBe('waiting');
  });

  it('answers 404 with exists: false for a job that is unknown, whatever it is called', async () => {
    for (const jobId of [`campaign-${uuid7()}`, 'campaign-1', 'x', '%00', '..%2f']) {
      const answer = await test.call('GET', `/api/campaigns/status/${jobId}`);
      expect(answer, jobId).toMatchObject({ status: 404, body: { exists: false, jobId: decodeURIComponent(jobId) } });
    }
  });

  it('keeps campaigns from other workspaces', async () => {
    const { id } = await make();
    for (const [method, url] of [
      ['GET', `/api/campaigns/${id}`],
      ['PATCH', `/api/campaigns/${id}`],
      ['DELETE', `/api/campaigns/${id}`],
      ['POST', `/api/campaigns/${id}/launch`],
      ['POST', `/api/campaigns/${id}/cancel`],
      ['POST', `/api/campaigns/${id}/retry-failed`],
      ['GET', `/api/campaigns/${id}/recipients`],
      ['GET', `/api/campaigns/${id}/recipients?format=csv`],
      ['GET', `/api/campaigns/status/campaign-${id}`],
    ] as const) {
      expect((await test.stranger(method, url, method === 'PATCH' ? {} : undefined)).status, `${method} ${url}`).toBe(
        404,
      );
    }
    const theirs = await test.stranger('GET', '/api/campaigns');
    expect(theirs.body).toMatchObject({ items: [], total: 0 });
    expect(await test.stranger('POST', `/api/campaigns/${id}/test`, { to: ['a@b.test'] })).toMatchObject({
      status: 404,
    });
  });
});
