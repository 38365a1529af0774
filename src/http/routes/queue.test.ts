import { once } from 'node:events';
import http from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestApp, type TestApp } from '../../../test/helpers/app.ts';
import { runImport } from '../../core/import-run.ts';
import { expandCampaign } from '../../engine/expand.ts';
import { uuid7 } from '../../lib/uuid7.ts';

let test: TestApp;
beforeAll(async () => {
  test = await openTestApp();
  await test.addAccount(25);
});
afterAll(() => test.close());
const draft = async (body: object = { subject: 'Old {{name}}', htmlContent: '<p>x</p>' }) =>
  (await test.call('POST', '/api/campaigns', body)).body.id as string;
const launch = async () => {
  const body = { subject: 'x', textContent: 'x', audience: [{ email: 'a@b.test' }, { email: 'c@d.test' }] };
  return (await test.call('POST', '/api/campaigns/send', body)).body.campaignId as string;
};
const expand = (id: string) => expandCampaign(test.core.db, id, { onBatchesReady: async () => {} });

describe('/api/queue/campaigns/send', () => {
  it('sends a draft with recipients, content and sender of its own', async () => {
    const campaignId = await draft();
    const answer = await test.call('POST', '/api/queue/campaigns/send', {
      campaignId,
      recipients: [{ id: '1', email: 'a@b.test', name: 'A' }],
      template: { subject: 'New {{name}}', html: '<p>New</p>', text: 'New' },
      sender: { email: 'me@b.test', name: 'Me, "Myself"' },
    });
    expect(answer).toMatchObject({
      status: 202,
      body: { campaignId, jobId: `campaign-${campaignId}`, sendId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    });
    expect((await test.call('GET', `/api/campaigns/${campaignId}`)).body).toMatchObject({
      subject: 'New {{name}}',
      htmlContent: '<p>New</p>',
      from: 'Me, "Myself" <me@b.test>',
    });
    const url = `/api/queue/campaigns/send?campaignId=${campaignId}`;
    expect((await test.call('GET', url)).body).toMatchObject({ exists: true, state: 'waiting', campaignId });
    await expand(campaignId);
    expect((await test.call('GET', `/api/queue/campaigns/send?campaignId=campaign-${campaignId}`)).body).toMatchObject({
      state: 'active',
      total: 1,
    });
    expect((await test.stranger('DELETE', url)).status).toBe(404);
    expect((await test.call('DELETE', url)).body).toMatchObject({
      state: 'cancelled',
      counts: { cancelled: 1 },
      result: { success: 0 },
    });
    expect((await test.call('DELETE', url)).status).toBe(409);
  });

  it('has no send yet while a campaign waits for its time', async () => {
    const campaignId = await draft({
      subject: 'x',
      textContent: 'x',
      audience: [{ email: 'a@b.test' }],
      scheduledAt: '2099-01-01T00:00:00Z',
    });
    expect((await test.call('POST', '/api/queue/campaigns/send', { campaignId })).body.sendId).toBeNull();
    await expand(campaignId);
    expect((await test.call('GET', `/api/queue/campaigns/send?campaignId=${campaignId}`)).body).toMatchObject({
      state: 'delayed',
      total: 0,
    });
  });

  it.each<[object, number, string]>([
    [{ campaignId: uuid7() }, 404, 'NOT_FOUND'],
    [{ campaignId: 'x' }, 422, 'VALIDATION'],
    [{ sender: { email: 'a\r\nb@c.test' } }, 422, 'VALIDATION'],
    [{ sender: { email: 'a@c.test', name: 'x\r\nBcc: e@v.test' } }, 422, 'VALIDATION'],
    [{ template: { html: '{% if %}' } }, 422, 'TEMPLATE_SYNTAX'],
    [{ recipients: [] }, 422, 'VALIDATION'],
    [{}, 422, 'CAMPAIGN_NOT_READY'],
  ])('refuses %j and leaves the draft a draft', async (body, status, code) => {
    const campaignId = await draft();
    expect(await test.call('POST', '/api/queue/campaigns/send', { campaignId, ...body })).toMatchObject({
      status,
      body: { code },
    });
    expect((await test.call('GET', `/api/campaigns/${campaignId}`)).body).toMatchObject({
      state: 'draft',
      subject: 'Old {{name}}',
    });
  });

  it('says of an unknown campaign that there is none', async () => {
    for (const id of [uuid7(), 'x']) {
      expect(await test.call('GET', `/api/queue/campaigns/send?campaignId=${id}`)).toMatchObject({
        status: 404,
        body: { exists: false },
      });
      expect((await test.call('DELETE', `/api/queue/campaigns/send?campaignId=${id}`)).status).toBe(404);
    }
  });
});

describe('/api/queue/progress', () => {
  it('lists campaigns and imports of the workspace, one by one and all together', async () => {
    const id = await launch();
    await expand(id);
    const { importId } = (
      await test.call('POST', '/api/queue/leads/import', { leads: [{ email: 'i@b.test' }, { email: 'x' }] })
    ).body;
    await runImport(test.core, importId);
    const { items } = (await test.call('GET', '/api/queue/progress')).body;
    expect(items).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          id,
          kind: 'campaign',
          state: 'active',
          total: 2,
          processed: 0,
          counts: expect.objectContaining({ pending: 2 }),
        }),
        expect.objectContaining({
          id: importId,
          kind: 'import',
          state: 'completed',
          progress: 100,
          processed: 2,
          succeeded: 1,
          failed: 1,
        }),
      ]),
    );
    expect((await test.call('GET', `/api/queue/progress?id=campaign-${id}`)).body).toMatchObject({ id, total: 2 });
    expect((await test.stranger('GET', `/api/queue/progress?id=${id}`)).status).toBe(404);
    expect((await test.stranger('GET', '/api/queue/progress')).body.items).toEqual([]);
    for (const unknown of [uuid7(), 'x', "' or 1=1"])
      expect((await test.call('GET', `/api/queue/progress?id=${encodeURIComponent(unknown)}`)).status).toBe(404);
    expect(await test.call('DELETE', `/api/queue/progress?id=${id}`)).toMatchObject({
      status: 409,
      body: { code: 'OPERATION_RUNNING' },
    });
    expect((await test.call('DELETE', `/api/queue/progress?id=${importId}`)).status).toBe(204);
    const after = (await test.call('GET', '/api/queue/progress')).body.items;
    expect(after.map((item: { id: string }) => item.id)).not.toContain(importId);
    expect((await test.call('GET', `/api/imports/${importId}`)).status).toBe(200);
    expect((await test.call('DELETE', '/api/queue/progress')).status).toBe(422);
  });

  it('streams a snapshot and then every change within a second, to its workspace only', async () => {
    const id = await launch();
    await expand(id);
    const address = await test.app.listen({ port: 0, host: '127.0.0.1' });
    const mine = await open(`${address}/api/queue/progress/stream`, `test-key-viewer-${test.caller.workspaceId}`);
    expect(mine.headers['content-type']).toContain('text/event-stream');
    expect(mine.headers['content-security-policy']).toBeDefined();
    await expect
      .poll(() => mine.events.find(({ event }) => event === 'snapshot')?.data.items)
      .toEqual(expect.arrayContaining([expect.objectContaining({ id, total: 2 })]));
    await new Promise((resolve) => setTimeout(resolve, 300)); // LISTEN has to be in place
    const began = performance.now();
    await test.call('POST', `/api/campaigns/${id}/pause`);
    await expect
      .poll(
        () =>
          mine.events.find(({ event, data }) => event === 'progress' && data.id === id && data.state === 'paused')
            ?.data,
        { interval: 20, timeout: 5000 },
      )
      .toMatchObject({ counts: { pending: 2 } });
    expect(performance.now() - began).toBeLessThan(1500);
    const theirs = await test.stranger('POST', '/api/queue/leads/import', { leads: [{ email: 'theirs@b.test' }] });
    const { importId } = (await test.call('POST', '/api/queue/leads/import', { leads: [{ email: 'mine@b.test' }] }))
      .body;
    await expect.poll(() => mine.events.some(({ data }) => data.id === importId)).toBe(true);
    expect(mine.events.map(({ data }) => data.id)).not.toContain(theirs.body.importId);
    mine.close();
    // A page that stays open does not keep the server from stopping.
    const other = await open(`${address}/api/queue/progress/stream`, `test-key-viewer-${test.caller.workspaceId}`);
    await Promise.all([once(other.response, 'end'), test.app.close()]);
  });
});

interface Opened {
  readonly headers: http.IncomingHttpHeaders;
  readonly response: http.IncomingMessage;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the server sent
  readonly events: Array<{ event: string; data: any }>;
  close(): void;
}

async function open(url: string, key: string): Promise<Opened> {
  const request = http.get(url, { headers: { authorization: `Bearer ${key}` } });
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  const events: Opened['events'] = [];
  let text = '';
  response.on('error', () => {});
  response.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const [, event, data] = /^id: \d+\nevent: (\w+)\ndata: (.*)$/.exec(text.slice(0, end)) ?? [];
      if (event && data) events.push({ event, data: JSON.parse(data) });
      text = text.slice(end + 2);
    }
  });
  return { headers: response.headers, response, events, close: () => request.destroy() };
}
