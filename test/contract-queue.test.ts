import { expect, it } from 'vitest';
import { RedisEventBus } from '../src/events/redis-bus.ts';
import { parseRedisAddress } from '../src/lib/redis.ts';
import { type ContractRun, onBothBackends } from './helpers/contract-run.ts';
import { ProgressNode, type Subscriber } from './helpers/progress-node.ts';

const IMPORT = '/api/queue/leads/import';
const SEND = '/api/queue/campaigns/send';
const LIMIT = '/api/queue/rate-limit';
const PATIENCE = { timeout: 20_000, interval: 100 };

/** A form as a browser sends it. */
function form(fields: Record<string, string>, csv: string): Buffer {
  const part = (name: string, value: string) =>
    `--B\r\nContent-Disposition: form-data; name="${name}"${name === 'file' ? '; filename="leads.csv"' : ''}\r\n\r\n${value}\r\n`;
  const parts = Object.entries({ ...fields, file: csv }).map(([name, value]) => part(name, value));
  return Buffer.from(`${parts.join('')}--B--\r\n`);
}

/** Another node than the one that is asked, on the same backend. */
function openNode({ test, redis }: ContractRun): Promise<ProgressNode> {
  return ProgressNode.start(test, redis ? new RedisEventBus(parseRedisAddress(redis.url), () => {}) : undefined);
}

onBothBackends('queue', 'the queue as the contract has it', (run) => {
  const admin = (action: string, queue: string, more: object = {}) =>
    run.call(200, 'POST', '/api/queue/admin', { action, queue, ...more });
  const read = (action: string) => run.call(200, 'GET', `/api/queue/admin?action=${action}`);
  const contact = async (email: string) => (await run.test.call('GET', `/api/contacts?search=${email}`)).body.items[0];
  let tight: string;
  let campaignId: string;

  /** Fails, and six seconds later for good, while the other tests run. */
  it('takes a job that cannot be done', async () => {
    await run.test.core.queues.enqueue('campaigns', { campaignId: 'none' });
  });

  it('imports JSON into a list by its name or id, and merges, overwrites or skips whom it knows', async () => {
    const add = async (body: object) =>
      run.untilImported((await run.call(202, 'POST', IMPORT, body)).importId as string);
    const ada = { email: 'ada@lead.test', name: 'Ada', city: 'London' };
    const leads = [ada, { email: 'ADA@lead.test' }, { email: 'nobody' }, { email: 'bob@lead.test', name: 'Bob' }];
    const first = await add({ leads, listName: 'Leads', mode: 'merge' });
    const none = { inserted: 0, updated: 0, skipped: 0, invalid: 0, duplicate: 0 };
    expect(first).toMatchObject({ total: 4, counts: { ...none, inserted: 2, invalid: 1, duplicate: 1 } });
    expect((await run.call(200, 'GET', first.rejectsUrl)).items).toMatchObject([{ row: 3, value: 'nobody' }]);
    const { listId } = first;
    const empty = { leads: [{ ...ada, name: '' }], listId };
    expect(await add({ ...empty, mode: 'merge' })).toMatchObject({ counts: { ...none, updated: 1 }, listId });
    expect(await contact(ada.email)).toMatchObject({ name: 'Ada', attributes: { city: 'London' } });
    expect(await add({ ...empty, mode: 'skip' })).toMatchObject({ counts: { ...none, skipped: 1 } });
    expect(await add({ ...empty, mode: 'overwrite' })).toMatchObject({ counts: { ...none, updated: 1 } });
    expect(await contact(ada.email)).not.toMatchObject({ name: 'Ada' });
  });

  it('imports a CSV file by a mapping', async () => {
    const mapping = JSON.stringify({ Mail: 'email', Who: 'firstName', Note: null });
    const body = form({ listName: 'Filed', mode: 'skip', mapping }, 'Mail,Who,Note\ncy@lead.test,Cy,x\n');
    const headers = { 'content-type': 'multipart/form-data; boundary=B' };
    const { importId } = await run.call(202, 'POST', IMPORT, body, headers);
    const done = await run.untilImported(importId);
    expect(done).toMatchObject({ counts: { inserted: 1 }, filename: 'leads.csv', mode: 'skip' });
    expect(await contact('cy@lead.test')).toMatchObject({ firstName: 'Cy', attributes: {} });
  });

  it('pauses, drains and resumes a queue, and cancels an import that has not begun', async () => {
    expect(await admin('pause', 'leads-import')).toEqual({ action: 'pause', queue: 'leads-import', paused: true });
    const { importId } = await run.call(202, 'POST', IMPORT, { leads: [{ email: 'dan@lead.test' }] });
    expect(await run.call(200, 'GET', `${IMPORT}?importId=${importId}`)).toMatchObject({ state: 'waiting', total: 1 });
    expect((await read('status')).queue.paused).toEqual(['leads-import']);
    expect((await admin('drain', 'leads-import')).removed).toBeGreaterThan(0);
    expect(await run.call(200, 'DELETE', `${IMPORT}?importId=${importId}`)).toMatchObject({
      importId,
      state: 'cancelled',
      counts: { inserted: 0, updated: 0 },
    });
    expect(await admin('resume', 'leads-import')).toMatchObject({ paused: false });
    expect(await contact('dan@lead.test')).toBeUndefined();
    expect((await admin('clean', 'leads-import', { olderThanMs: 0 })).removed).toBeGreaterThan(0);
  });

  it('sends a draft to recipients, with content and sender, that the request names', async () => {
    tight = (await run.test.addAccount(run.sink.port, { name: 'Tight', limitPerHour: 1 })).id;
    const draft = {
      subject: 'Draft',
      textContent: 'Draft',
      audience: [{ email: 'x@draft.test' }],
      accountIds: [tight],
    };
    campaignId = (await run.test.call('POST', '/api/campaigns', draft)).body.id;
    const sent = await run.call(202, 'POST', SEND, {
      campaignId,
      recipients: ['Una', 'Ida', 'Eva'].map((name, i) => ({ id: String(i), email: `${name}@send.test`, name })),
      template: { subject: 'For {{name}}', html: '<p>{{name}} {{id}}</p>', text: '{{name}} {{id}}' },
      sender: { email: 'desk@sender.test', name: 'Desk' },
    });
    expect(sent).toEqual({ sendId: expect.any(String), campaignId, jobId: `campaign-${campaignId}` });
    const status = () => run.call(200, 'GET', `${SEND}?campaignId=${campaignId}`);
    const counts = { sent: 1, pending: 2 };
    const held = { waitingFor: expect.stringMatching(/hour/), etaSeconds: expect.any(Number) };
    await expect.poll(status, PATIENCE).toMatchObject({ exists: true, state: 'active', total: 3, counts, ...held });
    const letter = String(run.sink.accepted.at(-1)?.content);
    expect(letter).toMatch(/^From: "?Desk"? <desk@sender\.test>/m);
    expect(letter).toMatch(/^Subject: For (Una|Ida|Eva)/m);
    expect(letter).toMatch(/(Una 0|Ida 1|Eva 2)/);
  });

  it('tells how far everything is, one by one and all together', async () => {
    const pace = { rate: expect.any(Number), updatedAt: expect.any(String) };
    const mine = { id: campaignId, kind: 'campaign', total: 3, processed: 1, succeeded: 1, failed: 0, ...pace };
    expect(await run.call(200, 'GET', `/api/queue/progress?id=${campaignId}`)).toMatchObject(mine);
    const { items } = await run.call(200, 'GET', '/api/queue/progress');
    expect(items).toContainEqual(expect.objectContaining(mine));
    const done = items.find(({ kind, total }: { kind: string; total: number }) => kind === 'import' && total === 4);
    expect(done).toMatchObject({ state: 'completed', progress: 100, processed: 4, succeeded: 2, failed: 1 });
    await run.call(200, 'GET', `/api/queue/progress?id=${done.id}`);
    await run.call(204, 'DELETE', `/api/queue/progress?id=${done.id}`);
    await run.call(404, 'GET', `/api/queue/progress?id=${campaignId.replace(/.$/, 'g')}`);
    const left = (await run.call(200, 'GET', '/api/queue/progress')).items;
    expect(left.map(({ id }: { id: string }) => id)).not.toContain(done.id);
  });

  it('pushes the same objects over both streams of another node when something changes', async () => {
    const node = await openNode(run);
    const streams = { stream: await node.listen(), ws: await node.connect() };
    const last = (subscriber: Subscriber) =>
      subscriber.told.flatMap(({ operations }) => operations.filter(({ id }) => id === campaignId)).at(-1);
    for (const subscriber of Object.values(streams))
      await expect.poll(() => last(subscriber), PATIENCE).toMatchObject({ state: 'active', processed: 1 });
    for (const [way, subscriber] of Object.entries(streams)) note(way, last(subscriber));
    await run.call(202, 'POST', `/api/campaigns/${campaignId}/pause`);
    for (const [way, subscriber] of Object.entries(streams)) {
      await expect.poll(() => last(subscriber), PATIENCE).toMatchObject({ state: 'paused', total: 3, succeeded: 1 });
      note(way, last(subscriber));
      subscriber.close();
    }
    await node.stop();
  });
  const note = (way: string, answer: unknown) =>
    run.fields.note({ method: 'GET', url: `/api/queue/progress/${way}`, status: 200, answer });

  it('cancels a send', async () => {
    const answer = await run.call(200, 'DELETE', `${SEND}?campaignId=${campaignId}`);
    expect(answer).toMatchObject({ state: 'cancelled', counts: { sent: 1, cancelled: 2 }, result: { success: 1 } });
    // The rate is of the last ten seconds, and may have come in meanwhile.
    const told = await run.call(200, 'GET', `${SEND}?campaignId=${campaignId}`);
    expect(told).toEqual({ ...answer, rate: expect.any(Number) });
  });

  it('counts operations, refuses what is too many, and forgets', async () => {
    const url = `${LIMIT}?operation=email-sending`;
    const ask = (cost: number) => run.call(200, 'POST', LIMIT, { operation: 'email-sending', cost });
    expect((await run.test.as('editor')('DELETE', url)).status).toBe(403);
    await run.call(204, 'DELETE', url);
    const before = await run.call(200, 'GET', url);
    expect(before).toMatchObject({ allowed: true, remaining: before.limit, retryAfterMs: 0 });
    expect(await ask(3)).toMatchObject({ allowed: true, limit: before.limit, remaining: before.limit - 3 });
    const refused = await ask(before.limit);
    expect(refused).toMatchObject({ allowed: false, limit: before.limit });
    expect(refused.retryAfterMs).toBeGreaterThan(0);
    expect(Date.parse(refused.resetAt)).toBeGreaterThan(Date.now() - 1000);
    await run.call(204, 'DELETE', url);
    expect(await run.call(200, 'GET', url)).toMatchObject({ remaining: before.limit });
  });

  it('shows its parts, queues, workers and rates to an administrator', async () => {
    const { redis, database, queue, workers, memory } = await read('status');
    const isRedis = run.backend === 'redis';
    const number = isRedis ? expect.any(Number) : null;
    expect(redis).toEqual({ status: isRedis ? 'up' : 'disabled', latencyMs: number, usedMemoryMb: number });
    expect(database).toMatchObject({ status: 'up', latencyMs: expect.any(Number) });
    expect(queue).toEqual({ status: 'up', backend: run.backend, paused: [] });
    expect(workers).toMatchObject({ running: 1 });
    expect(memory).toMatchObject({ rssMb: expect.any(Number), heapUsedMb: expect.any(Number) });
    const { queues } = await read('stats');
    for (const { name } of queues) await admin('inspect', name);
    const keys = run.redis?.command('--scan', '--pattern', 'bull:leads-import:*').trim() ?? '';
    expect(keys !== '').toBe(isRedis);
    expect((await read('workers')).workers).toMatchObject([{ state: 'running', pid: process.pid }]);
    const { hours, minutes } = await read('metrics');
    expect([hours.length, minutes.length]).toEqual([24, 60]);
    expect((await run.test.as('editor')('GET', '/api/queue/admin?action=status')).status).toBe(403);
  });

  it('keeps a job that failed to be looked at, tried again, replayed and removed', async () => {
    const dead = async () => (await admin('inspect', 'dead-letter')).jobs;
    await expect.poll(dead, PATIENCE).toMatchObject([{ payload: { queue: 'campaigns' }, state: 'waiting' }]);
    const [letter] = await dead();
    const { jobId } = letter.payload;
    const [job] = (await admin('inspect', 'campaigns', { jobId })).jobs;
    expect(job).toMatchObject({ jobId, queue: 'campaigns', state: 'failed', payload: { campaignId: 'none' } });
    expect(job.error).toContain('uuid');
    const failed = (await run.test.as('admin')('GET', '/api/queue/admin?action=jobs&queue=campaigns&state=failed'))
      .body;
    expect(failed.jobs.map((each: { jobId: string }) => each.jobId)).toContain(jobId);
    const beyond = '/api/queue/admin?action=jobs&queue=campaigns&state=failed&start=1000';
    expect((await run.test.as('admin')('GET', beyond)).body.jobs).toEqual([]);
    expect((await run.test.as('admin')('GET', '/api/queue/admin?action=jobs')).body).toMatchObject({
      code: 'VALIDATION',
    });
    expect(await admin('retry', 'campaigns', { jobId })).toMatchObject({ retried: 1 });
    expect(await admin('retry', 'email-sending')).toMatchObject({ retried: 0 });
    expect(await admin('replay', 'dead-letter', { jobId: letter.jobId })).toMatchObject({ replayed: 1 });
    await admin('pause', 'email-retry');
    await run.test.core.queues.enqueue('email-retry', {});
    const [waits] = (await admin('inspect', 'email-retry')).jobs;
    expect(await admin('remove', 'email-retry', { jobId: waits.jobId })).toMatchObject({ removed: 1 });
    await admin('resume', 'email-retry');
  });
});
